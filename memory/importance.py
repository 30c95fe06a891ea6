"""How much a message is worth remembering, from what it looks like. Pure."""

import re

from inference.emotion.emotion import WEIGHTS, Feeling

BASE = 0.5
EMOTION = 0.3
LONG, LENGTH = 200, 0.15
QUESTION, MOST_QUESTION = 0.1, 0.15
EXCLAMATION, MOST_EXCLAMATION = 0.05, 0.1
PRONOUN, MOST_PRONOUN = 0.05, 0.1
# Whole words: neither "hi" nor "taxi" is about oneself. "I'm" is.
OF_ONESELF = re.compile(r"\b(?:i|me|my)\b", re.IGNORECASE)


def importance(text: str, feeling: Feeling) -> float:
    """From 0.5 to 1: more for what is felt, long, asked, exclaimed or said of oneself. It never subtracts."""
    found = BASE + EMOTION * WEIGHTS[feeling.emotion] * feeling.confidence
    found += LENGTH if len(text) > LONG else 0
    found += min(text.count("?") * QUESTION, MOST_QUESTION)
    found += min(text.count("!") * EXCLAMATION, MOST_EXCLAMATION)
    found += min(len(OF_ONESELF.findall(text)) * PRONOUN, MOST_PRONOUN)
    return min(found, 1.0)
