"""Ways through a chat's tree: up to the first message, down along what was chosen, and to the versions beside one.

A message's `chosen` is the one that is shown after it. From the first message of the shown path these lead to the
chat's leaf, and in every other branch to where its reader left it; so going away and coming back shows the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from chats.models import Chat, Message

# Walks along the parents and along `chosen`, by primary key: their cost is the number of messages they pass.
UP = """
WITH RECURSIVE path AS (
    SELECT id, parent_id, 1 AS step FROM chats_message WHERE id = %s
    UNION ALL
    SELECT parent.id, parent.parent_id, path.step + 1
    FROM chats_message parent JOIN path ON parent.id = path.parent_id
    WHERE path.step < %s
)
SELECT id FROM path ORDER BY step DESC
"""
ABOVE = """
WITH RECURSIVE path AS (
    SELECT id, parent_id, 0 AS step FROM chats_message WHERE id = %s
    UNION ALL
    SELECT parent.id, parent.parent_id, path.step + 1 FROM chats_message parent JOIN path ON parent.id = path.parent_id
)
SELECT id FROM path WHERE step = %s LIMIT 1
"""
DOWN = """
WITH RECURSIVE path AS (
    SELECT id, chosen_id, 0 AS step FROM chats_message WHERE id = %s
    UNION ALL
    SELECT child.id, child.chosen_id, path.step + 1
    FROM chats_message child JOIN path ON child.id = path.chosen_id
    WHERE path.step < %s
)
SELECT id FROM path WHERE step > 0 ORDER BY step
"""
TIP = """
WITH RECURSIVE path AS (
    SELECT id, chosen_id FROM chats_message WHERE id = %s
    UNION ALL
    SELECT child.id, child.chosen_id FROM chats_message child JOIN path ON child.id = path.chosen_id
)
SELECT id FROM path WHERE chosen_id IS NULL
"""
LEAD_HERE = """
WITH RECURSIVE path AS (
    SELECT id, parent_id FROM chats_message WHERE id = %s
    UNION ALL
    SELECT parent.id, parent.parent_id FROM chats_message parent JOIN path ON parent.id = path.parent_id
)
UPDATE chats_message SET chosen_id = path.id FROM path
WHERE chats_message.id = path.parent_id AND chats_message.chosen_id IS DISTINCT FROM path.id
"""
BELOW = """
WITH RECURSIVE below AS (
    SELECT id FROM chats_message WHERE id = %s
    UNION ALL
    SELECT child.id FROM chats_message child JOIN below ON child.parent_id = below.id
)
SELECT id FROM below
"""
VERSIONS = """
SELECT coalesce(parent_id, chat_id), array_agg(id ORDER BY created_at, id)
FROM chats_message
WHERE trash_id IS NULL AND (parent_id = ANY(%s) OR (chat_id = ANY(%s) AND parent_id IS NULL))
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Versions:
    """Where a message stands among those beside it: `number` counts from 1; None at the ends."""

    number: int = 1
    of: int = 1
    before: UUID | None = None
    after: UUID | None = None


ALONE = Versions()
# Of one path: more than anybody says in a life.
MOST_MESSAGES = 10_000_000


def path_to(message_id: UUID | None, *, limit: int) -> list[Message]:
    """The message and those before it, oldest first, at most `limit`."""
    return _messages(_walk(UP, message_id, limit)) if message_id is not None else []


def ids_to(message_id: UUID | None) -> list[UUID]:
    """The whole path to a message, oldest first: as long as it is, so ask for it seldom."""
    return _walk(UP, message_id, MOST_MESSAGES) if message_id is not None else []


def path_after(message_id: UUID, *, limit: int) -> list[Message]:
    """What is shown after the message, at most `limit`."""
    return _messages(_walk(DOWN, message_id, limit))


def is_on_path(message: Message, leaf: Message) -> bool:
    """Whether the path to `leaf` has this message."""
    if message.chat_id != leaf.chat_id or message.depth > leaf.depth:
        return False
    return _walk(ABOVE, leaf.id, leaf.depth - message.depth) == [message.id]


def tip_of(message: Message) -> Message:
    """Where the path through this message was left."""
    (tip_id,) = _walk(TIP, message.id)
    return message if tip_id == message.id else Message.objects.get(id=tip_id)


def show(chat: Chat, leaf: Message | None) -> None:
    """Make the path to `leaf` the one that is shown, ending there. The chat must be locked."""
    if leaf is not None:
        _lead_to(leaf)
        # By its row: it may have been read before the chat was locked, and something may follow it by now.
        Message.objects.filter(id=leaf.id, chosen__isnull=False).update(chosen=None)
        leaf.chosen = None
    chat.leaf = leaf
    chat.save(update_fields=["leaf"])


def show_through(chat: Chat, message: Message) -> None:
    """Show the path through this message, as far as it was read when it was left. The chat must be locked."""
    tip = tip_of(message)
    if chat.leaf_id == tip.id:
        return
    # From here on down it is as it was left; above it, somebody may have gone another way.
    _lead_to(message)
    chat.leaf = tip
    chat.save(update_fields=["leaf"])


def follow(chat: Chat, message: Message) -> None:
    """Show a message that was just made. Its parent's whole path must be the one that is shown."""
    if message.parent_id is not None:
        Message.objects.filter(id=message.parent_id).update(chosen=message)
    chat.leaf = message


def below(message_id: UUID) -> list[UUID]:
    """The message and everything that was ever said after it."""
    return _walk(BELOW, message_id)


def versions(messages: Iterable[Message]) -> dict[UUID, Versions]:
    """Each of these among those beside it."""
    found = list(messages)
    parents = [message.parent_id for message in found if message.parent_id is not None]
    firsts = [message.chat_id for message in found if message.parent_id is None]
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [parents, firsts])
        beside: dict[UUID, list[UUID]] = dict(cursor.fetchall())
    placed: dict[UUID, Versions] = {}
    for message in found:
        ids = beside.get(message.parent_id or message.chat_id, [])
        if message.id not in ids:
            placed[message.id] = Versions()
            continue
        at = ids.index(message.id)
        placed[message.id] = Versions(
            number=at + 1,
            of=len(ids),
            before=ids[at - 1] if at else None,
            after=ids[at + 1] if at + 1 < len(ids) else None,
        )
    return placed


def _lead_to(message: Message) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LEAD_HERE, [message.id])


def _walk(statement: str, *values: UUID | int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def _messages(ids: list[UUID]) -> list[Message]:
    # Wishes are only for whoever tells the reply, and may be as long as a program's system messages.
    found = Message.objects.select_related("character", "persona").defer("wishes").in_bulk(ids)
    return [found[identity] for identity in ids]
