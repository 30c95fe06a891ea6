"""Celery's door: an id in, one call, then the names of what follows. All on the queue `default`."""

from uuid import UUID

from celery import shared_task

from characters import importing, recovery
from core import jobs


@shared_task(acks_late=False)
def import_file(import_id: str) -> None:
    """Carry out one import. Safe to run twice: the second run finds the row claimed."""
    for following in importing.run_import(UUID(import_id)):
        queue_import(following)


@shared_task(acks_late=False, expires=30)
def resume_imports() -> None:
    """What died, or was never queued, goes on."""
    for import_id in recovery.run_resuming():
        queue_import(import_id)


@shared_task(acks_late=False)
def collect_files() -> None:
    """What no row names leaves the disk."""
    recovery.run_collecting()


def queue_import(import_id: UUID) -> None:
    """Put the import into the queue. While the queue is away the row waits, and `resume_imports` queues it later."""
    jobs.queue(import_file, import_id)
