"""What goes along when something is forgotten, and how it goes: rows, vectors, and what else holds its words.

To be called with the person held, in the transaction that writes the receipt.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from uuid import UUID

import redis
from django.db import transaction
from django.utils.timezone import now

from core.redis import client
from memory import vectors, working
from memory.embedding import model_name
from memory.models import DERIVED, Embedding, Forgotten, Kind, Memory, MindEvent

logger = logging.getLogger(__name__)

MADE = (Kind.FACT, Kind.LORE, *DERIVED)
BATCH = 1_000


def whole(owner_id: UUID, memory_ids: Iterable[UUID]) -> set[UUID]:
    """These memories of a person's, and all that must go with them.

    A fact goes with the message that says it. A message goes from every character that heard it, and with it whatever
    was made of it, and of that.
    """
    rows = Memory.objects.filter(owner=owner_id)
    made = rows.filter(kind__in=MADE).values_list("id", "kind", "sources")
    said_in = {memory_id: sources for memory_id, kind, sources in made if kind not in DERIVED}
    made_of: dict[UUID, set[UUID]] = {}
    for memory_id, _kind, sources in made:
        for source in sources:
            made_of.setdefault(source, set()).add(memory_id)
    gone: set[UUID] = set()
    found = set(memory_ids)
    while found:
        gone |= found
        near = {one for memory_id in found for one in (*said_in.get(memory_id, ()), *made_of.get(memory_id, ()))}
        found = (near | _copies(owner_id, found)) - gone
    return gone


def erase(owner_id: UUID, memory_ids: Collection[UUID], chats: Collection[UUID] = ()) -> Counter[str]:
    """Remove these memories for good; answers how many of each kind there were.

    Their messages are never remembered again, nor is anything that was said in `chats` until now.
    """
    counts: Counter[str] = Counter()
    for ids in _batches(list(memory_ids)):
        rows = Memory.objects.filter(owner=owner_id, id__in=ids)
        found = list(rows.values_list("id", "kind", "character", "source_id", "chat_id", "text"))
        counts.update(kind for _id, kind, *_rest in found)
        heard = [row for row in found if row[1] == Kind.EXCHANGE]
        _never_again(owner_id, {(row[2], row[3]) for row in heard if row[4] not in chats})
        _never_again(owner_id, {(row[2], row[4]) for row in heard if row[4] in chats})
        # What a mind was moved by stays moved, and nobody reads any more by which words.
        causes = {cause for row in found for cause in (row[0], row[3]) if cause is not None}
        MindEvent.objects.filter(owner=owner_id, source_id__in=causes).update(cause="")
        models = {model_name(), *Embedding.objects.filter(memory__in=rows).values_list("model", flat=True).distinct()}
        keys = [vectors.key(model, text) for model in models for *_rest, text in found]
        places = {(row[2], row[4]) for row in found if row[4] is not None}
        rows.only("id").delete()
        transaction.on_commit(partial(working.forget_sessions, owner_id, list(places)))
        if keys:
            transaction.on_commit(partial(_forget_vectors, keys))
    return counts


def _copies(owner_id: UUID, memory_ids: Collection[UUID]) -> set[UUID]:
    """The same messages, as other characters remember them."""
    found: set[UUID] = set()
    messages = Memory.objects.filter(owner=owner_id, kind=Kind.EXCHANGE)
    for ids in _batches(list(memory_ids)):
        sources = messages.filter(id__in=ids, source_id__isnull=False).values("source_id")
        found |= set(messages.filter(source_id__in=sources).values_list("id", flat=True))
    return found


def _never_again(owner_id: UUID, messages: Iterable[tuple[UUID, UUID | None]]) -> None:
    at = now()
    rows = [
        Forgotten(owner_id=owner_id, character_id=character_id, source_id=source_id, at=at)
        for character_id, source_id in messages
        if source_id is not None
    ]
    Forgotten.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["owner", "character", "source_id"], update_fields=["at"]
    )


def _forget_vectors(keys: Sequence[str]) -> None:
    try:
        client().delete(*keys)
    except redis.RedisError as error:
        # They hold no words, and expire within a week.
        logger.warning("vectors stay in the cache: %s", error)


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))
