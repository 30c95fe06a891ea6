"""What is told of an import: what was found, and why a file was turned away."""

from dataclasses import dataclass
from enum import StrEnum

# More than this nobody reads, and a hostile card could ask for a million.
MOST_NOTICES = 100


class Fate(StrEnum):
    """What became of the thing that a notice is about."""

    IMPORTED = "imported"
    KEPT = "kept unread"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Notice:
    """`where` is a place in the card (`data.tags`) or in its container (`chunk ccv3`)."""

    fate: Fate
    code: str
    sentence: str
    where: str


class Refused(Exception):
    """Nothing was imported. `code` is for programs, the sentence for the person who chose the file."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


class Notices(list[Notice]):
    """A list that stops growing at `MOST_NOTICES`."""

    def imported(self, code: str, sentence: str, where: str) -> None:
        self._add(Notice(Fate.IMPORTED, code, sentence, shortened(where)))

    def kept(self, code: str, sentence: str, where: str) -> None:
        self._add(Notice(Fate.KEPT, code, sentence, shortened(where)))

    def refused(self, code: str, sentence: str, where: str) -> None:
        self._add(Notice(Fate.REFUSED, code, sentence, shortened(where)))

    def _add(self, notice: Notice) -> None:
        if len(self) < MOST_NOTICES:
            self.append(notice)


def shortened(text: str, most: int = 80) -> str:
    """A name out of somebody's file, fit to stand in a sentence."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text[: most + 1])
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
