"""Pieces of a prompt's text, each of which knows where it comes from."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby


class Source(StrEnum):
    POLICY = "policy"
    INSTRUCTIONS = "instructions"
    LORE = "lore"
    PERSONA = "persona"
    PERSONALITY = "personality"
    SCENARIO = "scenario"
    EXAMPLES = "examples"
    USER = "user"
    COMPANY = "company"
    SUMMARY = "summary"
    HISTORY = "history"
    MEMORIES = "memories"
    MOOD = "mood"
    NOTE = "note"
    REMINDER = "reminder"
    MESSAGE = "message"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Heading:
    """`title` "" is no heading at all. `between` stands between the parts below it."""

    title: str = ""
    between: str = "\n\n"


NO_HEADING = Heading()


@dataclass(frozen=True, slots=True)
class Part:
    source: Source
    text: str
    heading: Heading = NO_HEADING
    name: str = ""


def written(parts: Iterable[Part]) -> str:
    """One text, in which neighbours of one heading share it."""
    return "\n\n".join(
        (f"# {heading.title}\n" if heading.title else "") + heading.between.join(part.text for part in below)
        for heading, below in groupby(parts, key=lambda part: part.heading)
    )
