"""What searching shows: rows in, values out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from characters.models import Character
from characters.portrayal import portrait
from chats import access, staging
from chats.models import Message, Role
from chats.pages.faces import face
from chats.search import messages, names
from chats.search.snippets import Hits, Segment, snippet, words_in
from chats.search.wish import Place, Speaker, Wish, cursor_of
from memory.models import Kind
from memory.pages import entries, timeline

PAGE, MOST_NAMES = 20, 6
# Of each kind, where all of them are shown together as somebody types.
GLANCE_NAMES, GLANCE_MESSAGES = 4, 8
MOST_CHOICES = 100


@dataclass(frozen=True, slots=True)
class MessageHit:
    """`text` is the part with the words in it, cut where they begin and end."""

    id: UUID
    chat_id: UUID
    url: str
    chat: str
    speaker: str
    is_own: bool
    hue: int
    portrait: str
    symbol: str
    said_at: datetime
    text: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class ChatHit:
    """`branch` is the name of one of its branches, if it was found by that."""

    id: UUID
    url: str
    title: str
    branch: str
    name: str
    hue: int
    portrait: str
    is_archived: bool


@dataclass(frozen=True, slots=True)
class CharacterHit:
    """`url` is the chat used last with it, or else where one is begun."""

    id: UUID
    url: str
    name: str
    tagline: str
    hue: int
    portrait: str


@dataclass(frozen=True, slots=True)
class MemoryHit:
    """Something that was made or learned of what was said; `url` is where it can be corrected and forgotten."""

    id: UUID
    url: str
    kind: str
    label: str
    icon: str
    name: str
    hue: int
    portrait: str
    said_at: datetime
    text: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """`after` is the cursor of the next page of messages, "" at the end. If `is_total_cut` there are more than
    `total`, all older than these. `instead` is what was searched beside the text, or in its place (`is_instead`)."""

    chats: tuple[ChatHit, ...] = ()
    characters: tuple[CharacterHit, ...] = ()
    messages: tuple[MessageHit, ...] = ()
    memories: tuple[MemoryHit, ...] = ()
    after: str = ""
    total: int = 0
    is_total_cut: bool = False
    instead: str = ""
    is_instead: bool = False

    def __bool__(self) -> bool:
        return bool(self.chats or self.characters or self.messages or self.memories)


@dataclass(frozen=True, slots=True)
class Choice:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Room:
    """How much of each kind there is room for, and which kinds are wanted: all, or `kind`. `waits`: there is time to
    look for what is meant, and not only for words."""

    names: int = MOST_NAMES
    messages: int = PAGE
    memories: int = MOST_NAMES
    kind: str = ""
    waits: bool = True

    def has(self, kind: str) -> bool:
        return self.kind in ("", kind)


ALL, GLANCE = Room(), Room(GLANCE_NAMES, GLANCE_MESSAGES, GLANCE_NAMES, waits=False)


def results(user: User, wish: Wish, after: Place | None = None, room: Room = ALL) -> Results:
    """Raises `NotFound` for a chat that is not theirs. Names are looked for where nothing asks for messages only."""
    if wish.chat_id is not None:
        access.get_participation_for(user, wish.chat_id)
    has_names = not wish.is_narrowed and wish.chat_id is None and wish.character_id is None and after is None
    found = messages.NOTHING
    if room.has("messages"):
        found = messages.find(user, wish, room.messages, after)
    return Results(
        chats=tuple(
            _chat(user, one)
            for one in (names.chats(user, wish.text, room.names) if has_names and room.has("chats") else ())
        ),
        characters=tuple(
            _character(user, one)
            for one in (names.characters(user, wish.text, room.names) if has_names and room.has("characters") else ())
        ),
        messages=tuple(_message(user, one, found.hits) for one in found.messages),
        memories=_memories(user, wish, found, room) if after is None else (),
        after=cursor_of(found.after) if found.after is not None else "",
        total=found.total,
        is_total_cut=found.is_total_cut,
        instead=found.instead,
        is_instead=found.is_instead,
    )


def chat_choices(user: User, chosen: UUID | None) -> list[Choice]:
    """The chats used last, by title; the chosen one is always among them."""
    there = (
        access.participations_for(user)
        .order_by("-chat__active_at")
        .values_list("chat_id", "chat__title", "chat__character__name")
    )
    rows = list(there[:MOST_CHOICES])
    if chosen is not None and chosen not in {row[0] for row in rows}:
        rows += there.filter(chat_id=chosen)
    return [Choice(chat_id, f"{title} · {name}" if title else name) for chat_id, title, name in rows]


def character_choices(user: User) -> list[Choice]:
    """Those whom they have met."""
    met = names.met_by(user)
    found = Character.objects.filter(id__in=met.values("character")).order_by("name", "id")
    return [Choice(*row) for row in found.values_list("id", "name")[:MOST_CHOICES]]


def _memories(user: User, wish: Wish, found: messages.Found, room: Room) -> tuple[MemoryHit, ...]:
    if not room.has("memories") or not wish.text or wish.speaker != Speaker.ANYONE or wish.is_bookmarked:
        return ()
    text = found.instead or wish.text
    place = timeline.Wish(chat_id=wish.chat_id, since=wish.begin, until=wish.end)
    most = PAGE if room.kind == "memories" else room.memories
    rows = timeline.learned(user, text, place, wish.character_id, most, by_meaning=room.waits)
    faces = entries.faces(user, (row.character_id for row in rows))
    hits = Hits(begun=words_in([text]))
    return tuple(
        MemoryHit(
            id=row.id,
            url=reverse("memory:memory", args=[row.id]),
            kind=row.kind,
            label=str(entries.LABELS[Kind(row.kind)]),
            icon=entries.ICONS[Kind(row.kind)],
            name=faces[row.character_id].name,
            hue=faces[row.character_id].hue,
            portrait=faces[row.character_id].portrait,
            said_at=row.said_at,
            text=snippet(row.text, hits),
        )
        for row in rows
        if row.character_id in faces
    )


def _message(user: User, message: Message, hits: Hits) -> MessageHit:
    is_user = message.role == Role.USER
    return MessageHit(
        id=message.id,
        chat_id=message.chat_id,
        url=_address(message.chat_id, message.id),
        chat=message.chat.title or _("New chat"),
        speaker=staging.speaker_of(message),
        is_own=is_user and message.owner_id == user.id,
        hue=message.persona.hue if is_user else message.character.hue,
        portrait="" if is_user else face(user.id, message.chat_id, message.character),
        symbol=message.persona.symbol if is_user else "",
        said_at=message.created_at,
        text=snippet(message.text, hits),
    )


def _chat(user: User, found: names.NamedChat) -> ChatHit:
    chat = found.chat
    url = reverse("chats:detail", args=[chat.id])
    return ChatHit(
        id=chat.id,
        url=url if found.message_id is None else _address(chat.id, found.message_id),
        title=chat.title or _("New chat"),
        branch=found.branch,
        name=chat.character.name,
        hue=chat.character.hue,
        portrait=face(user.id, chat.id, chat.character),
        is_archived=found.is_archived,
    )


def _character(user: User, found: names.Known) -> CharacterHit:
    character = found.character
    if found.chat_id is not None:
        url = reverse("chats:detail", args=[found.chat_id])
        picture = face(user.id, found.chat_id, character)
    else:
        is_own = character.owner_id is not None and character.deleted_at is None
        url = reverse("characters:edit", args=[character.id]) if is_own else f"{reverse('chats:list')}#start"
        picture = portrait(character) if found.is_theirs else ""
    tagline = character.tagline if found.is_theirs else ""
    return CharacterHit(character.id, url, character.name, tagline, character.hue, picture)


def _address(chat_id: UUID, message_id: UUID) -> str:
    return f"{reverse('chats:detail', args=[chat_id])}?around={message_id}#m-{message_id}"
