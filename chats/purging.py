"""What was put into the trash leaves the database after thirty days."""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.utils.timezone import now

from chats.models import Chat, Message, Suggestion, Trash
from memory.actions.forgetting import forget_messages

logger = logging.getLogger(__name__)

KEPT = timedelta(days=30)
# Whoever asked for one has taken it long since, or never will.
SUGGESTIONS_KEPT = timedelta(days=1)
# Nobody can go on in one.
EPHEMERAL_KEPT = timedelta(minutes=20)
BATCH = 1_000
# What is below a deleted message was deleted with it or before it; whatever else may have come there, nobody sees.
CONTENTS = """
WITH RECURSIVE gone AS (
    SELECT id FROM chats_message WHERE trash_id = %s
    UNION
    SELECT child.id FROM chats_message child JOIN gone ON child.parent_id = gone.id
)
SELECT id FROM gone
"""


def run_purging() -> int:
    """Remove chats and messages that were deleted thirty days ago; answers how many messages that were.

    Each chat and each press of "delete" in a transaction of its own: what was done stays done, however it ends.
    """
    before = now() - KEPT
    removed = _purge_chats(Chat.objects.filter(trashed_at__lte=before))
    for trash_id in Trash.objects.filter(created_at__lte=before).order_by("created_at").values_list("id", flat=True):
        removed += _purge_trash(trash_id)
    Suggestion.objects.filter(created_at__lte=now() - SUGGESTIONS_KEPT).delete()
    if removed:
        logger.info("trash purged", extra={"messages": removed})
    return removed


def run_purging_of_answers() -> int:
    """Remove chats that were only made to answer a program. How many messages that were."""
    return _purge_chats(Chat.objects.filter(is_ephemeral=True, active_at__lte=now() - EPHEMERAL_KEPT))


def _purge_chats(over: QuerySet[Chat]) -> int:
    return sum(_purge_chat(over, chat_id) for chat_id in over.values_list("id", flat=True))


def _purge_chat(over: QuerySet[Chat], chat_id: UUID) -> int:
    with transaction.atomic():
        # It may be brought back in this very moment.
        chat = over.select_for_update().filter(id=chat_id).first()
        if chat is None:
            return 0
        ids = list(Message.objects.filter(chat=chat).values_list("id", flat=True))
        _erase(ids)
        chat.delete()
    return len(ids)


def _purge_trash(trash_id: UUID) -> int:
    with transaction.atomic():
        trash = Trash.objects.filter(id=trash_id).first()
        if trash is None:
            return 0
        # Nothing is added to the chat, and nothing brought back, while its tree is cut.
        Chat.objects.select_for_update(no_key=True).get(id=trash.chat_id)
        with connection.cursor() as cursor:
            cursor.execute(CONTENTS, [trash_id])
            ids = [row[0] for row in cursor.fetchall()]
        _erase(ids)
        Trash.objects.filter(id=trash_id).delete()
    return len(ids)


def _erase(ids: Sequence[UUID]) -> None:
    """These rows, and what names them. All that is below one of them must be among them.

    Not by way of `delete()`: that would follow ten thousand messages from parent to child, a query and a level of
    Python for each. The database looks at what names what when the transaction ends.
    """
    for batch in _batches(ids):
        forget_messages(batch)
        for relation in Message._meta.get_fields(include_hidden=True):
            if isinstance(relation, models.ForeignObjectRel):
                _forget(relation, batch)
    for batch in _batches(ids):
        _delete(Message, "id", batch)


def _forget(relation: models.ForeignObjectRel, ids: Sequence[UUID]) -> None:
    naming, name = relation.field.model, relation.field.name
    if relation.on_delete is models.SET_NULL:
        naming._default_manager.filter(**{f"{name}__in": ids}).update(**{name: None})
    elif naming is not Message:
        _delete(naming, name, ids)


def _delete(model: type[models.Model], name: str, ids: Sequence[UUID]) -> None:
    rows = model._default_manager.filter(**{f"{name}__in": ids})
    rows._raw_delete(rows.db)


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))
