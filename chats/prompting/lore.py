"""Lore as a prompt knows it: which entries there are was decided elsewhere, and so was their order."""

from dataclasses import dataclass
from enum import StrEnum

from inference.text.prompt import Role


class Place(StrEnum):
    """Where an entry goes, in the order of the prompt. Lorebooks give these places the same values."""

    BEFORE_CHARACTER = "before_char"
    BEFORE_DESCRIPTION = "before_desc"
    AFTER_DESCRIPTION = "after_desc"
    PERSONALITY = "personality"
    SCENARIO = "scenario"
    AFTER_CHARACTER = "after_char"
    EXAMPLES_TOP = "examples_top"
    EXAMPLES_BOTTOM = "examples_bottom"
    NOTE_TOP = "note_top"
    NOTE_BOTTOM = "note_bottom"
    AT_DEPTH = "at_depth"


@dataclass(frozen=True, slots=True)
class Lore:
    """One entry. A `constant` one stands at its place in the system part; one that a conversation brought up stands in
    the tail, wherever in the system part its place is, for it comes and goes. Around the note and at a depth both
    stand where they say.

    `depth` and `role` mean something only at a depth. `depth` counts messages from the end, the current one being the
    first, as lorebooks do: 1 stands just before it. What asks for 0 would stand after it; but the message is always
    last, so that stands just before it too, behind those at 1. As the assistant's it would be the beginning of the
    reply, which a prompt cannot write: a line of the tail asks for it.

    `trims_first`: it would rather go than anything else, so it counts as constant nowhere.
    `name` only returns in what a prompt is made of.
    """

    text: str
    place: Place
    depth: int = 0
    role: Role = Role.SYSTEM
    constant: bool = False
    trims_first: bool = False
    name: str = ""

    @property
    def stays(self) -> bool:
        """Whether it is in the prompt whatever else has to go."""
        return self.constant and not self.trims_first

    @property
    def begins_the_reply(self) -> bool:
        return self.place is Place.AT_DEPTH and self.depth <= 0 and self.role is Role.ASSISTANT

    @property
    def is_a_turn(self) -> bool:
        return self.place is Place.AT_DEPTH and not self.begins_the_reply
