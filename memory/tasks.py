"""Celery's door: an id in, one call, then the names of what follows. Queues are named in cognitia/celery.py."""

import logging
from collections.abc import Iterable
from uuid import UUID

import redis
from celery import shared_task
from kombu.exceptions import OperationalError

from memory import dreaming, embedding, journaling, mapping, summarizing

logger = logging.getLogger(__name__)


# What is lost of these two is found again by the next look.
@shared_task(acks_late=False, expires=60)
def dream(mind_id: str) -> None:
    """Dream once, if this mind is to. Safe to run twice: the second run finds it rested."""
    if (dreamt := dreaming.run_dreaming(UUID(mind_id))) is not None:
        queue_embedding([dreamt])


@shared_task(acks_late=True)
def embed_memories(memory_ids: list[str]) -> None:
    """Give these memories their vectors. Safe to run twice: what has one is left alone."""
    embedding.run_embedding(UUID(memory_id) for memory_id in memory_ids)


@shared_task(acks_late=False, expires=embedding.ASKED_SECONDS)
def embed_query(request_id: str) -> None:
    """Answer a page that waits for the meaning of what is searched."""
    embedding.run_query(UUID(request_id))


@shared_task(acks_late=False, expires=60)
def journal(mind_id: str) -> None:
    """Write one entry, if this mind is to. Safe to run twice: the second run finds it written."""
    if (written := journaling.run_journaling(UUID(mind_id))) is not None:
        queue_embedding([written])


@shared_task(acks_late=False, expires=60)
def look_for_dreams() -> None:
    """Minds that are tired dream, those that are clear write."""
    for mind_id in dreaming.minds_to_dream():
        dream.delay(str(mind_id))
    for mind_id in journaling.minds_to_journal():
        journal.delay(str(mind_id))


@shared_task(acks_late=True)
def map_memories(owner_id: str, character_id: str) -> None:
    """Place what a character remembers of one person on its map. Safe to run twice."""
    mapping.run_mapping(UUID(owner_id), UUID(character_id))


@shared_task(acks_late=False, expires=60)
def reembed_memories() -> None:
    """Memories whose vector is another model's, or was lost, get their own."""
    embedding.run_reembedding()


@shared_task(acks_late=False, expires=60)
def resume_summaries() -> None:
    """Chapters that waited while somebody was being answered are written."""
    for memory_id in summarizing.run_resuming():
        queue_summary(memory_id)


@shared_task(acks_late=True)
def summarize(memory_id: str) -> None:
    """Write the chapter that ends with this message. Safe to run twice: the second run finds it written."""
    chapter = summarizing.run_summarizing(UUID(memory_id))
    if chapter is not None:
        queue_embedding([chapter])
        if (following := summarizing.following(chapter)) is not None:
            queue_summary(following)


def queue_embedding(memory_ids: Iterable[UUID]) -> None:
    """Put it into the queue. While that is away the memories wait, and `reembed_memories` finds them later."""
    try:
        embed_memories.delay([str(memory_id) for memory_id in memory_ids])
    except (OperationalError, redis.RedisError) as error:
        logger.warning("task not queued yet: %s", error, extra={"task": embed_memories.name})


def queue_mapping(owner_id: UUID, character_id: UUID) -> None:
    """Put it into the queue. While that is away there is no new map; the page asks again."""
    try:
        map_memories.delay(str(owner_id), str(character_id))
    except (OperationalError, redis.RedisError) as error:
        logger.warning("task not queued: %s", error, extra={"task": map_memories.name})


def queue_summary(memory_id: UUID) -> None:
    """Put it into the queue. While that is away nothing is written; the next message finds it due again."""
    try:
        summarize.delay(str(memory_id))
    except (OperationalError, redis.RedisError) as error:
        logger.warning("task not queued: %s", error, extra={"task": summarize.name})
