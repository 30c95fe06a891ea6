"""Text with choices in it, and the small ways in which people mistype."""

import random
import re

CHOICE = re.compile(r"\[([^\[\]]*)\]")


def expand(rng: random.Random, text: str) -> str:
    """Resolve `[this|or that]`, innermost first. Text without brackets is returned as it is."""
    while "[" in text:
        text, changed = CHOICE.subn(lambda match: rng.choice(match.group(1).split("|")), text)
        if not changed:
            break
    return text


def pick(rng: random.Random, options: tuple[str, ...] | list[str]) -> str:
    """One option, with its choices resolved."""
    return expand(rng, rng.choice(options))


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def mistype(rng: random.Random, text: str) -> str:
    """The same message as somebody in a hurry would send it; most messages stay as they are."""
    roll = rng.random()
    if roll < 0.60:
        return text
    if roll < 0.78:
        return text.lower() if rng.random() < 0.6 else text.lower().rstrip(".!?")
    if roll < 0.86:
        return text.rstrip(".!?") + rng.choice(["", "", "??", "...", "!!", " :)", " pls", "!"])
    if roll < 0.89:
        return text.upper()
    if roll < 0.93:
        return text.replace("'", "").replace(",", "")
    return _slip(rng, text)


def _slip(rng: random.Random, text: str) -> str:
    """Swap, drop or double one letter of one longer word."""
    words = text.split(" ")
    long = [index for index, word in enumerate(words) if len(word) > 4 and word.isalpha() and word.islower()]
    if not long:
        return text
    index = rng.choice(long)
    word, at = words[index], rng.randrange(1, len(words[index]) - 2)
    words[index] = rng.choice(
        [
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        ]
    )
    return " ".join(words)
