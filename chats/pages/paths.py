"""The branches of a chat as an outline, and the places that somebody has marked in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import connection

from accounts.models import User
from chats import access, staging, tree
from chats.models import Chat, Message

FIRST_WORDS = 70
# More branches than anybody reads through: those that were begun last.
MOST_PATHS = 60

# Where paths part: messages with others beside them, and whether each is the one that its parent shows. A greeting
# that nobody answered is no path.
HEADS = """
WITH forks AS (
    SELECT parent_id FROM chats_message WHERE chat_id = %(chat)s AND trash_id IS NULL
    GROUP BY parent_id HAVING count(*) > 1
), heads AS (
    SELECT head.id, head.created_at, head.greeting, coalesce(parent.chosen_id = head.id, false) AS is_chosen
    FROM chats_message head JOIN forks USING (parent_id) JOIN chats_message parent ON parent.id = head.parent_id
    WHERE head.trash_id IS NULL
    UNION ALL
    SELECT id, created_at, greeting, false FROM chats_message
    WHERE chat_id = %(chat)s AND parent_id IS NULL AND trash_id IS NULL
      AND EXISTS (SELECT 1 FROM forks WHERE parent_id IS NULL)
)
SELECT id, is_chosen FROM heads
WHERE greeting IS NULL OR EXISTS (SELECT 1 FROM chats_message child WHERE child.parent_id = heads.id)
ORDER BY created_at DESC LIMIT %(most)s
"""
LENGTHS = """
WITH RECURSIVE path AS (
    SELECT id AS head, id, chosen_id, 1 AS messages FROM chats_message WHERE id = ANY(%s)
    UNION ALL
    SELECT path.head, child.id, child.chosen_id, path.messages + 1
    FROM path JOIN chats_message child ON child.id = path.chosen_id
)
SELECT head, max(messages) FROM path GROUP BY head
"""


@dataclass(frozen=True, slots=True)
class PathRow:
    """A path, by the message with which it parts from others. `messages` counts from there to where it was left."""

    id: UUID
    name: str
    words: str
    speaker: str
    split_at: datetime
    messages: int
    is_current: bool
    is_canonical: bool


@dataclass(frozen=True, slots=True)
class BookmarkRow:
    id: UUID
    name: str
    words: str
    speaker: str
    created_at: datetime


def paths(user: User, chat: Chat) -> list[PathRow]:
    """The one that is shown first, then the others, the one begun last first; nothing where there is only one."""
    heads = _heads(chat)
    if chat.leaf is None or len(heads) < 2:
        return []
    found = access.messages_for(user).filter(id__in=heads).select_related("character", "persona")
    messages = sorted(found, key=lambda message: message.created_at, reverse=True)
    on_path = set(tree.ids_to(chat.leaf_id))
    shown = [message for message in messages if message.id in on_path]
    # What its parent shows goes on a path that is listed already.
    others = [message for message in messages if message not in shown and not heads[message.id]]
    current = max(shown, key=lambda message: message.depth, default=None)
    listed = others if current is None else [current, *others]
    canonical = _canonical(chat, listed)
    lengths = _lengths([message.id for message in listed])
    return [
        PathRow(
            id=message.id,
            name=message.branch_name,
            words=first_words(message.text),
            speaker=staging.speaker_of(message),
            split_at=message.created_at,
            messages=lengths.get(message.id, 1),
            is_current=message == current,
            is_canonical=message.id == canonical,
        )
        for message in listed
    ]


def bookmarks(user: User, chat: Chat) -> list[BookmarkRow]:
    found = access.bookmarks_for(user, chat.id).select_related("message__character", "message__persona")
    return [
        BookmarkRow(
            one.message_id,
            one.name,
            first_words(one.message.text),
            staging.speaker_of(one.message),
            one.message.created_at,
        )
        for one in found
    ]


def first_since(user: User, chat: Chat, day: date, offset: int | None) -> UUID | None:
    """The first message of the shown path that was said on this day or later, or else the last one before it; None
    where they may read nothing of that path."""
    messages = access.messages_for(user).filter(chat=chat)
    if chat.leaf_id is None or not messages.filter(id=chat.leaf_id).exists():
        return None
    try:
        begins = datetime.combine(day, time.min, UTC) + timedelta(minutes=offset or 0)
    except OverflowError:  # before the first day of all times
        begins = datetime.combine(day, time.min, UTC)
    readable = set(messages.filter(created_at__gte=begins).values_list("id", flat=True))
    found = chat.leaf_id
    for message_id in reversed(tree.ids_to(chat.leaf_id)):
        if message_id not in readable:
            break
        found = message_id
    return found


def first_words(text: str) -> str:
    line = " ".join(text[: FIRST_WORDS * 4].split())
    return line if len(line) <= FIRST_WORDS else line[: FIRST_WORDS - 1].rstrip() + "…"


def _heads(chat: Chat) -> dict[UUID, bool]:
    """By message, whether its parent shows it."""
    with connection.cursor() as cursor:
        cursor.execute(HEADS, {"chat": chat.id, "most": MOST_PATHS})
        return dict(cursor.fetchall())


def _canonical(chat: Chat, heads: list[Message]) -> UUID | None:
    """The deepest of these through which the path that counts leads."""
    if chat.canonical is None or chat.canonical.trash_id is not None:
        return None
    on_path = set(tree.ids_to(chat.canonical_id))
    through = [message for message in heads if message.id in on_path]
    return max(through, key=lambda message: message.depth).id if through else None


def _lengths(ids: list[UUID]) -> dict[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(LENGTHS, [ids])
        return dict(cursor.fetchall())
