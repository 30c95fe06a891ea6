"""Who answers in a chat with several characters. Pure: who is there and what was said in, names in order out."""

import random
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

# "The Narrator" is called Narrator.
ARTICLES = frozenset("the and der die das und von van los las les".split())
SHORTEST_WORD = 3


@dataclass(frozen=True, slots=True)
class Seat:
    """A character at the table. `talkativeness` 0 to 1: how likely it answers what was not said to it."""

    id: UUID
    name: str
    talkativeness: float = 0.5
    is_muted: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`seats` in their order. `last` spoke last; `spoken` are those who spoke since a person last did."""

    seats: tuple[Seat, ...]
    last: UUID | None = None
    spoken: frozenset[UUID] = frozenset()

    @property
    def may_speak(self) -> tuple[Seat, ...]:
        return tuple(seat for seat in self.seats if not seat.is_muted)


def natural(table: Table, text: str, most: int, chance: random.Random) -> list[UUID]:
    """Whoever is named, in the order of the names; then whoever feels like it; one at least.

    If `last` is given, the text is its own, and it answers itself only where there is nobody else.
    """
    seats = [seat for seat in table.may_speak if seat.id != table.last] or list(table.may_speak)
    named = mentioned(seats, text)
    others = [seat for seat in seats if seat.id not in named]
    chance.shuffle(others)
    willing = [seat.id for seat in others if chance.random() < seat.talkativeness]
    if chosen := [*named, *willing][:most]:
        return chosen
    # All of them are shy. Of these, the one who talks most.
    return [max(seats, key=lambda seat: seat.talkativeness).id] if seats else []


def round_robin(table: Table, most: int) -> list[UUID]:
    """Those who sit after who spoke last, each once."""
    order = [seat.id for seat in table.seats]
    start = order.index(table.last) + 1 if table.last in order else 0
    able = {seat.id for seat in table.may_speak}
    return [identity for identity in order[start:] + order[:start] if identity in able][:most]


def pooled(table: Table, most: int, chance: random.Random) -> list[UUID]:
    """In any order, each once: first those who have not spoken since a person did, and who spoke last at the end."""
    seats = list(table.may_speak)
    chance.shuffle(seats)
    seats.sort(key=lambda seat: (seat.id == table.last, seat.id in table.spoken))
    return [seat.id for seat in seats][:most]


def mentioned(seats: Collection[Seat], text: str) -> list[UUID]:
    """Those whose name the text says, or a whole word of it, in the order in which it says them."""
    called: dict[str, list[UUID]] = {}
    for seat in seats:
        for name in _names(seat, seats):
            called.setdefault(name.casefold(), []).append(seat.id)
    if not called:
        return []
    # The longer one first: "Ann Marie" is not a call for Ann.
    names = re.compile("|".join(_whole(name) for name in sorted(called, key=len, reverse=True)))
    said = (identity for found in names.finditer(text.casefold()) for identity in called[found[0]])
    return list(dict.fromkeys(said))


def by_name(seats: Sequence[Seat], said: str) -> UUID | None:
    """Whom an answer to "who speaks next?" names first."""
    return next(iter(mentioned(seats, said)), None)


def _names(seat: Seat, seats: Collection[Seat]) -> list[str]:
    """What it is called by: the whole name, and each word of it that no other name has and that is a name itself."""
    if not seat.name.strip():
        return []
    others = {word.casefold() for other in seats if other.id != seat.id for word in _words(other.name)}
    proper = [word for word in _words(seat.name) if _is_proper(word, seat.name)]
    return [seat.name.strip(), *(word for word in proper if word.casefold() not in others)]


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name)


def _is_proper(word: str, name: str) -> bool:
    """Nobody is called by the small words of a name: "Kael the Unlucky" is no "the"."""
    if len(word) < SHORTEST_WORD or word.casefold() in ARTICLES:
        return False
    return name == name.lower() or word != word.lower() or word == word.upper()


def _whole(name: str) -> str:
    """A pattern for it as a word of its own, in scripts that put spaces between words."""
    before = r"(?<!\w)" if _is_spaced(name[0]) else ""
    after = r"(?!\w)" if _is_spaced(name[-1]) else ""
    return f"{before}{re.escape(name)}{after}"


def _is_spaced(letter: str) -> bool:
    return letter.isdigit() or letter.lower() != letter.upper()
