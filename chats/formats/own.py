"""Our own file of a chat: all of its tree, and all that we know of each message. Pure; both ways.

An object whose last member is the list of messages, each on a line of its own and after the one that it answers:
so it is written and read piece by piece, and any program that knows JSON can look into it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from chats.formats.conversation import (
    MOST_MESSAGES,
    NOT_SAID,
    Conversation,
    Format,
    Making,
    Member,
    Said,
    Speaker,
    Turns,
)
from chats.formats.dates import Clock, written
from chats.formats.pieces import Piece, pieces
from chats.formats.placing import Node, Tree, placed
from chats.formats.report import Refused, Remarks
from chats.formats.sources import Meter, Source, name_of
from chats.formats.values import MOST_BYTES, dump, items, parse, record, text
from core.json import Json, JsonObject, mended

SPEC, VERSION = "cognitia_chat", 1
ENDED = frozenset({"done", "failed", "cancelled", "interrupted"})
LONGEST = {"status": 12, "failure_code": 40, "finish_reason": 12, "branch_name": 80}
# As PostgreSQL holds them.
MOST_NUMBER, MOST_SMALL_NUMBER = 2**31 - 1, 2**15 - 1
LONGEST_MODEL, LONGEST_NOTE = 160, 100_000
# As many as a chat holds: chats/actions/branching.py; and as somebody may have: characters/actions/tags.py.
MOST_BOOKMARKS, LONGEST_BOOKMARK, MOST_TAGS = 500, 80, 50
END = "\n]}\n"


@dataclass(frozen=True, slots=True)
class Record:
    """One message as it is written. Ids are texts; `character` is the id of a member."""

    id: str
    parent: str | None
    chosen: str | None
    role: Speaker
    name: str
    character: str
    persona: str
    text: str
    created_at: datetime
    is_hidden: bool = False
    thinking: str = ""
    model: str = ""
    edited_from: str | None = None
    brought: JsonObject | None = None
    making: Making = field(default_factory=Making)


@dataclass(frozen=True, slots=True)
class Head:
    """`bookmarks` are names by the ids of the marked messages."""

    title: str
    cast: Sequence[Member]
    created_at: datetime
    leaf: str | None
    canonical: str | None = None
    note: str = ""
    brought: JsonObject | None = None
    turns: Turns = NOT_SAID
    bookmarks: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()


def beginning(head: Head) -> str:
    """What stands before the messages; they are joined with commas, and `END` follows."""
    chat: JsonObject = {
        "title": head.title,
        "created_at": written(head.created_at),
        "characters": [_seat(member) for member in head.cast],
        "leaf": head.leaf,
        "canonical": head.canonical,
        "note": head.note,
        "turn_taking": head.turns.taking,
        "speakers_most": head.turns.speakers_most,
        "goes_on_for": head.turns.goes_on_for,
        "bookmarks": [{"message": key, "name": name} for key, name in head.bookmarks.items()],
        "tags": list(head.tags),
        "brought": head.brought,
    }
    return f'{{"spec":"{SPEC}","spec_version":{VERSION},"chat":{dump(chat)},"messages":['


def _seat(member: Member) -> JsonObject:
    seat: JsonObject = {"id": member.id, "name": member.name}
    if member.talkativeness is not None:
        seat |= {"talkativeness": member.talkativeness, "muted": member.is_muted}
    return seat


def message(said: Record) -> str:
    found: JsonObject = {
        "id": said.id,
        "parent": said.parent,
        "chosen": said.chosen,
        "role": said.role.value,
        "name": said.name,
        "character": said.character,
        "persona": said.persona,
        "text": said.text,
        "created_at": written(said.created_at),
    }
    more: JsonObject = {
        "hidden": said.is_hidden,
        "thinking": said.thinking,
        "model": said.model,
        "edited_from": said.edited_from,
        "brought": said.brought,
    }
    plain = Making()
    for part in fields(Making):
        value = getattr(said.making, part.name)
        if part.name != "edited_from" and value != getattr(plain, part.name):
            more[part.name] = value
    return "\n" + dump(
        found | {key: value for key, value in more.items() if value is not None and value != "" and value is not False}
    )


def is_chat(piece: Piece) -> bool:
    """Of a file whose members stand in another order than we write them in."""
    if piece.key != b'"chat"' or piece.content is None:
        return False
    return {"title", "characters", "leaf"} <= record(parse(piece.content).value).keys()


def conversation(source: Source, clock: Clock, remarks: Remarks, meter: Meter) -> Conversation:
    """Raises `Refused`; so do its messages."""
    outline = _outline(source, clock, remarks)
    chat = outline.chat
    title = text(chat.get("title")) or name_of(source.path)
    start = clock.read(chat.get("created_at")) or clock.moment
    leaf = outline.numbers.get(text(chat.get("leaf")))
    tree = placed(outline.nodes, leaf, start)
    if tree.loops:
        remarks.imported("loop", title)
    cast = tuple(_member(one) for one in map(record, items(chat.get("characters"))) if text(one.get("name")).strip())
    brought = chat.get("brought")
    return Conversation(
        format=Format.OWN,
        title=title,
        cast=cast or (Member("", "Assistant"),),
        created_at=start,
        messages=_told(source, outline, tree, {member.key for member in cast}, meter),
        canonical=outline.numbers.get(text(chat.get("canonical"))),
        note=text(chat.get("note"))[:LONGEST_NOTE],
        turns=Turns(
            text(chat.get("turn_taking")), _number(chat.get("speakers_most")), _number(chat.get("goes_on_for"))
        ),
        bookmarks=_bookmarks(chat, outline.numbers),
        tags=tuple(filter(str.strip, map(text, items(chat.get("tags"))[:MOST_TAGS]))),
        brought=brought if isinstance(brought, dict) else None,
    )


@dataclass(frozen=True, slots=True)
class _Outline:
    chat: JsonObject
    nodes: list[Node]
    numbers: dict[str, int]


def _member(one: JsonObject) -> Member:
    talkativeness = _fraction(one.get("talkativeness"))
    return Member(
        key=text(one.get("id")),
        name=text(one.get("name")),
        id=text(one.get("id")),
        talkativeness=None if talkativeness is None else min(1.0, max(0.0, talkativeness)),
        is_muted=one.get("muted") is True,
    )


def _bookmarks(chat: JsonObject, numbers: dict[str, int]) -> dict[int, str]:
    """Names by the numbers of messages; those of messages that are not in the file are left out."""
    found: dict[int, str] = {}
    for one in map(record, items(chat.get("bookmarks"))[:MOST_BOOKMARKS]):
        number = numbers.get(text(one.get("message")))
        if number is not None:
            found[number] = mended(text(one.get("name")))[:LONGEST_BOOKMARK]
    return found


def _outline(source: Source, clock: Clock, remarks: Remarks) -> _Outline:
    """Who answers whom: the file is read once for that, and once more for what they say."""
    chat: JsonObject = {}
    nodes: list[Node] = []
    numbers: dict[str, int] = {}
    parents: list[str | None] = []
    chosen: list[str | None] = []
    where = name_of(source.path)
    for one in _raws(source, remarks):
        if isinstance(one, _Chat):
            chat = one.value
            continue
        number = len(nodes)
        if number >= MOST_MESSAGES:
            raise Refused("too_many_messages", most=MOST_MESSAGES)
        key = text(one.get("id"))
        if numbers.setdefault(key, number) != number:
            remarks.imported("same_id", where)
        parent, following = text(one.get("parent")), text(one.get("chosen"))
        parents.append(parent or None)
        chosen.append(following or None)
        at = clock.read(one.get("created_at"))
        if at is None:
            remarks.imported("bad_date", where)
        nodes.append(Node(None, at, _role(one) is not Speaker.USER, says_chosen="chosen" in one))
    for node, above, below in zip(nodes, parents, chosen, strict=True):
        node.parent = numbers.get(above) if above is not None else None
        node.chosen = numbers.get(below) if below is not None else None
        if above is not None and node.parent is None:
            remarks.imported("lost_parent", where)
    return _Outline(chat, nodes, numbers)


@dataclass(frozen=True, slots=True)
class _Chat:
    value: JsonObject


def _raws(source: Source, remarks: Remarks, meter: Meter | None = None) -> Iterator[JsonObject | _Chat]:
    where = name_of(source.path)
    with source.open(meter) as file:
        for piece in pieces(file, MOST_BYTES):
            if piece.key not in (b'"chat"', b'"messages"'):
                continue
            if piece.content is None:
                raise Refused("too_many_values")
            found = parse(piece.content)
            if found.bad_letters:
                remarks.imported("bad_letters", where)
            if found.bad_numbers:
                remarks.imported("bad_number", where)
            if piece.key == b'"chat"':
                yield _Chat(record(found.value))
            else:
                yield record(found.value)


def _told(source: Source, outline: _Outline, tree: Tree, known: set[str], meter: Meter) -> Iterator[Said]:
    number = 0
    greetings: set[int] = set()
    for one in _raws(source, Remarks(), meter):
        if isinstance(one, _Chat):
            continue
        place, role = tree.places[number], _role(one)
        model, character = text(one.get("model")), text(one.get("character"))
        brought = one.get("brought")
        making = _making(one, role, outline.numbers, greetings)
        yield Said(
            id=number,
            parent=place.parent,
            depth=place.depth,
            replies_before=place.replies_before,
            role=role,
            text=text(one.get("text")),
            created_at=place.created_at,
            chosen=place.chosen,
            is_leaf=number == tree.leaf,
            character=character if character in known else "",
            persona=text(one.get("persona")),
            is_hidden=one.get("hidden") is True,
            thinking=text(one.get("thinking")),
            model=model[:LONGEST_MODEL],
            brought=brought if isinstance(brought, dict) and brought else None,
            making=making,
        )
        number += 1


def _role(one: JsonObject) -> Speaker:
    return Speaker.USER if one.get("role") == Speaker.USER.value else Speaker.CHARACTER


def _making(one: JsonObject, role: Speaker, numbers: dict[str, int], greetings: set[int]) -> Making:
    status = text(one.get("status"))
    greeting = _number(one.get("greeting"), MOST_SMALL_NUMBER)
    if greeting is not None and (greeting in greetings or role is Speaker.USER):
        greeting = None  # each is there once
    if greeting is not None:
        greetings.add(greeting)
    return Making(
        status=status if status in ENDED and role is not Speaker.USER else "done",
        failure_code=_short(one, "failure_code"),
        finish_reason=_short(one, "finish_reason"),
        opening=text(one.get("opening")),
        branch_name=_short(one, "branch_name"),
        edited_from=numbers.get(text(one.get("edited_from"))),
        greeting=greeting,
        thinking_ms=_number(one.get("thinking_ms")),
        prompt_tokens=_number(one.get("prompt_tokens")),
        reused_tokens=_number(one.get("reused_tokens")),
        reply_tokens=_number(one.get("reply_tokens")),
        first_token_ms=_number(one.get("first_token_ms")),
        temperature=_fraction(one.get("temperature")),
        top_p=_fraction(one.get("top_p")),
        sentiment=_fraction(one.get("sentiment")),
    )


def _short(one: JsonObject, key: str) -> str:
    return mended(text(one.get(key)))[: LONGEST[key]]


def _number(value: Json, most: int = MOST_NUMBER) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else None


def _fraction(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -1e6 < value < 1e6 else None
