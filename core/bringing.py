"""Files that people bring: a quarantine where each lies by its import's id, and the row that tells what becomes of it.

Nothing that anybody chose, a name least of all, becomes part of a path.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Self, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from core.errors import BadInput, LimitReached
from core.jobs import Job, Status

logger = logging.getLogger(__name__)

Detail = str | int
# Of one kind. One picture is drawn, or one archive read, at a time in a process; a second import reads meanwhile.
IMPORTS_AT_ONCE = 2
# A file that took its worker along twice would do so for ever.
MOST_ATTEMPTS = 2
CANCEL_TRIES = 3


class Quarantine:
    """A folder below QUARANTINE_DIR; "" is that itself."""

    def __init__(self, name: str = "") -> None:
        self._name = name

    def put(self, import_id: UUID, chunks: Iterable[bytes]) -> int:
        """Lay what somebody brings there; answers its size in bytes. Raises `OSError`, or `BadInput` for nothing."""
        place = self.path(import_id)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        size = 0
        try:
            with place.open("xb") as file:
                for chunk in chunks:
                    size += file.write(chunk)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
        if not size:
            place.unlink()
            raise BadInput(_("The file is empty."))
        return size

    def path(self, import_id: UUID) -> Path:
        return self._folder / str(import_id)

    def release(self, import_id: UUID) -> None:
        """Nothing of it stays there."""
        self.path(import_id).unlink(missing_ok=True)

    def since(self, before: float) -> Iterator[UUID]:
        """What lies there since before that time (Unix seconds)."""
        for file in self._folder.glob("*"):
            try:
                import_id, touched = UUID(file.name), file.stat().st_mtime
            except (ValueError, FileNotFoundError):
                continue
            if touched < before:
                yield import_id

    @property
    def _folder(self) -> Path:
        return Path(settings.QUARANTINE_DIR) / self._name


class Brought(Job):
    """One file that somebody brought, with the report of it. It lies in quarantine by the row's id until it has
    ended."""

    file_name = models.CharField(max_length=200)
    size_bytes = models.PositiveIntegerField()
    steps_done = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    # Notices: what was imported, kept without a place of its own, mended or refused.
    notices = models.JSONField(default=list)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_details = models.JSONField(default=dict)
    heard_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.file_name

    @classmethod
    def has_room(cls) -> bool:
        """Whether one more may run."""
        return cls._room() > 0

    @classmethod
    def waiting(cls) -> list[UUID]:
        """Those that may begin now, in the order in which they came."""
        room = cls._room()
        in_line = cls._default_manager.filter(status=Status.QUEUED).order_by("queued_at")
        return list(in_line.values_list("pk", flat=True)[:room]) if room > 0 else []

    @classmethod
    def unheard(cls, seconds: int) -> QuerySet[Self]:
        """Those that run, and of which nothing was heard for so long."""
        long_ago = now() - timedelta(seconds=seconds)
        silent = Q(heard_at__lt=long_ago) | Q(heard_at=None, started_at__lt=long_ago)
        return cls._default_manager.filter(silent, status=Status.RUNNING)

    @classmethod
    def _room(cls) -> int:
        return IMPORTS_AT_ONCE - cls._default_manager.filter(status=Status.RUNNING).count()

    def advance(self, done: int, of: int) -> bool:
        """Say how far it has come. False: this attempt is not the one that counts any more, or Stop was pressed."""
        return self._move(
            {"status": Status.RUNNING, "cancel_requested": False}, steps_done=done, steps=of, heard_at=now()
        )

    def end(self, status: Status, code: str = "", details: dict[str, Detail] | None = None) -> bool:
        """From running to an end without anything kept, in this attempt. False: another one has the row."""
        mine = type(self)._default_manager.filter(pk=self.pk, attempt=self.attempt, status=Status.RUNNING)
        return bool(mine.update(status=status, failure_code=code, failure_details=details or {}, finished_at=now()))

    def start_again(self) -> bool:
        """From an attempt that nobody carries on to a fresh one, queued. False: it was heard of meanwhile."""
        mine = type(self)._default_manager.filter(
            pk=self.pk, attempt=self.attempt, status=Status.RUNNING, heard_at=self.heard_at
        )
        return bool(
            mine.update(
                status=Status.QUEUED, attempt=self.attempt + 1, queued_at=now(), heard_at=None, started_at=None
            )
        )


RowT = TypeVar("RowT", bound=Brought)


def begin(
    row: RowT,
    quarantine: Quarantine,
    chunks: Iterable[bytes],
    reserve: Callable[[], None],
    queue: Callable[[UUID], None],
) -> RowT:
    """Lay what the row is about into quarantine, store it, and queue its import.

    `reserve` raises where there is no room for it: it is asked before any of it is written, and again in the
    transaction that stores the row. Raises `BadInput` for an empty file. Then nothing of it is kept.
    """
    with transaction.atomic():
        reserve()
    row.status, row.attempt, row.queued_at = Status.QUEUED, 1, now()
    try:
        row.size_bytes = quarantine.put(row.pk, chunks)
        with transaction.atomic():
            reserve()
            row.save(force_insert=True)
            transaction.on_commit(lambda: queue(row.pk))
    except BaseException:
        quarantine.release(row.pk)
        raise
    return row


def cancel(read: Callable[[], RowT], quarantine: Quarantine) -> RowT:
    """Stop the import that `read` gives; one that has ended stays as it ended."""
    for _try in range(CANCEL_TRIES):
        row = read()
        if row.cancel_in_queue():
            quarantine.release(row.pk)
            break
        if row.request_cancel() or not row.is_live:
            break
    return row


class Ended(Exception):
    """The import ends here, and nothing of it is kept but its report."""

    def __init__(self, status: Status, code: str = "", **details: Detail) -> None:
        super().__init__(code)
        self.status, self.code, self.details = status, code, details


class Lost(Exception):
    """Another attempt has the row, or it is gone."""


def ending(error: Exception, disk: str) -> Ended:
    """What an import that was left by an exception ends as; `disk` is the code for what the disk would not do."""
    match error:
        case Ended():
            return error
        case LimitReached():
            return Ended(Status.FAILED, "limit_reached", most=int(error.details.get("most") or 0))
        case FileNotFoundError():
            return Ended(Status.FAILED, "lost_file")
        case OSError():
            logger.exception("import failed", exc_info=error)
            return Ended(Status.FAILED, disk, reason=error.strerror or type(error).__name__)
        case _:
            logger.exception("import failed", exc_info=error)
            return Ended(Status.FAILED, "our_fault")
