"""What the pages show of messages: rows in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from chats import access, failures, staging, tree
from chats.models import Bookmark, Chat, Message, MessageMemory, Role
from chats.pages.faces import face
from core import markdown
from memory.pages.remembered import Chip, chips

PAGE_MESSAGES = 40
# What the test box of lorebooks is filled with: together less than it takes.
LINES, LINE_LENGTH = 12, 1_500


@dataclass(frozen=True, slots=True)
class MessageView:
    """`blocks` are sanitised HTML; `tail` is the plain text of the block that a live reply has open.

    `versions` says where it stands among those beside it; `bookmark` is None where there is none.
    """

    id: UUID
    role: str
    speaker: str
    hue: int
    portrait: str
    symbol: str
    created_at: datetime
    blocks: tuple[SafeString, ...]
    tail: str
    thinking: str
    thinking_seconds: int | None
    status: str
    failure: str
    is_live: bool
    seq: int
    versions: tree.Versions = tree.ALONE
    is_first: bool = False
    is_own: bool = True
    is_edited: bool = False
    is_hidden: bool = False
    bookmark: str | None = None
    remembered: tuple[Chip, ...] = ()


@dataclass(frozen=True, slots=True)
class Ends:
    """Next to which message: at most one of the three."""

    before: UUID | None = None
    after: UUID | None = None
    around: UUID | None = None


NEWEST = Ends()


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the shown path. `moved`: what was asked for stands in another branch; this is the path's end.

    `elsewhere`: a piece of another branch, around this message, because that was asked for.
    """

    messages: tuple[Message, ...]
    has_older: bool
    has_newer: bool = False
    moved: bool = False
    elsewhere: UUID | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A `Piece` as a person sees it."""

    messages: tuple[MessageView, ...]
    has_older: bool
    has_newer: bool
    moved: bool
    elsewhere: UUID | None


@dataclass(frozen=True, slots=True)
class GreetingChoice:
    """Which of several greetings the chat begins with: `number` counts from 1; `before` and `after` are what to ask
    for, None at the ends."""

    number: int
    of: int
    before: int | None
    after: int | None


def window(user: User, chat: Chat, ends: Ends = NEWEST) -> Window:
    """Up to 40 messages: the newest, or those next to one. Raises `NotFound`."""
    found = piece(user, chat, ends)
    return Window(views(user, found.messages), found.has_older, found.has_newer, found.moved, found.elsewhere)


def piece(user: User, chat: Chat, ends: Ends = NEWEST, most: int | None = None) -> Piece:
    """As `window`, for up to `most` messages."""
    found = _piece(user, chat, ends, most or PAGE_MESSAGES)
    seen = tuple(access.readable(user, chat.id, found.messages))
    return replace(found, messages=seen, has_older=found.has_older and len(seen) == len(found.messages))


def _piece(user: User, chat: Chat, ends: Ends, most: int) -> Piece:
    if (near := ends.before or ends.after or ends.around) is None:
        found = tree.path_to(chat.leaf_id, limit=most + 1)
        return Piece(tuple(found[-most:]), has_older=len(found) > most)
    anchor = access.get_message_for(user, near, chat_id=chat.id)
    if ends.before is not None:
        found = tree.path_to(anchor.parent_id, limit=most + 1)
        return Piece(tuple(found[-most:]), has_older=len(found) > most, has_newer=True)
    is_shown = chat.leaf is not None and tree.is_on_path(anchor, chat.leaf)
    if ends.after is None:
        half = max(1, most // 2)
        older, newer = tree.path_to(anchor.id, limit=half + 1), tree.path_after(anchor.id, limit=half + 1)
        return Piece(
            (*older[-half:], *newer[:half]),
            has_older=len(older) > half,
            has_newer=len(newer) > half,
            elsewhere=None if is_shown else anchor.id,
        )
    if not is_shown:
        return replace(_piece(user, chat, NEWEST, most), moved=True)
    newer = tree.path_after(anchor.id, limit=most + 1)
    return Piece(tuple(newer[:most]), has_older=True, has_newer=len(newer) > most)


def views(user: User, messages: Iterable[Message]) -> tuple[MessageView, ...]:
    """Messages of one chat as this person sees them."""
    found = list(messages)
    versions = tree.versions(found) if found else {}
    marked = dict(Bookmark.objects.filter(owner=user, message__in=found).values_list("message_id", "name"))
    remembered = _remembered(user, found)
    return tuple(
        _view(user, message, versions[message.id], marked.get(message.id), remembered.get(message.id, ()))
        for message in found
    )


def view(user: User, message: Message) -> MessageView:
    return views(user, [message])[0]


def lines(user: User, chat: Chat) -> list[str]:
    """The last messages of the path that is shown, oldest first: `Name: text`, each on one line."""
    path = access.readable(user, chat.id, tree.path_to(chat.leaf_id, limit=LINES))
    found = [message for message in path if message.text]
    return [f"{staging.speaker_of(one)}: {' '.join(one.text.split())}"[:LINE_LENGTH] for one in found]


def greeting_choice(chat: Chat) -> GreetingChoice | None:
    """None once somebody has answered, and where there is nothing to choose from."""
    if chat.leaf is None or chat.leaf.greeting is None:
        return None
    numbers = sorted({*staging.greetings(chat), chat.leaf.greeting})
    here = numbers.index(chat.leaf.greeting)
    if len(numbers) < 2:
        return None
    return GreetingChoice(
        number=here + 1,
        of=len(numbers),
        before=numbers[here - 1] if here else None,
        after=numbers[here + 1] if here + 1 < len(numbers) else None,
    )


def _remembered(user: User, messages: Iterable[Message]) -> dict[UUID, tuple[Chip, ...]]:
    """By message, what was recalled of this person's memories; another's are nobody else's to see."""
    ids = [message.id for message in messages if message.role == Role.CHARACTER and message.owner_id == user.id]
    found: dict[UUID, list[MessageMemory]] = {}
    for row in MessageMemory.objects.filter(message__in=ids).select_related("memory") if ids else ():
        found.setdefault(row.message_id, []).append(row)
    return {
        message_id: chips(user, [(row.memory, row.score, row.reasons) for row in rows])
        for message_id, rows in found.items()
    }


