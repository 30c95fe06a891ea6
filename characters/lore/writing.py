"""Lorebooks in the forms that other programs read. Pure."""

import copy

from characters.cards.values import export
from characters.lore import names
from characters.lore.decorators import stripped
from characters.lore.entry import Book, Entry
from characters.lore.position import Position
from characters.lore.reading import ROLES
from characters.report import Refused
from core.json import Json

# Of a book that stands alone. Activation looks at every entry in every turn: 2,000 take some 10 ms.
MOST_ENTRIES = 2_000
MOST_BYTES = 2 * 2**20

# Places that only decorators ask for: the nearest that a file has a word for.
NEAREST = {
    Position.BEFORE_DESCRIPTION: Position.BEFORE_CHARACTER,
    Position.AFTER_DESCRIPTION: Position.AFTER_CHARACTER,
    Position.PERSONALITY: Position.AFTER_CHARACTER,
    Position.SCENARIO: Position.AFTER_CHARACTER,
}


def card_book(book: Book, *, decorated: bool = True) -> dict[str, Json]:
    """The `character_book` of a V3 card; of a V2 card, with `decorated` False: V2 knows no decorators."""
    return _book(book) | {
        "extensions": copy.deepcopy(book.extensions),
        "entries": [_card_entry(entry, decorated=decorated) for entry in book.entries],
    }


def lorebook(book: Book) -> dict[str, Json]:
    return {"spec": "lorebook_v3", "data": card_book(book)}


def stored(book: Book) -> str:
    """As rows hold it: a stand-alone V3 lorebook. Raises `Refused` for one that is too large."""
    if len(book.entries) > MOST_ENTRIES:
        raise Refused("too_many_entries", count=len(book.entries), most=MOST_ENTRIES)
    content = export(lorebook(book))
    if len(content) > MOST_BYTES:
        raise Refused("too_large_book", mib=MOST_BYTES // 2**20)
    return content.decode()


def world(book: Book) -> dict[str, Json]:
    """As SillyTavern writes it."""
    written = _book(book)
    if book.extensions:
        written["extensions"] = copy.deepcopy(book.extensions)
    written["entries"] = {str(entry.uid): _world_entry(entry) for entry in book.entries}
    return written


def _book(book: Book) -> dict[str, Json]:
    known: dict[str, Json] = {
        "name": book.name,
        "description": book.description,
        "scan_depth": book.scan_depth,
        "token_budget": book.token_budget,
        "recursive_scanning": book.recursive,
    }
    return copy.deepcopy(book.raw) | _said(known)


def _said(known: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in known.items() if value is not None}


def _card_entry(entry: Entry, *, decorated: bool) -> dict[str, Json]:
    theirs = {world: own for own, world in names.PASSENGERS.items()}
    # A world has at the top what belongs under the extensions of a card.
    moved = {theirs[name]: value for name, value in entry.raw.items() if name in theirs}
    position = NEAREST.get(entry.position, entry.position)
    written: dict[str, Json] = {name: value for name, value in entry.raw.items() if name not in theirs}
    written |= {
        "keys": list(entry.keys),
        "secondary_keys": list(entry.secondary_keys),
        "content": entry.content if decorated else stripped(entry.content),
        "enabled": entry.enabled,
        "insertion_order": entry.order,
        "selective": entry.selective,
        "constant": entry.constant,
        "use_regex": entry.use_regex,
        "position": "before_char" if position is Position.BEFORE_CHARACTER else "after_char",
        "id": entry.uid,
        "comment": entry.comment,
        "extensions": entry.extensions | moved | _extensions(entry),
    }
    written |= _said({"name": entry.name, "priority": entry.priority, "case_sensitive": entry.case_sensitive})
    return copy.deepcopy(written)


def _world_entry(entry: Entry) -> dict[str, Json]:
    moved = {names.PASSENGERS[name]: value for name, value in entry.extensions.items() if name in names.PASSENGERS}
    left = {name: value for name, value in entry.extensions.items() if name not in names.PASSENGERS}
    written: dict[str, Json] = entry.raw | moved
    written |= {
        "uid": entry.uid,
        "key": list(entry.keys),
        "keysecondary": list(entry.secondary_keys),
        "comment": entry.comment,
        "content": entry.content,
        "constant": entry.constant,
        "selective": entry.selective,
        "order": entry.order,
        "disable": not entry.enabled,
    }
    written |= {names.EXTENSIONS[name]: value for name, value in _extensions(entry).items()}
    written |= _said({"name": entry.name, "priority": entry.priority, "use_regex": entry.use_regex or None})
    if left:
        written["extensions"] = left
    return copy.deepcopy(written)


def _extensions(entry: Entry) -> dict[str, Json]:
    """Under the names that they have in a card."""
    return {
        "position": names.POSITIONS.index(NEAREST.get(entry.position, entry.position)),
        "probability": entry.probability,
        "useProbability": entry.use_probability,
        "depth": entry.depth,
        "selectiveLogic": int(entry.logic),
        "group": ",".join(entry.groups),
        "group_override": entry.group_override,
        "group_weight": entry.group_weight,
        "use_group_scoring": entry.group_scoring,
        "exclude_recursion": entry.exclude_recursion,
        "prevent_recursion": entry.prevent_recursion,
        "delay_until_recursion": entry.delay_until_recursion,
        "scan_depth": entry.scan_depth,
        "case_sensitive": entry.case_sensitive,
        "match_whole_words": entry.whole_words,
        "role": ROLES.index(entry.role),
        "sticky": entry.sticky or None,
        "cooldown": entry.cooldown or None,
        "delay": entry.delay or None,
        "ignore_budget": entry.ignores_budget,
        "outlet_name": entry.outlet,
    }
