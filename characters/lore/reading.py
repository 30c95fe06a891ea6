"""Lorebooks as other programs write them: card books, stand-alone ones, SillyTavern's worlds. Pure.

Nothing in a book makes it unreadable but not being one: what has a wrong type counts as missing, with a notice.
"""

import copy
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from characters.lore import names
from characters.lore.entry import Book, Entry, Kind, Logic
from characters.lore.position import Position
from characters.report import Notice, Notices, Refused, shortened
from core.json import Json
from inference.text.prompt import Role

ROLES = (Role.SYSTEM, Role.USER, Role.ASSISTANT)
# Beyond this nothing counts messages or tokens, and floats stop counting one by one much later.
GREATEST = 10**9

N = TypeVar("N", int, float)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Read:
    book: Book
    notices: tuple[Notice, ...] = ()


@dataclass(eq=False, slots=True)
class _Fields:
    """Typed looks into an object from elsewhere. None counts as missing everywhere.

    `where` is "" for the book, or says which entry.
    """

    data: dict[str, Json]
    where: str
    notices: Notices = field(default_factory=Notices)

    def text(self, name: str) -> str | None:
        value = self.data.get(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.notices.refused("not_a_text", self.where, key=name)
        return None

    def flag(self, name: str) -> bool | None:
        value = self.data.get(name)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float) and value in {0, 1}:
            return bool(value)
        if isinstance(value, str) and value.strip().casefold() in {"true", "false"}:
            return value.strip().casefold() == "true"
        self.notices.refused("not_yes_or_no", self.where, key=name)
        return None

    def number(self, name: str) -> float | None:
        value = self.data.get(name)
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                self.notices.refused("not_a_number", self.where, key=name)
                return None
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
            self.notices.refused("not_a_number", self.where, key=name)
            return None
        return max(-GREATEST, min(value, GREATEST))

    def whole(self, name: str) -> int | None:
        number = self.number(name)
        return None if number is None else int(number)

    def count(self, name: str) -> int | None:
        number = self.whole(name)
        if number is not None and number < 0:
            self.notices.refused("not_below_zero", self.where, key=name)
            return None
        return number

    def strings(self, name: str) -> tuple[str, ...]:
        """From a list or from text with commas."""
        value = self.data.get(name)
        if value is None:
            return ()
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        if not isinstance(value, list):
            self.notices.refused("not_a_list", self.where, key=name)
            return ()
        if not all(isinstance(part, str) for part in value):
            self.notices.imported("odd_items", self.where, key=name)
        return tuple(part for part in value if isinstance(part, str))

    def mapping(self, name: str) -> dict[str, Json]:
        value = self.data.get(name)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self.notices.refused("not_an_object", self.where, key=name)
        return {}

    def others(self, known: Iterable[str]) -> dict[str, Json]:
        taken = set(known)
        return {name: copy.deepcopy(value) for name, value in self.data.items() if name not in taken}


def read(data: Json, *, key: str = "") -> Read:
    """Any of the three forms. Raises `Refused`. `key` tells the book from the others of a chat."""
    if not isinstance(data, dict):
        raise Refused("not_a_lorebook")
    if data.get("spec") == "lorebook_v3":
        return read_lorebook(data, key=key)
    foreign = _foreign(data)
    if foreign:
        raise Refused("foreign_lorebook", program=foreign)
    entries = data.get("entries")
    if isinstance(entries, dict):
        return read_world(data, key=key)
    if isinstance(entries, list):
        return read_card_book(data, key=key, kind=Kind.WORLD)
    raise Refused("not_a_lorebook")


def read_lorebook(data: Json, *, key: str = "") -> Read:
    """`{"spec": "lorebook_v3", "data": …}`. Raises `Refused`."""
    inner = data.get("data") if isinstance(data, dict) else None
    if not isinstance(inner, dict):
        raise Refused("not_a_lorebook")
    return read_card_book(inner, key=key, kind=Kind.WORLD)


def read_card_book(data: Json, *, key: str = "", kind: Kind = Kind.CHARACTER) -> Read:
    """The `character_book` of a V2 or V3 card. Raises `Refused`."""
    return _read(data, key, kind, world=False)


