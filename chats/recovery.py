"""What is done about replies whose worker is gone, or that nobody was told to write."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.timezone import now

from chats.models import NOT_BEHIND_ANOTHER, Message
from core import jobs
from core.jobs import Status
from core.streams import control
from core.streams.entries import Done, Restart
from core.streams.scripts import LEASE_MILLISECONDS

logger = logging.getLogger(__name__)

# A reply this short is told again; a longer one keeps its text, and its reader decides.
RESTART_TOKENS = 200
CHARACTERS_PER_TOKEN = 4
ATTEMPTS = 2
BATCH = 500


def run_reaping() -> list[UUID]:
    """Take over running replies without a lease, and answer all that must be queued. Raises `redis.RedisError`."""
    return [*_dead_attempts(), *_without_task()]


def _dead_attempts() -> Iterator[UUID]:
    """A claim is older than its first append by a moment; give it the length of a lease."""
    settled = now() - timedelta(milliseconds=LEASE_MILLISECONDS)
    running = Message.objects.filter(status=Status.RUNNING, started_at__lt=settled).in_bulk()
    for reply_id in jobs.without_lease(running):
        reply = running[reply_id]
        if not jobs.fence(reply.id, reply.attempt):
            continue
        # Nothing can be added to the log now, so what it holds is what was said.
        told = control.told(reply.id, reply.telling)
        short = len(told.text) + len(told.thinking) < RESTART_TOKENS * CHARACTERS_PER_TOKEN
        if short and reply.attempt < ATTEMPTS and not reply.cancel_requested and not _too_old(reply):
            seq = control.announce(reply.id, reply.attempt + 1, Restart(reply.attempt + 1), told)
            if reply.start_again(seq):
                logger.warning("reply starts again", extra={"reply_id": str(reply.id), "attempt": reply.attempt})
                yield reply.id
        elif reply.interrupt(told):
            logger.warning("reply interrupted", extra={"reply_id": str(reply.id), "attempt": reply.attempt})
            control.announce(reply.id, reply.attempt, Done(Status.INTERRUPTED, "worker_lost"), told)


def _too_old(reply: Message) -> bool:
    """Nobody waits for a reply to a message of yesterday, when the machine was switched off."""
    return reply.created_at < now() - timedelta(seconds=settings.REPLY_DEADLINE_SECONDS)


def _without_task() -> Iterator[UUID]:
    in_line = Message.objects.filter(status=Status.QUEUED, queued_at__lt=now() - timedelta(seconds=1))
    ids = in_line.filter(NOT_BEHIND_ANOTHER).order_by("queued_at").values_list("id", flat=True)
    yield from jobs.without_task(ids[:BATCH])
