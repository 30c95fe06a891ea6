"""What is said to a language model, before any template is applied."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Turn:
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Turns in order; the model answers as the assistant after the last one. `opening` are words of this answer that
    are there already: it goes on from them."""

    turns: tuple[Turn, ...]
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of template output.

    Only a segment with `control` set may be tokenised into control tokens, so that
    `<|im_end|>` typed by a person, or written on a card, stays five ordinary letters.
    """

    text: str
    control: bool = False