def own_book(data: Json, key: str) -> Book | None:
    """A character's own, if its card has one; `key` is the character's id."""
    return read_card_book(data, key=key).book if data is not None else None


def read_world(data: Json, *, key: str = "") -> Read:
    """A world file of SillyTavern. Raises `Refused`."""
    return _read(data, key, Kind.WORLD, world=True)


def _foreign(data: dict[str, Json]) -> str:
    if data.get("kind") == "memory":
        return "Agnai"
    if data.get("type") == "risu":
        return "RisuAI"
    return "NovelAI" if "lorebookVersion" in data else ""


def _read(data: Json, key: str, kind: Kind, *, world: bool) -> Read:
    if not isinstance(data, dict):
        raise Refused("not_a_lorebook")
    fields = _Fields(data, "")
    entries: list[Entry] = []
    for uid, value in _entries(fields):
        where = f"entry {uid}"
        if not isinstance(value, dict):
            fields.notices.refused("not_an_entry", where)
            continue
        inner = _Fields(value, where, fields.notices)
        entries.append(_world_entry(inner, uid) if world else _card_entry(inner, uid))
    book = Book(
        entries=_with_own_uids(entries, fields),
        key=key,
        kind=kind,
        name=fields.text("name"),
        description=fields.text("description"),
        scan_depth=fields.count("scan_depth"),
        token_budget=fields.count("token_budget"),
        recursive=fields.flag("recursive_scanning"),
        raw=fields.others(names.BOOK),
        extensions=copy.deepcopy(fields.mapping("extensions")),
    )
    return Read(book, tuple(fields.notices))


def _entries(fields: _Fields) -> list[tuple[int | str, Json]]:
    """With the names they have in a mapping, or their numbers in a list."""
    value = fields.data.get("entries")
    if isinstance(value, dict):
        return [(_uid(name), inner) for name, inner in value.items()]
    if isinstance(value, list):
        return list(enumerate(value))
    if value is not None:
        fields.notices.refused("not_entries", fields.where)
    return []


def _uid(name: str) -> int | str:
    return int(name) if name.isascii() and name.isdigit() and len(name) < 16 and str(int(name)) == name else name


def _own_uid(fields: _Fields, name: str, otherwise: int | str) -> int | str:
    value = fields.data.get(name)
    return value if isinstance(value, int | str) and not isinstance(value, bool) else otherwise


def _with_own_uids(entries: list[Entry], fields: _Fields) -> tuple[Entry, ...]:
    """Effects over time are remembered by them, so no two may be the same."""
    used = {str(entry.uid) for entry in entries}
    seen: set[str] = set()
    out = []
    free = 0
    for entry in entries:
        own = entry
        if str(entry.uid) in seen:
            while str(free) in used:
                free += 1
            used.add(str(free))
            fields.notices.imported("same_id", f"entry {entry.uid}", id=free)
            own = replace(entry, uid=free)
        seen.add(str(own.uid))
        out.append(own)
    return tuple(out)


def _card_entry(fields: _Fields, number: int | str) -> Entry:
    extensions = _Fields(fields.mapping("extensions"), fields.where, fields.notices)
    place = fields.text("position")
    known_place = {"before_char": Position.BEFORE_CHARACTER, "after_char": Position.AFTER_CHARACTER}
    if place is not None and place not in known_place:
        fields.notices.refused("unknown_value", fields.where, key="position", value=shortened(place, 40))
    entry = Entry(
        uid=_own_uid(fields, "id", number),
        keys=fields.strings("keys"),
        secondary_keys=fields.strings("secondary_keys"),
        selective=bool(fields.flag("selective")),
        content=fields.text("content") or "",
        name=fields.text("name"),
        comment=fields.text("comment") or "",
        constant=bool(fields.flag("constant")),
        enabled=fields.flag("enabled") is not False,
        order=_or(fields.number("insertion_order"), 100),
        priority=fields.number("priority"),
        position=known_place.get(place or "", Position.AFTER_CHARACTER),
        case_sensitive=fields.flag("case_sensitive"),
        use_regex=bool(fields.flag("use_regex")),
        raw=fields.others(names.CARD_ENTRY),
        extensions=extensions.others(names.EXTENSIONS),
    )
    disobeyed = {own for own, theirs in names.PASSENGERS.items() if theirs in names.DISOBEYED} | {"characterFilter"}
    return _extended(entry, extensions, {name: name for name in names.EXTENSIONS}, sorted(disobeyed))


