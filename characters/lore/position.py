"""Where what an entry says goes. Pure."""

from enum import StrEnum


class Position(StrEnum):
    """In the order of the prompt. The values are a V3 card's, where it has a word for it."""

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
    OUTLET = "outlet"


# Those that only `@@position` can ask for: no field of a file has a word for them.
DECORATED = frozenset(
    {Position.BEFORE_DESCRIPTION, Position.AFTER_DESCRIPTION, Position.PERSONALITY, Position.SCENARIO}
)
