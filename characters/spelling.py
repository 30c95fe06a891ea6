"""The words of a text as searching sees them, and which of them a mistyped one may mean. Pure.

A word is in small letters and without accents: whoever types `cafe` means `Café`. Scripts that are written without
spaces are cut into pairs of letters, so that a part of a sentence is found.
"""

import unicodedata
from collections.abc import Iterable
from heapq import nlargest
from itertools import pairwise

# Longer ones are cut: nobody searches for the rest.
LONGEST_WORD = 40
SHORTEST_SPELT = 3
# Combining accents of Latin, Greek and Cyrillic. Marks of other scripts are vowels, and stay.
ACCENTS = range(0x300, 0x370)
# Thai and Lao, Burmese, Khmer, kana, and the Han characters.
UNSPACED = (
    range(0x0E00, 0x0F00),
    range(0x1000, 0x10A0),
    range(0x1780, 0x1800),
    range(0x3040, 0x3100),
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x32400),
)
# One slip changes so many trigrams at most: a swap touches two letters.
CHANGED = 4
# Of so many that share most trigrams the distance is worked out, and so many are answered at most.
MOST_COMPARED, MOST_NEAR = 60, 8


def words(text: str) -> list[str]:
    """In order, with repetitions. Only letters, digits and their marks: nothing that means anything to a query."""
    found: list[str] = []
    for run, is_spaced in _runs(_folded(text)):
        if is_spaced or len(run) == 1:
            found.append(run[:LONGEST_WORD])
        else:
            found += [first + second for first, second in pairwise(run)]
    return found


def is_spelt(word: str) -> bool:
    """Whether it is a word that can be mistyped: no number, and none of a script without spaces."""
    return len(word) >= SHORTEST_SPELT and not word.isnumeric() and not any(map(_is_unspaced, word))


def trigrams(word: str) -> set[str]:
    """Each three letters of it; two blanks before and one after weigh its beginning."""
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def telling(word: str, slips: int) -> list[str]:
    """Trigrams of which a word that is so far away has at least one, as few as will do; those inside it are rarest.

    After two slips there may be none that is left, so they are all tried.
    """
    padded = f"  {word} "
    inner = list(dict.fromkeys(padded[at : at + 3] for at in range(2, len(padded) - 3)))
    outer = [padded[1:4], padded[-3:], padded[:3]]
    return [*inner, *outer][: CHANGED + 1] if slips == 1 else [*inner, *outer]


def nearest(word: str, known: Iterable[str], most: int) -> list[str]:
    """Those at the smallest distance that is at most `most`, the likeliest first; never the word itself."""
    own = trigrams(word)
    near = {other for other in known if abs(len(other) - len(word)) <= most and other != word}
    alike = nlargest(MOST_COMPARED, near, key=lambda other: (len(own & trigrams(other)), other))
    told = [(distance(word, other, most), other) for other in alike]
    smallest = min((far for far, _other in told), default=most + 1)
    return [other for far, other in told if far == smallest and far <= most][:MOST_NEAR]


def mistakes(word: str) -> int:
    """How many slips of the finger are forgiven in a word of this length."""
    if len(word) < SHORTEST_SPELT:
        return 0
    return 1 if len(word) <= 5 else 2


def distance(left: str, right: str, most: int) -> int:
    """Letters added, left out, mistaken, and neighbours swapped, to make one of the other; `most + 1` if more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        here = [row] + [0] * len(right)
        for column, other in enumerate(right, 1):
            cost = min(above[column] + 1, here[column - 1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            here[column] = cost
        # A swap can still come from the row before this one.
        if min(here) > most and min(above) > most:
            return most + 1
        before, above = above, here
    return min(above[-1], most + 1)


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in apart if ord(letter) not in ACCENTS)
    return unicodedata.normalize("NFC", bare)


def _runs(text: str) -> list[tuple[str, bool]]:
    """Unbroken runs of letters of one kind, and whether that kind has spaces between its words."""
    runs: list[tuple[str, bool]] = []
    run: list[str] = []
    spaced = True
    for letter in f"{text} ":
        is_letter = letter.isalnum() or (bool(run) and unicodedata.category(letter).startswith("M"))
        goes_on = is_letter and (not run or _is_unspaced(letter) != spaced or not letter.isalnum())
        if run and not goes_on:
            runs.append(("".join(run), spaced))
            run = []
        if is_letter:
            if not run:
                spaced = not _is_unspaced(letter)
            run.append(letter)
    return runs


def _is_unspaced(letter: str) -> bool:
    number = ord(letter)
    return number >= UNSPACED[0].start and any(number in script for script in UNSPACED)
