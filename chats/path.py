"""The path through a chat's tree: from one message back to the first."""

from uuid import UUID

from django.db import connection

from chats.models import Message

# One walk up the parents, by primary key: its cost is the number of messages it returns.
WALK = """
WITH RECURSIVE path AS (
    SELECT id, parent_id, 1 AS step FROM chats_message WHERE id = %s
    UNION ALL
    SELECT parent.id, parent.parent_id, path.step + 1
    FROM chats_message parent JOIN path ON parent.id = path.parent_id
    WHERE path.step < %s
)
SELECT id FROM path ORDER BY step DESC
"""


def path_to(message_id: UUID | None, *, limit: int) -> list[Message]:
    """The message and those before it, oldest first, at most `limit`."""
    if message_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(WALK, [message_id, limit])
        ids = [row[0] for row in cursor.fetchall()]
    found = Message.objects.select_related("character", "persona").in_bulk(ids)
    return [found[identity] for identity in ids]
