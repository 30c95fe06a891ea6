"""What a chat must remember about its lorebooks from turn to turn. Pure."""

from dataclasses import asdict, dataclass

from characters.lore.entry import Book, Entry
from core.json import Json


@dataclass(frozen=True, slots=True)
class Effect:
    """An entry fired when the chat had `at` messages; it stays until it has more than `sticky_until` of them, and
    rests until it has more than `cooldown_until`."""

    book: str
    uid: str
    at: int
    sticky_until: int
    cooldown_until: int
    fingerprint: str

    def sticks(self, messages: int) -> bool:
        return self.at < messages <= self.sticky_until

    def rests(self, messages: int) -> bool:
        return self.sticky_until < messages <= self.cooldown_until

    def holds(self, messages: int) -> bool:
        """Not when the chat went back to where it was or before: then the entry has never fired."""
        return self.at < messages <= max(self.sticky_until, self.cooldown_until)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that asks for it was activated first when the chat had `at` messages."""

    book: str
    uid: str
    at: int


@dataclass(frozen=True, slots=True)
class State:
    effects: tuple[Effect, ...] = ()
    matches: tuple[Match, ...] = ()

    def effect(self, book: Book, entry: Entry, messages: int) -> Effect | None:
        """What still holds. One that was changed since starts anew."""
        for effect in self.effects:
            if (effect.book, effect.uid) == (book.key, str(entry.uid)):
                return effect if effect.holds(messages) and effect.fingerprint == entry.fingerprint else None
        return None

    def match(self, book: Book, entry: Entry, messages: int) -> Match | None:
        for match in self.matches:
            if (match.book, match.uid) == (book.key, str(entry.uid)):
                return match if match.at < messages else None
        return None


def to_json(state: State) -> dict[str, Json]:
    return {
        "effects": [dict(asdict(effect)) for effect in state.effects],
        "matches": [dict(asdict(match)) for match in state.matches],
    }


def from_json(data: Json) -> State:
    """Whatever is not as `to_json` wrote it is left out."""
    kept = data if isinstance(data, dict) else {}
    return State(
        effects=tuple(
            Effect(book, uid, at, sticky, cooldown, fingerprint)
            for row in _rows(kept.get("effects"))
            if isinstance(book := row.get("book"), str)
            and isinstance(uid := row.get("uid"), str)
            and isinstance(at := row.get("at"), int)
            and isinstance(sticky := row.get("sticky_until"), int)
            and isinstance(cooldown := row.get("cooldown_until"), int)
            and isinstance(fingerprint := row.get("fingerprint"), str)
        ),
        matches=tuple(
            Match(book, uid, at)
            for row in _rows(kept.get("matches"))
            if isinstance(book := row.get("book"), str)
            and isinstance(uid := row.get("uid"), str)
            and isinstance(at := row.get("at"), int)
        ),
    )


def _rows(data: Json) -> list[dict[str, Json]]:
    return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
