"""Who answers in a chat with several characters. Pure: who is there and what was said in, names in order out."""

import random
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID


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

    Who spoke last is silent unless named, so that nobody answers themselves.
    """
    seats = table.may_speak
    named = mentioned(seats, text)
    others = [seat for seat in seats if seat.id not in named and seat.id != table.last]
    chance.shuffle(others)
    willing = [seat.id for seat in others if chance.random() < seat.talkativeness]
    if chosen := [*named, *willing][:most]:
        return chosen
    # All of them are shy. Of these, the one who talks most.
    return [max(others or seats, key=lambda seat: seat.talkativeness).id] if seats else []


def round_robin(table: Table) -> list[UUID]:
    """The one after who spoke last."""
    seats = table.may_speak
    if not seats:
        return []
    order = [seat.id for seat in table.seats]
    start = order.index(table.last) + 1 if table.last in order else 0
    around = order[start:] + order[:start]
    able = {seat.id for seat in seats}
    return [next(identity for identity in around if identity in able)]


def pooled(table: Table, chance: random.Random) -> list[UUID]:
    """One of those who have not spoken since a person did; once all have, anyone but the last."""
    seats = table.may_speak
    waiting = [seat for seat in seats if seat.id not in table.spoken]
    pool = waiting or [seat for seat in seats if seat.id != table.last] or list(seats)
    return [chance.choice(pool).id] if pool else []


def mentioned(seats: Collection[Seat], text: str) -> list[UUID]:
    """Those whose name the text says, or a whole word of it, in the order in which it says them."""
    found: list[tuple[int, UUID]] = []
    for seat in seats:
        places = [place for name in _names(seat, seats) if (place := _place(name, text)) is not None]
        if places:
            found.append((min(places), seat.id))
    return [identity for _at, identity in sorted(found, key=lambda one: one[0])]


def by_name(seats: Sequence[Seat], said: str) -> UUID | None:
    """Whom an answer to "who speaks next?" names first."""
    return next(iter(mentioned(seats, said)), None)


def _names(seat: Seat, seats: Collection[Seat]) -> list[str]:
    """What it is called by: the whole name, and each word of it that no other name has."""
    others = {word for other in seats if other.id != seat.id for word in _words(other.name)}
    return [seat.name, *(word for word in _words(seat.name) if word not in others and len(word) > 2)]


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.casefold())


def _place(name: str, text: str) -> int | None:
    if not name.strip():
        return None
    found = re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", text.casefold())
    return found.start() if found else None
