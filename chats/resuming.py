"""What is done about imports of chats that nobody carries on, and about files that none of them names."""

import logging
import time
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import now

from chats import files, importing
from chats.models import ChatImport
from core import jobs
from core.jobs import LIVE, Status

logger = logging.getLogger(__name__)

# A living import is heard of after each batch of messages. Looking through an archive of 512 MiB before the first,
# and the commit at the end, take some seconds each.
SILENT_SECONDS = 120
# A file that took its worker along twice would do so for ever.
MOST_ATTEMPTS = 2
# From quarantine to a row it is one transaction.
FORGOTTEN_SECONDS = 60 * 60


def run_resuming() -> list[UUID]:
    """Take over imports that nobody carries on, and answer all that must be queued. Raises `redis.RedisError`."""
    long_ago = now() - timedelta(seconds=SILENT_SECONDS)
    unheard = Q(heard_at__lt=long_ago) | Q(heard_at=None, started_at__lt=long_ago)
    for row in ChatImport.objects.filter(unheard, status=Status.RUNNING):
        _take_over(row)
    return jobs.without_task(importing.waiting())


def run_collecting() -> None:
    """What lies in quarantine, and no import that lives names, leaves the disk."""
    forgotten = list(files.in_quarantine(time.time() - FORGOTTEN_SECONDS))
    live = set(ChatImport.objects.filter(id__in=forgotten, status__in=LIVE).values_list("id", flat=True))
    for import_id in set(forgotten) - live:
        files.release(import_id)


def _take_over(row: ChatImport) -> None:
    if row.cancel_requested:
        importing.finish(row, Status.CANCELLED)
        return
    if row.attempt >= MOST_ATTEMPTS:
        importing.finish(row, Status.FAILED, "gone")
        return
    mine = ChatImport.objects.filter(pk=row.pk, attempt=row.attempt, status=Status.RUNNING, heard_at=row.heard_at)
    if mine.update(status=Status.QUEUED, attempt=row.attempt + 1, queued_at=now(), heard_at=None, started_at=None):
        logger.warning("import taken over", extra={"import": str(row.id), "attempt": row.attempt + 1})
