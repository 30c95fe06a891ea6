"""Character cards of the versions 1, 2 and 3, all seen as version 3.

A card that is only passed on loses nothing: what we do not know stays in `Card.raw`, at every level, and goes back
out with what we do know. Version 2's unknown keys and version 3's new ones are one thing here, so a version 2 export
still has a card's nickname, where an old program ignores it.
"""

import heapq
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

from characters.cards.fields import TOP_LEVEL, Fields, as_text
from characters.cards.values import parse
from characters.lore.decorators import stripped
from characters.report import Notices, Refused, shortened
from core.json import Json, JsonObject

NEWEST = 3.0
# RisuAI's largest cards have some 2,000.
MOST_ASSETS = 5_000
SPECS = {"chara_card_v2": 2, "chara_card_v3": 3}
# Keys that a card may lack, and how they are read; all the others we write always.
OPTIONAL: Mapping[str, Callable[[Fields, str], object]] = {
    "nickname": Fields.text,
    "creator_notes_multilingual": Fields.texts_by_language,
    "source": Fields.texts,
    "creation_date": Fields.date,
    "modification_date": Fields.date,
}
# What extras.py reads.
EXTENSIONS = {"cognitia", "depth_prompt", "talkativeness"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A picture, sound or other file of a card. `uri` says where its bytes are, and may be `ccdefault:`."""

    type: str
    uri: str
    name: str
    ext: str

    @property
    def is_face(self) -> bool:
        return self.type == "icon" and self.name == "main"


DEFAULT_ASSETS = (Asset("icon", "ccdefault:", "main", "png"),)


@dataclass(frozen=True, slots=True)
class Card:
    """Two are equal when their known fields are; `raw` and the `version` it was read from may differ.

    Dates are Unix seconds, 0 where the author withholds them. `book` is part of `raw`, and cards made of one another
    share what is alike in theirs: nothing in either may be changed in place.
    """

    name: str
    description: str = ""
    personality: str = ""
    scenario: str = ""
    first_message: str = ""
    example_dialogue: str = ""
    nickname: str = ""
    alternate_greetings: tuple[str, ...] = ()
    group_only_greetings: tuple[str, ...] = ()
    system_prompt: str = ""
    post_history_instructions: str = ""
    creator_notes: str = ""
    creator_notes_by_language: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    creator: str = ""
    character_version: str = ""
    assets: tuple[Asset, ...] = DEFAULT_ASSETS
    book: JsonObject | None = None
    source: tuple[str, ...] = ()
    creation_date: int | None = None
    modification_date: int | None = None
    version: int = field(default=3, compare=False)
    raw: JsonObject = field(default_factory=dict, compare=False, repr=False)

    @property
    def spoken_name(self) -> str:
        """What `{{char}}` stands for."""
        return self.nickname or self.name

    @property
    def lore_entries(self) -> int:
        """How many its own lorebook has."""
        found = self.book.get("entries") if self.book is not None else None
        return len(found) if isinstance(found, list | dict) else 0


class Changes(TypedDict, total=False):
    name: str
    description: str
    personality: str
    scenario: str
    first_message: str
    example_dialogue: str
    nickname: str
    alternate_greetings: tuple[str, ...]
    group_only_greetings: tuple[str, ...]
    system_prompt: str
    post_history_instructions: str
    creator_notes: str
    creator_notes_by_language: Mapping[str, str]
    tags: tuple[str, ...]
    creator: str
    character_version: str
    assets: tuple[Asset, ...]
    book: JsonObject | None
    source: tuple[str, ...]
    creation_date: int | None
    modification_date: int | None


def read_card(content: bytes, where: str = "card") -> tuple[Card, Notices]:
    """The card in a JSON text. Raises `Refused` if there is none."""
    notices = Notices()
    return read_object(parse(content, notices, where), notices), notices


def read_object(value: Json, notices: Notices) -> Card:
    """The card in a parsed text, which becomes its `raw`. Raises `Refused` if there is none."""
    if not isinstance(value, dict):
        raise Refused("not_a_card")
    if value.get("spec") == "lorebook_v3" or ("entries" in value and "name" not in value and "data" not in value):
        raise Refused("lorebook")
    data = value.get("data")
    known = data if isinstance(data, dict) else {}
    flat = {key for key, places in TOP_LEVEL.items() if any(isinstance(value.get(place), str) for place in places)}
    if not known.keys() & TOP_LEVEL.keys() and not ("name" in flat and len(flat) > 1):
        raise Refused("not_a_card")
    card = _card(Fields(value, known, notices), _version(value, notices), value)
    if not card.name.strip():
        notices.imported("no_name", "data.name")
    _note_unknown(value, known, notices)
    return card


def with_changes(card: Card, **changes: Unpack[Changes]) -> Card:
    """The card after an edit: its `raw` says the new values and keeps everything else."""
    changed = replace(card, **changes)
    raw = _settled(changed)
    if card.version == 1:
        raw |= {"spec": "chara_card_v2", "spec_version": "2.0"}
    return replace(changed, raw=raw, version=max(2, card.version))


def to_v2(card: Card) -> JsonObject:
    """The card for programs that know version 2 only: its lorebook has no decorators, which they would say aloud."""
    raw = _settled(card)
    data = raw["data"]
    if isinstance(data, dict) and isinstance(book := data.get("character_book"), dict):
        data["character_book"] = _undecorated(book)
    return {**raw, "spec": "chara_card_v2", "spec_version": "2.0"}


def to_v3(card: Card) -> JsonObject:
    """Shares with the card's `raw` what is alike."""
    return {**_settled(card), "spec": "chara_card_v3", "spec_version": "3.0"}


def _card(fields: Fields, version: int, raw: JsonObject) -> Card:
    return Card(
        name=fields.text("name"),
        description=fields.text("description"),
        personality=fields.text("personality"),
        scenario=fields.text("scenario"),
        first_message=fields.text("first_mes"),
        example_dialogue=fields.text("mes_example"),
        nickname=fields.text("nickname"),
        alternate_greetings=fields.texts("alternate_greetings"),
        group_only_greetings=fields.texts("group_only_greetings"),
        system_prompt=fields.text("system_prompt"),
        post_history_instructions=fields.text("post_history_instructions"),
        creator_notes=fields.text("creator_notes"),
        creator_notes_by_language=fields.texts_by_language("creator_notes_multilingual"),
        tags=fields.texts("tags", separator=","),
        creator=fields.text("creator"),
        character_version=fields.text("character_version"),
        assets=_assets(fields),
        book=fields.object("character_book"),
        source=fields.texts("source"),
        creation_date=fields.date("creation_date"),
        modification_date=fields.date("modification_date"),
        version=version,
        raw=raw,
    )


def _assets(fields: Fields) -> tuple[Asset, ...]:
    value = fields.value("assets")
    if value is None:
        return DEFAULT_ASSETS
    if not isinstance(value, list):
        fields.unread("assets")
        return DEFAULT_ASSETS
    if len(value) > MOST_ASSETS:
        raise Refused("too_many_assets", most=MOST_ASSETS)
    assets = [_as_asset(item) for item in value]
    if None in assets:
        fields.unread("assets")
    return tuple(asset for asset in assets if asset is not None)


def _as_asset(value: Json) -> Asset | None:
    if not isinstance(value, dict) or not isinstance(uri := value.get("uri"), str):
        return None
    ext = as_text(value.get("ext")) or "unknown"
    return Asset(as_text(value.get("type")) or "", uri, as_text(value.get("name")) or "", ext.lower().lstrip("."))


def _version(raw: JsonObject, notices: Notices) -> int:
    if not isinstance(raw.get("data"), dict):
        return 1
    try:
        said = float(str(raw.get("spec_version")))
    except ValueError:
        said = 0.0
    if said > NEWEST:
        notices.imported("newer", "spec_version", version=shortened(str(raw.get("spec_version")), 12))
    spec = raw.get("spec")
    if isinstance(spec, str) and spec in SPECS:
        return SPECS[spec]
    notices.imported("unknown_spec", "spec")
    return 3 if said >= NEWEST else 2


def _note_unknown(raw: JsonObject, data: JsonObject, notices: Notices) -> None:
    flat = {place for places in TOP_LEVEL.values() for place in places}
    extensions = data.get("extensions")
    if not isinstance(extensions, dict | None):
        notices.kept("wrong_type", "data.extensions", key="extensions")
    places = {
        "card": set(raw) - flat - {"spec", "spec_version", "data"},
        "data": set(data) - set(_known(Card(""))) - {"extensions", "assets", "character_book"},
        "data.extensions": set(extensions) - EXTENSIONS if isinstance(extensions, dict) else set(),
    }
    for where, keys in places.items():
        if keys:
            notices.kept("unknown", where, keys=", ".join(heapq.nsmallest(20, keys)))


def _known(card: Card) -> JsonObject:
    """The fields by their keys in `data`, less those that are structures with unknown keys of their own."""
    return {
        "name": card.name,
        "description": card.description,
        "personality": card.personality,
        "scenario": card.scenario,
        "first_mes": card.first_message,
        "mes_example": card.example_dialogue,
        "nickname": card.nickname,
        "alternate_greetings": list(card.alternate_greetings),
        "group_only_greetings": list(card.group_only_greetings),
        "system_prompt": card.system_prompt,
        "post_history_instructions": card.post_history_instructions,
        "creator_notes": card.creator_notes,
        "creator_notes_multilingual": dict(card.creator_notes_by_language),
        "tags": list(card.tags),
        "creator": card.creator,
        "character_version": card.character_version,
        "source": list(card.source),
        "creation_date": card.creation_date,
        "modification_date": card.modification_date,
    }


def _settled(card: Card) -> JsonObject:
    """A copy of the card's `raw` in which the known fields say what the card says, in the types they should have.

    Only the object itself and its `data` are new: copies of all that a card holds took as long as writing it.
    So a description that was an object is an empty text from here on: programs stop at one that is not a text.
    SillyTavern's copies at the top level follow, so that no program reads an older text than another.
    """
    raw = dict(card.raw)
    found = raw.get("data")
    data = dict(found) if isinstance(found, dict) else {}
    raw["data"] = data
    for key, value in _known(card).items():
        if key in OPTIONAL and not value and value != 0:
            if key in data and _readable(key, data[key]):
                del data[key]
        elif data.get(key) != value:
            data[key] = value
        for place in TOP_LEVEL.get(key, ()):
            if place in raw:
                raw[place] = value
    if not isinstance(data.get("extensions"), dict):
        data["extensions"] = {}
    _settle_book(card, data)
    _settle_assets(card, data)
    return raw


def _readable(key: str, value: Json) -> bool:
    """Whether an edit took this value away, rather than that it was never understood."""
    read = OPTIONAL[key](Fields({}, {key: value}, Notices()), key)
    return bool(read) or read == 0


def _settle_book(card: Card, data: JsonObject) -> None:
    found = data.get("character_book")
    if card.book is not None and found != card.book:
        data["character_book"] = card.book
    elif card.book is None and isinstance(found, dict):
        del data["character_book"]


def _settle_assets(card: Card, data: JsonObject) -> None:
    """Only if they were changed; then one that keeps its type and name keeps its unknown keys."""
    if card.assets == _assets(Fields({}, data, Notices())):
        return
    found = data.get("assets")
    old: dict[tuple[str, str], deque[JsonObject]] = {}
    new: list[Json] = []
    unread: list[Json] = []
    for item in found if isinstance(found, list) else []:
        if isinstance(item, dict) and (was := _as_asset(item)) is not None:
            old.setdefault((was.type, was.name), deque()).append(item)
        else:
            unread.append(item)
    for asset in card.assets:
        said: JsonObject = {"type": asset.type, "uri": asset.uri, "name": asset.name, "ext": asset.ext}
        same = old.get((asset.type, asset.name))
        new.append({**same.popleft(), **said} if same else said)
    data["assets"] = new + unread


def _undecorated(book: JsonObject) -> JsonObject:
    """Entries are a list in a card's book, and an object in SillyTavern's own files."""
    match book.get("entries"):
        case list(entries):
            return {**book, "entries": [_plain(entry) for entry in entries]}
        case dict(entries):
            return {**book, "entries": {key: _plain(entry) for key, entry in entries.items()}}
    return book


def _plain(entry: Json) -> Json:
    if isinstance(entry, dict) and isinstance(content := entry.get("content"), str):
        return {**entry, "content": stripped(content)}
    return entry
