"""Example dialogue as cards write it."""

import re

START = re.compile(r"<\s*start\s*>", re.IGNORECASE)


def blocks(example_dialogue: str) -> tuple[str, ...]:
    """The dialogues between `<START>`s, in order; what stands before the first is one too. Empty ones are none."""
    return tuple(block for part in START.split(example_dialogue) if (block := part.strip()))
