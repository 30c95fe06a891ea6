"""What the benchmarks of searching share: made-up words, and slips of the finger."""

import random

ONSETS = "b br c ch d dr f fl g gr h j k kr l m n p pr qu r s sh st t th tr v w z".split()
VOWELS = "a e i o u ae ai ea ia io ou".split()
CODAS = ["", "", "l", "m", "n", "r", "s", "th", "x", "rd", "st", "nd", "ck"]


def slip(chance: random.Random, word: str) -> str:
    """One letter added, left out, mistaken, or swapped with its neighbour, anywhere."""
    at, letter = chance.randrange(len(word)), chance.choice("abcdefghijklmnopqrstuvwxyz")
    swap = min(at, len(word) - 2)
    return chance.choice(
        [
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at + 1 :],
            word[:swap] + word[swap + 1] + word[swap] + word[swap + 2 :],
        ]
    )
