"""What the pages show of messages: rows in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from characters.portrayal import portrait
from chats import access, failures, staging, tree
from chats.models import Bookmark, Chat, Message, Role
from core import markdown

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
    is_own: bool = True
    is_edited: bool = False
    is_hidden: bool = False
    bookmark: str | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """Next to which message: at most one of the three."""

    before: UUID | None = None
    after: UUID | None = None
    around: UUID | None = None


NEWEST = Ends()


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of the shown path. `moved`: what was asked for stands in another branch; this is the path's end."""

    messages: tuple[MessageView, ...]
    has_older: bool
    has_newer: bool = False
    moved: bool = False


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
    before, after, around = ends.before, ends.after, ends.around
    most = PAGE_MESSAGES
    since = access.get_participation_for(user, chat.id).since
    if before is not None:
        anchor = access.get_message_for(user, before, chat_id=chat.id)
        found = tree.path_to(anchor.parent_id, limit=most + 1)
        return _window(user, found[-most:], since, has_older=len(found) > most, has_newer=True)
    if (next_to := after or around) is not None:
        anchor = access.get_message_for(user, next_to, chat_id=chat.id)
        if chat.leaf is not None and tree.is_on_path(anchor, chat.leaf):
            newer = tree.path_after(anchor.id, limit=most + 1)
            if after is not None:
                return _window(user, newer[:most], since, has_older=True, has_newer=len(newer) > most)
            older = tree.path_to(anchor.id, limit=most // 2 + 1)
            shown = [*older[-(most // 2) :], *newer[: most // 2]]
            return _window(user, shown, since, has_older=len(older) > most // 2, has_newer=len(newer) > most // 2)
    found = tree.path_to(chat.leaf_id, limit=most + 1)
    return _window(user, found[-most:], since, has_older=len(found) > most, moved=after is not None)


def views(user: User, messages: Iterable[Message]) -> tuple[MessageView, ...]:
    """Messages of one chat as this person sees them."""
    found = list(messages)
    versions = tree.versions(found) if found else {}
    marked = dict(Bookmark.objects.filter(owner=user, message__in=found).values_list("message_id", "name"))
    return tuple(_view(user, message, versions[message.id], marked.get(message.id)) for message in found)


def view(user: User, message: Message) -> MessageView:
    return views(user, [message])[0]


def lines(chat: Chat) -> list[str]:
    """The last messages of the path that is shown, oldest first: `Name: text`, each on one line."""
    found = [message for message in tree.path_to(chat.leaf_id, limit=LINES) if message.text]
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


def _window(
    user: User,
    found: list[Message],
    since: datetime | None,
    *,
    has_older: bool,
    has_newer: bool = False,
    moved: bool = False,
) -> Window:
    seen = [message for message in found if since is None or message.created_at >= since]
    return Window(views(user, seen), has_older and len(seen) == len(found), has_newer, moved)


def _view(user: User, message: Message, versions: tree.Versions, bookmark: str | None) -> MessageView:
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
        portrait="" if is_user else portrait(message.character),
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
        is_own=not is_user or message.owner_id == user.id,
        is_edited=message.edited_from_id is not None,
        is_hidden=message.is_hidden,
        bookmark=bookmark,
    )


def _safe(html: str) -> SafeString:
    """Only for what `core.markdown` has sanitised."""
    return mark_safe(html)  # noqa: S308
