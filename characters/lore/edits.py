"""What is changed of a book and not saved yet. Pure.

Only what was touched is told: of a book with 2,000 entries, a form sends the three that somebody wrote in.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from characters.cards.values import dump, parse
from characters.lore import fields
from characters.lore.entry import Book, Entry
from characters.lore.fields import Wrong
from characters.report import Notices, Refused
from core.json import Json

# The unknown fields of a new entry, which may be a copy of another.
KEPT = "kept"
NONE: frozenset[str] = frozenset()

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edits:
    """Texts by the names of characters/lore/fields.py; entries by their ids as texts, in the order they have.

    An id that the book has not is a new entry.
    """

    settings: Texts = field(default_factory=dict)
    entries: Mapping[str, Texts] = field(default_factory=dict)
    deleted: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.settings or self.entries or self.deleted)


@dataclass(frozen=True, slots=True)
class Edited:
    """`book` keeps what a wrong text would have changed. `wrong` has what is by entry and field; "" is the book."""

    book: Book
    wrong: Mapping[str, Mapping[str, Wrong]]


def applied(book: Book, edits: Edits) -> Edited:
    wrong: dict[str, Mapping[str, Wrong]] = {}
    changed, wrong[""] = fields.said(fields.BOOK, book, edits.settings)
    entries: list[Entry] = []
    for entry in book.entries:
        uid = str(entry.uid)
        if uid not in edits.deleted:
            after, wrong[uid] = fields.said(fields.ENTRY, entry, edits.entries.get(uid, {}))
            entries.append(after)
    known = {str(entry.uid) for entry in book.entries}
    used = set(known)
    for uid, texts in edits.entries.items():
        if uid not in edits.deleted and uid not in known:
            own = _free(uid, used)
            used.add(str(own))
            after, wrong[uid] = fields.said(fields.ENTRY, _begun(own, texts.get(KEPT, "")), texts)
            entries.append(after)
    return Edited(replace(changed, entries=tuple(entries)), {uid: found for uid, found in wrong.items() if found})


def edits_between(before: Book, shown: Book) -> Edits:
    """What makes `before` say what `shown` does, which was made of it."""
    old = {str(entry.uid): entry for entry in before.entries}
    new = {str(entry.uid): entry for entry in shown.entries}
    settings = fields.shown(fields.BOOK, shown)
    return Edits(
        settings=settings if settings != fields.shown(fields.BOOK, before) else {},
        entries={
            uid: fields.shown(fields.ENTRY, entry) | ({} if uid in old else kept(entry))
            for uid, entry in new.items()
            if uid not in old or fields.shown(fields.ENTRY, entry) != fields.shown(fields.ENTRY, old[uid])
        },
        deleted=frozenset(old.keys() - new.keys()),
    )


def kept(entry: Entry) -> dict[str, str]:
    """What a form does not show of it, in a field of its own; nothing if there is nothing."""
    if not (entry.raw or entry.extensions):
        return {}
    return {KEPT: dump({"raw": entry.raw, "extensions": entry.extensions}).decode()}


def to_text(edits: Edits) -> str:
    entries: dict[str, Json] = {uid: dict(texts) for uid, texts in edits.entries.items()}
    deleted: list[Json] = [*sorted(edits.deleted)]
    told: dict[str, Json] = {"settings": dict(edits.settings), "entries": entries, "deleted": deleted}
    return json.dumps(told, ensure_ascii=False)


def from_text(text: str) -> Edits:
    """Whatever is not as `to_text` writes it is left out. Raises `Refused` for what is no JSON."""
    told = parse(text.encode(errors="replace"), Notices(), "") if text.strip() else {}
    if not isinstance(told, dict):
        raise Refused("not_json")
    entries, deleted = told.get("entries"), told.get("deleted")
    return Edits(
        settings=_texts(told.get("settings")),
        entries={uid: _texts(texts) for uid, texts in entries.items()} if isinstance(entries, dict) else {},
        deleted=frozenset(uid for uid in deleted if isinstance(uid, str))
        if isinstance(deleted, list)
        else frozenset(),
    )


def _texts(value: Json) -> dict[str, str]:
    return {name: text for name, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}


def _free(uid: str, used: set[str]) -> int:
    """The number that it is called by, if nobody else is, or the next one after all that are used."""
    if uid.isascii() and uid.isdigit() and len(uid) < 10 and uid == str(int(uid)) and uid not in used:
        return int(uid)
    return next_uid(used)


def next_uid(used: Iterable[str]) -> int:
    numbers = [int(uid) for uid in used if uid.isascii() and uid.isdigit() and len(uid) < 10]
    return max(numbers, default=-1) + 1


def fresh(uid: int) -> Entry:
    """A new one. As in SillyTavern, its secondary keys are looked at as soon as it has some."""
    return Entry(uid, selective=True)


def _begun(uid: int, text: str) -> Entry:
    entry = fresh(uid)
    try:
        told = parse(text.encode(errors="replace"), Notices(), "") if text else {}
    except Refused:
        return entry
    raw, extensions = (told.get("raw"), told.get("extensions")) if isinstance(told, dict) else (None, None)
    return replace(
        entry,
        raw=raw if isinstance(raw, dict) else {},
        extensions=extensions if isinstance(extensions, dict) else {},
    )
