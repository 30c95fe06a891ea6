"""Celery's door: an id in, one call, then the names of what follows. All on the queue `default`."""

import logging
from uuid import UUID

import redis
from celery import shared_task
from kombu.exceptions import OperationalError

from core import jobs
from weights import pulling, recovery, trying

logger = logging.getLogger(__name__)


@shared_task(acks_late=False)
def pull_model(model_id: str) -> None:
    """Carry out one pull. Safe to run twice: the second run finds the row claimed."""
    for following in pulling.run_pull(UUID(model_id)):
        queue_pull(following)


@shared_task(acks_late=False)
def use_model(model_id: str) -> None:
    """Try one model out, and use it if it is good."""
    trying.run_use(UUID(model_id))


@shared_task(acks_late=False, expires=30)
def resume_pulls() -> None:
    """What died, or was never queued, goes on."""
    for model_id in recovery.run_resuming():
        queue_pull(model_id)


def queue_pull(model_id: UUID) -> None:
    """Put the pull into the queue. While the queue is away the row waits, and `resume_pulls` queues it later."""
    jobs.queue(pull_model, model_id)


def queue_use(model_id: UUID) -> None:
    """Put the trial into the queue; while that is away, the row says that it could not be."""
    try:
        use_model.delay(str(model_id))
    except (OperationalError, redis.RedisError) as error:
        logger.warning("trial not queued: %s", error, extra={"model_id": str(model_id)})
        trying.give_up(model_id)
