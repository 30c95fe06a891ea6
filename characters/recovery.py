"""What is done about imports that nobody carries on, and about files that nothing names."""

import logging
import time
from collections.abc import Iterable
from itertools import islice
from uuid import UUID

from characters import files, importing
from characters.models import Asset, Import, Persona, Publication
from core import jobs
from core.bringing import MOST_ATTEMPTS
from core.jobs import LIVE, Status

logger = logging.getLogger(__name__)

# A living import is heard of before each picture; drawing one, after another import's, takes 3 s at most.
SILENT_SECONDS = 60
# From the shelf to a row it is seconds. Whoever brings a file back from a backup has this long to bring its row.
UNNAMED_SECONDS = 24 * 60 * 60
# From quarantine to a row it is one transaction.
FORGOTTEN_SECONDS = 60 * 60
BATCH = 500


def run_resuming() -> list[UUID]:
    """Take over imports that nobody carries on, and answer all that must be queued. Raises `redis.RedisError`."""
    for row in Import.unheard(SILENT_SECONDS):
        _take_over(row)
    return jobs.without_task(Import.waiting())


def run_collecting() -> int:
    """Remove what no row names from the shelf and from quarantine; answers how many files of the shelf that were."""
    instant = time.time()
    removed = 0
    stale = files.stale(instant - UNNAMED_SECONDS)
    while digests := set(islice(stale, BATCH)):
        for digest in digests - _named(digests):
            removed += files.remove_stale(digest, instant - UNNAMED_SECONDS)
    forgotten = list(files.QUARANTINE.since(instant - FORGOTTEN_SECONDS))
    live = set(Import.objects.filter(id__in=forgotten, status__in=LIVE).values_list("id", flat=True))
    for import_id in set(forgotten) - live:
        files.QUARANTINE.release(import_id)
    if removed:
        logger.info("files removed that nothing names", extra={"files": removed})
    return removed


def _take_over(row: Import) -> None:
    if row.cancel_requested:
        importing.finish(row, Status.CANCELLED)
        return
    if row.attempt >= MOST_ATTEMPTS:
        importing.finish(row, Status.FAILED, "gone")
        return
    if row.start_again():
        logger.warning("import taken over", extra={"import": str(row.id), "attempt": row.attempt + 1})


def _named(digests: Iterable[str]) -> set[str]:
    """Those of these that some row names."""
    wanted = list(digests)
    named: set[str] = set()
    for rows, name in ((Asset.objects, "digest"), (Publication.objects, "face"), (Persona.objects, "picture")):
        named |= set(rows.filter(**{f"{name}__in": wanted}).values_list(name, flat=True))
    return named
