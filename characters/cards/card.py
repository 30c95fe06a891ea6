"""Character cards of the versions 1, 2 and 3, all seen as version 3.

A card that is only passed on loses nothing: what we do not know stays in `Card.raw`, at every level, and goes back
out with what we do know. Version 2's unknown keys and version 3's new ones are one thing here, so a version 2 export
still has a card's nickname, where an old program ignores it.
"""

import copy
import heapq
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

from characters.cards.report import Notices, Refused, shortened
from characters.cards.values import parse
from characters.lore.decorators import stripped
from core.json import Json, JsonObject

NEWEST = 3.0
# RisuAI's largest cards have some 2,000.
MOST_ASSETS = 5_000
SPECS = {"chara_card_v2": 2, "chara_card_v3": 3}
# Where a field stands at the top level: in version 1, in SillyTavern's copies beside version 2's, in Pygmalion's.
TOP_LEVEL: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "char_name"),
    "description": ("description", "char_persona"),
    "personality": ("personality",),
    "scenario": ("scenario", "world_scenario"),
    "first_mes": ("first_mes", "char_greeting"),
    "mes_example": ("mes_example", "example_dialogue"),
    "creator_notes": ("creatorcomment",),
    "tags": ("tags",),
}
# Keys that a card may lack; all the others we write always.
OPTIONAL = {"nickname", "creator_notes_multilingual", "source", "creation_date", "modification_date"}


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

    Dates are Unix seconds, 0 where the author withholds them. `book` is part of `raw` and must not be changed in
    place.
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
        raise Refused("not_a_card", "The file is not a character card.")
    if value.get("spec") == "lorebook_v3" or ("entries" in value and "name" not in value and "data" not in value):
        raise Refused("lorebook", "The file is a lorebook, not a character card.")
    data = value.get("data")
    known = data if isinstance(data, dict) else {}
    flat = {key for key, places in TOP_LEVEL.items() if any(isinstance(value.get(place), str) for place in places)}
    if not known.keys() & TOP_LEVEL.keys() and not ("name" in flat and len(flat) > 1):
        raise Refused("not_a_card", "The file is not a character card.")
    card = _Reader(value, known, notices).card(_version(value, notices))
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
        for entry in _entries(book):
            if isinstance(content := entry.get("content"), str):
                entry["content"] = stripped(content)
    return {**raw, "spec": "chara_card_v2", "spec_version": "2.0"}


def to_v3(card: Card) -> JsonObject:
    return {**_settled(card), "spec": "chara_card_v3", "spec_version": "3.0"}


