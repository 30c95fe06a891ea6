"""What is done about imports of chats that nobody carries on, and about files that none of them names."""

import logging
import time
from uuid import UUID

from chats import files, importing
from chats.models import ChatImport
from core import jobs
from core.bringing import MOST_ATTEMPTS
from core.jobs import LIVE, Status

logger = logging.getLogger(__name__)

# A living import is heard of after each batch of messages. Looking through an archive of 512 MiB before the first,
# and the commit at the end, take some seconds each.
SILENT_SECONDS = 120
# From quarantine to a row it is one transaction.
FORGOTTEN_SECONDS = 60 * 60


def run_resuming() -> list[UUID]:
    """Take over imports that nobody carries on, and answer all that must be queued. Raises `redis.RedisError`."""
    for row in ChatImport.unheard(SILENT_SECONDS):
        _take_over(row)
    return jobs.without_task(ChatImport.waiting())


def run_collecting() -> None:
    """What lies in quarantine, and no import that lives names, leaves the disk."""
    forgotten = list(files.QUARANTINE.since(time.time() - FORGOTTEN_SECONDS))
    live = set(ChatImport.objects.filter(id__in=forgotten, status__in=LIVE).values_list("id", flat=True))
    for import_id in set(forgotten) - live:
        files.QUARANTINE.release(import_id)


def _take_over(row: ChatImport) -> None:
    if row.cancel_requested:
        importing.finish(row, Status.CANCELLED)
        return
    if row.attempt >= MOST_ATTEMPTS:
        importing.finish(row, Status.FAILED, "gone")
        return
    if row.start_again():
        logger.warning("import taken over", extra={"import": str(row.id), "attempt": row.attempt + 1})
