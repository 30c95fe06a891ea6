"""What the two benchmarks of searching share: made-up words, slips of the finger, and what PostgreSQL has computed."""

import random
from pathlib import Path

from django.db import connection

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


def processor_seconds() -> float:
    """What PostgreSQL's process for this connection has computed: on a busy machine a query waits most of its time."""
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