class _Reader:
    """Reads known fields whatever type they have, and notes each that it could not take as it was."""

    def __init__(self, top: JsonObject, data: JsonObject, notices: Notices) -> None:
        self._top, self._data, self._notices = top, data, notices

    def card(self, version: int) -> Card:
        book = self._value("character_book")
        if book is not None and not isinstance(book, dict):
            self._unread("character_book")
        card = Card(
            name=self._text("name"),
            description=self._text("description"),
            personality=self._text("personality"),
            scenario=self._text("scenario"),
            first_message=self._text("first_mes"),
            example_dialogue=self._text("mes_example"),
            nickname=self._text("nickname"),
            alternate_greetings=self._texts("alternate_greetings"),
            group_only_greetings=self._texts("group_only_greetings"),
            system_prompt=self._text("system_prompt"),
            post_history_instructions=self._text("post_history_instructions"),
            creator_notes=self._text("creator_notes"),
            creator_notes_by_language=self._texts_by_language("creator_notes_multilingual"),
            tags=self._texts("tags", separator=","),
            creator=self._text("creator"),
            character_version=self._text("character_version"),
            assets=self.assets(),
            book=book if isinstance(book, dict) else None,
            source=self._texts("source"),
            creation_date=self._date("creation_date"),
            modification_date=self._date("modification_date"),
            version=version,
            raw=self._top,
        )
        if not card.name.strip():
            self._notices.imported("no_name", "The character has no name.", "data.name")
        return card

    def _value(self, key: str) -> Json:
        if (value := self._data.get(key)) is not None:
            return value
        places = (self._top.get(place) for place in TOP_LEVEL.get(key, ()))
        return next((value for value in places if value is not None), None)

    def _text(self, key: str) -> str:
        value = self._value(key)
        text = _as_text(value)
        if text is None:
            self._unread(key)
        elif not isinstance(value, str | None):
            self._notices.imported("wrong_type", f"A number stood where {key} is a text.", f"data.{key}")
        return text or ""

    def _texts(self, key: str, separator: str | None = None) -> tuple[str, ...]:
        value = self._value(key)
        if isinstance(value, str):
            self._notices.imported("wrong_type", f"One text stood where {key} is a list.", f"data.{key}")
            parts = [part.strip() for part in value.split(separator)] if separator else [value]
            return tuple(part for part in parts if part)
        if not isinstance(value, list):
            if value is not None:
                self._unread(key)
            return ()
        texts = [_as_text(item) for item in value if item is not None]
        if None in texts:
            self._unread(key)
        return tuple(text for text in texts if text is not None)

    def _texts_by_language(self, key: str) -> dict[str, str]:
        value = self._value(key)
        if value is not None and not isinstance(value, dict):
            self._unread(key)
        if not isinstance(value, dict):
            return {}
        return {language: text for language, item in value.items() if (text := _as_text(item)) is not None}

    def _date(self, key: str) -> int | None:
        """A year of 13 digits is nobody's; the bound keeps what we pass on within 64 bits."""
        value = self._value(key)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 18:
            value = int(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**63:
            return int(value)
        if value is not None:
            self._unread(key)
        return None

    def assets(self) -> tuple[Asset, ...]:
        value = self._value("assets")
        if value is None:
            return DEFAULT_ASSETS
        if not isinstance(value, list):
            self._unread("assets")
            return DEFAULT_ASSETS
        if len(value) > MOST_ASSETS:
            raise Refused("too_many_assets", f"The card has more than {MOST_ASSETS} assets.")
        assets = [_as_asset(item) for item in value]
        if None in assets:
            self._unread("assets")
        return tuple(asset for asset in assets if asset is not None)

    def _unread(self, key: str) -> None:
        self._notices.kept("wrong_type", f"What {key} says is of a kind we can not read.", f"data.{key}")


def _as_text(value: Json) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _as_asset(value: Json) -> Asset | None:
    if not isinstance(value, dict) or not isinstance(uri := value.get("uri"), str):
        return None
    ext = _as_text(value.get("ext")) or "unknown"
    return Asset(_as_text(value.get("type")) or "", uri, _as_text(value.get("name")) or "", ext.lower().lstrip("."))


def _version(raw: JsonObject, notices: Notices) -> int:
    if not isinstance(raw.get("data"), dict):
        return 1
    try:
        said = float(str(raw.get("spec_version")))
    except ValueError:
        said = 0.0
    if said > NEWEST:
        text = shortened(str(raw.get("spec_version")), 12)
        notices.imported("newer", f"The card is of version {text}; we know 3.0, and keep the rest.", "spec_version")
    spec = raw.get("spec")
    if isinstance(spec, str) and spec in SPECS:
        return SPECS[spec]
    notices.imported("unknown_spec", "The card does not say which version it is of.", "spec")
    return 3 if said >= NEWEST else 2


def _note_unknown(raw: JsonObject, data: JsonObject, notices: Notices) -> None:
    flat = {place for places in TOP_LEVEL.values() for place in places}
    extensions = data.get("extensions")
    if not isinstance(extensions, dict | None):
        notices.kept("wrong_type", "What extensions says is of a kind we can not read.", "data.extensions")
    places = {
        "card": set(raw) - flat - {"spec", "spec_version", "data"},
        "data": set(data) - set(_known(Card(""))) - {"extensions", "assets", "character_book"},
        "data.extensions": set(extensions) if isinstance(extensions, dict) else set(),
    }
    for where, keys in places.items():
        if keys:
            named = shortened(", ".join(heapq.nsmallest(20, keys)), 200)
            notices.kept("unknown", f"Kept as it was, and not used: {named}.", where)


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

    So a description that was an object is an empty text from here on: programs stop at one that is not a text.
    SillyTavern's copies at the top level follow, so that no program reads an older text than another.
    """
    raw = copy.deepcopy(card.raw)
    found = raw.get("data")
    data = found if isinstance(found, dict) else {}
    raw["data"] = data
    for key, value in _known(card).items():
        if key in OPTIONAL and not value and value != 0:
            if key in data and _readable(key, data[key]):
                del data[key]
        elif data.get(key) != value:
            data[key] = value
        for place in TOP_LEVEL.get(key, ()):
            if place in raw:
                raw[place] = copy.deepcopy(value)
    if not isinstance(data.get("extensions"), dict):
        data["extensions"] = {}
    _settle_book(card, data)
    _settle_assets(card, data)
    return raw


def _readable(key: str, value: Json) -> bool:
    """Whether an edit took this value away, rather than that it was never understood."""
    read = _known(_Reader({}, {key: value}, Notices()).card(3))[key]
    return bool(read) or read == 0


def _settle_book(card: Card, data: JsonObject) -> None:
    found = data.get("character_book")
    if card.book is not None and found != card.book:
        data["character_book"] = copy.deepcopy(card.book)
    elif card.book is None and isinstance(found, dict):
        del data["character_book"]


def _settle_assets(card: Card, data: JsonObject) -> None:
    """Only if they were changed; then one that keeps its type and name keeps its unknown keys."""
    if card.assets == _Reader({}, data, Notices()).assets():
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


def _entries(book: JsonObject) -> list[JsonObject]:
    """A card's book has a list of them, SillyTavern's own files an object."""
    found = book.get("entries")
    values = list(found.values()) if isinstance(found, dict) else found
    return [entry for entry in values if isinstance(entry, dict)] if isinstance(values, list) else []
