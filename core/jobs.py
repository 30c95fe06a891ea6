"""Work that a worker carries out: its states, and how a row moves between them.

A row is claimed by one conditional UPDATE. While it runs, its lease lives in Redis (`core.streams.scripts`), and
whoever finds a running row without a lease may take it over, after fencing the attempt that lost it.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import redis
from celery import Task
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from core.redis import client
from core.streams.scripts import LIVING_SECONDS, TAKE_OVER, Keys

logger = logging.getLogger(__name__)

# A queued row whose task is not in the queue any more: Redis came back empty, or we died between commit and queue.
QUEUE_MARK_SECONDS = 60 * 60


class Status(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Stopped")
    INTERRUPTED = "interrupted", _("Interrupted")
    FAILED = "failed", _("Failed")


LIVE = (Status.QUEUED, Status.RUNNING)


class Job(models.Model):
    """A row that is also a piece of work."""

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DONE)
    attempt = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    queued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    def claim(self) -> bool:
        """Take the job. False: another worker has it, or the user stopped it."""
        return self._move(
            {"status": Status.QUEUED, "cancel_requested": False}, status=Status.RUNNING, started_at=now()
        )

    def cancel_in_queue(self) -> bool:
        return self._move({"status": Status.QUEUED}, status=Status.CANCELLED, finished_at=now())

    def request_cancel(self) -> bool:
        return self._move({"status": Status.RUNNING}, cancel_requested=True)

    def _move(self, where: dict[str, object], **changes: str | int | bool | datetime | None) -> bool:
        """A conditional UPDATE of this row's current attempt; the instance follows if it took."""
        mine = type(self)._default_manager.filter(pk=self.pk, attempt=self.attempt, **where)
        if mine.update(**changes) != 1:
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True


def queue(task: "Task[[str], None]", job_id: UUID) -> None:
    """Put a job's task into the queue. While that is away the row waits, and whoever resumes such jobs queues it."""
    try:
        task.delay(str(job_id))
        mark_queued(job_id)
    except (OperationalError, redis.RedisError) as error:
        logger.warning("task not queued yet: %s", error, extra={"task": task.name, "job": str(job_id)})


def mark_queued(job_id: UUID) -> None:
    """Note beside the queue that the task is in it."""
    client().set(f"queued:{job_id}", 1, ex=QUEUE_MARK_SECONDS)


def forget_queued(job_id: UUID) -> None:
    try:
        client().delete(f"queued:{job_id}")
    except redis.RedisError:
        logger.debug("queue mark stays; it expires")


def without_task(job_ids: Iterable[UUID]) -> list[UUID]:
    """Those of these queued jobs whose task is not in the queue."""
    ids = list(job_ids)
    marks = client().mget([f"queued:{job_id}" for job_id in ids]) if ids else []
    return [job_id for job_id, mark in zip(ids, marks, strict=True) if mark is None]


def without_lease(job_ids: Iterable[UUID]) -> list[UUID]:
    """Those of these running jobs that nobody is working on."""
    ids = list(job_ids)
    leases = client().mget([Keys.of(job_id).lease for job_id in ids]) if ids else []
    return [job_id for job_id, lease in zip(ids, leases, strict=True) if lease is None]


def fence(job_id: UUID, attempt: int) -> bool:
    """Shut attempt `attempt` out of its log for good. False: its lease is alive after all."""
    keys = Keys.of(job_id)
    return bool(client().eval(TAKE_OVER, 4, *keys.all(), str(attempt), str(LIVING_SECONDS)))
