"""Celery's door: an id in, one call, then the names of what follows. Queues are named in cognitia/celery.py."""

import logging
from uuid import UUID

import redis
from celery import shared_task
from kombu.exceptions import OperationalError

from chats import recovery, turns
from core import jobs

logger = logging.getLogger(__name__)


@shared_task(acks_late=False)
def generate_reply(reply_id: str) -> None:
    """Carry out one reply. Safe to run twice: the second run finds the row claimed."""
    for following in turns.run_turn(UUID(reply_id)):
        queue_reply(following)


@shared_task(acks_late=False, expires=5)
def reap_replies() -> None:
    """What died, or was never queued, goes on."""
    for reply_id in recovery.run_reaping():
        queue_reply(reply_id)


def queue_reply(reply_id: UUID) -> None:
    """Put the turn into the queue. While the queue is away the row waits, and `reap_replies` queues it later."""
    try:
        generate_reply.delay(str(reply_id))
        jobs.mark_queued(reply_id)
    except (OperationalError, redis.RedisError) as error:
        logger.warning("reply not queued yet: %s", error, extra={"reply_id": str(reply_id)})
