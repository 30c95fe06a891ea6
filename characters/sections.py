"""A persona sheet as a form has it: what stands before the first section, then titles with their texts. Pure.

The markdown is the truth. `composed` of what `divided` found differs from it in empty lines and in spaces around
titles at most, and `kept` tells a form that nobody touched from one that says something else.
static/js/characters/sheet.js does the same in the browser.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from characters.persona import HEADING, NAME, Section


@dataclass(frozen=True, slots=True)
class Outline:
    """`preamble` holds the heading with the name. Texts have no empty lines at their ends."""

    preamble: str
    sections: tuple[Section, ...]


def divided(markdown: str) -> Outline:
    """Any markdown; one without second-level headings is all preamble."""
    text = unix(markdown)
    headings = list(HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    return Outline(
        _trimmed(text[: headings[0].start()] if headings else text),
        tuple(
            Section(heading["title"], _trimmed(text[heading.end() : end]))
            # Without headings there is one end too many.
            for heading, end in zip(headings, ends, strict=False)
        ),
    )


def composed(preamble: str, sections: Sequence[Section]) -> str:
    """The markdown. A text without a title goes on where the section before it ends; without both there is nothing."""
    parts = [_trimmed(unix(preamble))]
    for section in sections:
        title, body = " ".join(section.title.split()), _trimmed(unix(section.body))
        parts.append("\n".join(line for line in (f"## {title}" if title else "", body) if line))
    text = "\n\n".join(part for part in parts if part)
    return f"{text}\n" if text else ""


def kept(before: str, preamble: str, sections: Sequence[Section]) -> str:
    """The markdown of a form: to the letter as it was before, unless the form says something else."""
    now = composed(preamble, sections)
    was = divided(before)
    return before if now == composed(was.preamble, was.sections) else now


def renamed(markdown: str, old: str, new: str) -> str:
    """With the heading that says the old name saying the new one."""
    heading = NAME.search(markdown)
    if heading is None or heading["name"] != old or not new.strip():
        return markdown
    return markdown[: heading.start("name")] + new + markdown[heading.end("name") :]


def unix(text: str) -> str:
    """With the line ends that a textarea shows; a form sends them as CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _trimmed(text: str) -> str:
    """Without empty lines at its ends. Spaces before the first word stay: they make code."""
    return re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip()