def _world_entry(fields: _Fields, number: int | str) -> Entry:
    entry = Entry(
        uid=_own_uid(fields, "uid", number),
        keys=fields.strings("key"),
        secondary_keys=fields.strings("keysecondary"),
        selective=fields.flag("selective") is not False,
        content=fields.text("content") or "",
        name=fields.text("name"),
        comment=fields.text("comment") or "",
        constant=bool(fields.flag("constant")),
        enabled=not fields.flag("disable"),
        order=_or(fields.number("order"), 100),
        priority=fields.number("priority"),
        position=Position.BEFORE_CHARACTER,
        use_regex=bool(fields.flag("use_regex")),
        raw=fields.others(names.WORLD_ENTRY),
        extensions=copy.deepcopy(fields.mapping("extensions")),
    )
    return _extended(entry, fields, names.EXTENSIONS, names.DISOBEYED)


def _extended(entry: Entry, fields: _Fields, called: dict[str, str], disobeyed: Iterable[str]) -> Entry:
    """With what SillyTavern knows of it; `called` has the names of its fields here."""
    for name in disobeyed:
        if fields.data.get(name):
            fields.notices.kept("no_effect", fields.where, key=name)
    sensitive = fields.flag(called["case_sensitive"])
    return replace(
        entry,
        position=_position(fields, called["position"], entry.position),
        logic=_numbered(fields, called["selectiveLogic"], tuple(Logic), Logic.AND_ANY),
        depth=_or(fields.count(called["depth"]), 4),
        role=_numbered(fields, called["role"], ROLES, Role.SYSTEM),
        outlet=fields.text(called["outlet_name"]) or "",
        case_sensitive=entry.case_sensitive if sensitive is None else sensitive,
        whole_words=fields.flag(called["match_whole_words"]),
        scan_depth=fields.count(called["scan_depth"]),
        probability=_or(fields.number(called["probability"]), 100),
        use_probability=fields.flag(called["useProbability"]) is not False,
        exclude_recursion=bool(fields.flag(called["exclude_recursion"])),
        prevent_recursion=bool(fields.flag(called["prevent_recursion"])),
        delay_until_recursion=_level(fields, called["delay_until_recursion"]),
        groups=_groups(fields.strings(called["group"])),
        group_override=bool(fields.flag(called["group_override"])),
        group_weight=_or(fields.number(called["group_weight"]), 100),
        group_scoring=fields.flag(called["use_group_scoring"]),
        sticky=_or(fields.count(called["sticky"]), 0),
        cooldown=_or(fields.count(called["cooldown"]), 0),
        delay=_or(fields.count(called["delay"]), 0),
        ignores_budget=bool(fields.flag(called["ignore_budget"])),
    )


def _or(value: N | None, otherwise: N) -> N:
    return otherwise if value is None else value


def _position(fields: _Fields, name: str, otherwise: Position) -> Position:
    return _numbered(fields, name, names.POSITIONS, otherwise)


def _numbered(fields: _Fields, name: str, values: tuple[V, ...], otherwise: V) -> V:
    number = fields.number(name)
    if number is None:
        return otherwise
    if number in range(len(values)):
        return values[int(number)]
    fields.notices.refused("unknown_value", fields.where, key=name, value=f"{number:g}")
    return otherwise


def _level(fields: _Fields, name: str) -> int:
    """Yes is the first level."""
    value = fields.data.get(name)
    if isinstance(value, str) and value.strip().casefold() in {"true", "false"}:
        value = value.strip().casefold() == "true"
    return int(value) if isinstance(value, bool) else _or(fields.count(name), 0)


def _groups(texts: Iterable[str]) -> tuple[str, ...]:
    """Their names, which no comma can be in: files have them in one text, with commas between."""
    return tuple(dict.fromkeys(name for text in texts for part in text.split(",") if (name := part.strip())))
