"""Made-up names, words, numbers and codes, split by hash into those trained on and those held out.

A held-out value never occurs in training text, so a model that gives one back has copied it.
"""

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

ONSETS = [
    *"b br c ch cl cr d dr dw f fl fr g gl gr h j k kl kr l m n p ph pl pr qu r rh s sc sh sk sl sm sn sp st".split(),
    *"str sv sw t th tr tw v vr w wh x y z zh".split(),
    "",
]
NUCLEI = "a e i o u a e i o u a e o ai au ea ee ei ia ie io oa oo ou ae y".split()
CODAS = "b ck d f g k l ll m n nd ng nk nt p r rd rk rn rt s sk ss st t th v x z".split() + [""] * 12
PLACE_ENDS = "ford ham bridge heim wick ton haven mouth field borough dale by stead gate grad port shire vale".split()
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Split(StrEnum):
    TRAINING = "training"
    HELD_OUT = "held-out"


def is_held_out(value: str) -> bool:
    """One value in eight, decided by its letters and digits alone."""
    return zlib.crc32("".join(c for c in value.lower() if c.isalnum()).encode()) % 8 == 0


@dataclass(slots=True)
class Values:
    """A source of made-up values that stays on its side of the split."""

    rng: random.Random
    split: Split = Split.TRAINING

    def word(self) -> str:
        return self._accepted(self._word)

    def name(self) -> str:
        return self._accepted(lambda: self._word().capitalize())

    def full_name(self) -> str:
        return self._accepted(lambda: f"{self._word().capitalize()} {self._word().capitalize()}")

    def place(self) -> str:
        return self._accepted(self._place)

    def number(self) -> str:
        return self._accepted(self._number)

    def count(self) -> str:
        """A number of things somebody could own."""
        return self._accepted(lambda: str(self.rng.randint(3, 999)))

    def clock(self) -> str:
        return self._accepted(lambda: f"{self.rng.randint(1, 12)}:{self.rng.randint(0, 59):02}")

    def code(self) -> str:
        return self._accepted(self._code)

    def title(self) -> str:
        return self._accepted(self._title)

    def _accepted(self, make: Callable[[], str]) -> str:
        while True:
            value = make()
            if is_held_out(value) == (self.split is Split.HELD_OUT):
                return value

    def _word(self) -> str:
        rng = self.rng
        parts = [
            rng.choice(ONSETS) + rng.choice(NUCLEI) + (rng.choice(CODAS) if rng.random() < 0.6 else "")
            for _ in range(rng.choices((1, 2, 3), (1, 12, 5))[0])
        ]
        word = "".join(parts)
        return word if len(word) > 2 else word + rng.choice(("rin", "val", "mo", "tek"))

    def _place(self) -> str:
        rng, roll = self.rng, self.rng.random()
        if roll < 0.5:
            return (self._word() + rng.choice(PLACE_ENDS)).capitalize()
        if roll < 0.7:
            return (
                f"{rng.choice(('Port', 'Old', 'New', 'Upper', 'Lower', 'Saint', 'Fort'))} {self._word().capitalize()}"
            )
        return self._word().capitalize()

    def _number(self) -> str:
        rng = self.rng
        digits = rng.choices((2, 3, 4, 5, 6, 7, 8), (2, 4, 8, 4, 4, 1, 1))[0]
        number = "".join(rng.choice("0123456789") for _ in range(digits))
        return number if rng.random() < 0.9 else f"{number[:2]}-{number[2:]}{rng.randrange(10)}"

    def _code(self) -> str:
        rng = self.rng

        def letters(low: int, high: int) -> str:
            return "".join(rng.choice(LETTERS) for _ in range(rng.randint(low, high)))

        def digits(low: int, high: int) -> str:
            return "".join(rng.choice("0123456789") for _ in range(rng.randint(low, high)))

        shapes = (
            lambda: letters(1, 3) + digits(2, 4),
            lambda: f"{letters(2, 3)}-{digits(2, 4)}",
            lambda: f"{digits(1, 3)}{letters(1, 2)}",
            lambda: f"{self._word()}-{digits(1, 3)}",
            lambda: f"{self._word()}{digits(1, 3)}",
            lambda: f"{letters(1, 2)}{digits(1, 2)}-{letters(1, 2)}{digits(1, 2)}",
        )
        return rng.choice(shapes)()

    def _title(self) -> str:
        rng = self.rng
        kind = rng.choice(
            ("moon", "river", "crown", "garden", "clock", "tower", "song", "winter", "mirror", "harbour")
        )
        shape = rng.choice(("The {kind} of {name}", "{name}'s {kind}", "The {name} {kind}", "{name}"))
        return shape.format(kind=kind.capitalize(), name=self._word().capitalize())