def _view(
    user: User,
    message: Message,
    versions: tree.Versions,
    bookmark: str | None,
    remembered: tuple[Chip, ...],
) -> MessageView:
    is_user = message.role == Role.USER
    closed: tuple[str, ...]
    if message.is_live:
        stream = markdown.BlockStream()
        closed, tail = tuple(block.html for block in stream.push(message.text)), stream.tail
    else:
        closed, tail = markdown.blocks(message.text), ""
    return MessageView(
        id=message.id,
        role=message.role,
        speaker=staging.speaker_of(message),
        hue=message.persona.hue if is_user else message.character.hue,
        portrait="" if is_user else face(user.id, message.chat_id, message.character),
        symbol=message.persona.symbol,
        created_at=message.created_at,
        blocks=tuple(_safe(html) for html in closed),
        tail=tail,
        thinking=message.thinking,
        thinking_seconds=None if message.thinking_ms is None else max(1, round(message.thinking_ms / 1000)),
        status=message.status,
        failure=failures.sentence(message.status, message.failure_code),
        is_live=message.is_live,
        seq=message.seq,
        versions=versions,
        is_first=message.parent_id is None,
        is_own=not is_user or message.owner_id == user.id,
        is_edited=message.edited_from_id is not None,
        is_hidden=message.is_hidden,
        bookmark=bookmark,
        remembered=remembered,
    )


def _safe(html: str) -> SafeString:
    """Only for what `core.markdown` has sanitised."""
    return mark_safe(html)  # noqa: S308
