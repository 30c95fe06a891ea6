"""From what somebody wrote to the plain statements in it. Pure.

What is only played (*waves*), quoted, asked or supposed is no statement of theirs.
"""

import re
from collections.abc import Iterator

# Of the same length, so that places in one text are places in the other.
STRAIGHT = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})
CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
QUOTED_LINE = re.compile(r"^\s*>.*$", re.MULTILINE)
ACTION = re.compile(r"(?<!\*)\*(?![\s*])[^*\n]*\s[^*\n]*\*(?!\*)")
EMPHASIS = re.compile(r"\*+|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)")
# Three words or more are what somebody said; fewer are a name.
SPEECH = re.compile(r'"[^"\n]*\s[^"\n]*\s[^"\n]*"')
TITLE = r"(?<!\bdr\.)(?<!\bmr\.)(?<!\bmrs\.)(?<!\bms\.)(?<!\bst\.)(?<!\bprof\.)"
SENTENCE_END = re.compile(rf"(?<=[.!?…]){TITLE}\s+|\n+", re.IGNORECASE)
CLAUSE_END = re.compile(
    r"\s*;\s*|\s+[-–—]\s+|,?\s+(?:and|but|so|although|though|while)\s+(?=(?:i|i'm|i've|my|we|we've|call)\b)"
    r"|,\s+(?=(?:i|i'm|i've|my)\b)",
    re.IGNORECASE,
)
SUPPOSED = re.compile(
    r"\b(?:if|imagine|pretend|suppose|supposing|what if|let's say|would|wouldn't|i'd|could|couldn't|might|maybe|"
    r"perhaps|probably|wish|hypothetically|dreamed|dreamt|as though|hope to|hoping to|want to|going to|gonna|"
    r"in (?:the|this|our|your) (?:story|game|film|movie|book|novel|scene|dream|role\s?play))\b",
    re.IGNORECASE,
)
# What people begin with, before they say what they say.
OPENING = re.compile(
    r"(?:(?:well|so|oh|ok|okay|yeah|yes|yep|no|nope|actually|btw|by the way|hey|hi|hello|and|but|also|plus|honestly|"
    r"fyi|now|anyway|today|currently|nowadays|these days|sorry|wait|hmm|um|look|listen|just so you know|"
    r"(?:it )?turns out(?: that)?|correction|big news|good news|bad news|to be honest|update|ps|p\.s\.)"
    r"(?:[,:!.]+\s*|\s+|$))*",
    re.IGNORECASE,
)
LONGEST = 300


def straight(text: str) -> str:
    return text.translate(STRAIGHT)


def sentences(text: str) -> Iterator[str]:
    """Each with its mark at the end, without what is code, quoted, or done rather than said."""
    text = straight(text)
    for pattern in (CODE, QUOTED_LINE, ACTION, SPEECH):
        text = pattern.sub(" … ", text)
    for sentence in SENTENCE_END.split(EMPHASIS.sub("", text)):
        sentence = " ".join(sentence.split())
        if sentence and len(sentence) <= 2 * LONGEST:
            yield sentence


def clauses(sentence: str) -> Iterator[str]:
    """The statements of one sentence: none for a question, and none that is only supposed."""
    if sentence.rstrip("\"') ").endswith("?"):
        return
    opening = ""
    for clause in CLAUSE_END.split(sentence):
        clause = opening + clause.strip(" ,.!…")
        opening = f"{clause}, " if OPENING.fullmatch(clause) else ""
        if clause and len(clause) <= LONGEST and not SUPPOSED.search(clause):
            yield clause
