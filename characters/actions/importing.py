"""Verbs on imports: bring a file, and think better of it."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from characters import access, files, limits, tasks
from characters.models import Import
from characters.report import shortened
from core.errors import BadInput, LimitReached
from core.jobs import LIVE, Status

# Of one person, waiting or running: each is up to 32 MiB in quarantine.
MOST_LIVE = 20
LONGEST_FILE_NAME = 200
CANCEL_TRIES = 3


def start_import(user: User, file_name: str, chunks: Iterable[bytes]) -> Import:
    """Put a file into quarantine and let a worker look at it. Its name is kept for people to read, and for no path.

    Raises `LimitReached` or `BadInput`; then nothing of it is kept.
    """
    with transaction.atomic():  # before any of it is written
        _refuse_one_too_many(user)
    row = Import(
        id=uuid4(),
        owner=user,
        file_name=shortened(file_name.replace("\\", "/").rpartition("/")[2], LONGEST_FILE_NAME) or _("Nameless"),
        status=Status.QUEUED,
        attempt=1,
        queued_at=now(),
    )
    try:
        row.size_bytes = _quarantined(row.id, chunks)
        with transaction.atomic():
            _refuse_one_too_many(user)
            row.save(force_insert=True)
            transaction.on_commit(lambda: tasks.queue_import(row.id))
    except BaseException:
        files.QUARANTINE.release(row.id)
        raise
    return row


def cancel_import(user: User, import_id: UUID) -> Import:
    """Stop; nothing of it is kept. One that has ended stays as it ended. Raises `NotFound`."""
    for _try in range(CANCEL_TRIES):
        row = access.get_import_for(user, import_id)
        if row.cancel_in_queue():
            files.QUARANTINE.release(row.id)
            break
        if row.request_cancel() or not row.is_live:
            break
    return row


def _quarantined(import_id: UUID, chunks: Iterable[bytes]) -> int:
    """Raises `BadInput` for an empty file."""
    size = files.QUARANTINE.put(import_id, chunks)
    if not size:
        raise BadInput(_("The file is empty."))
    return size


def _refuse_one_too_many(user: User) -> None:
    """Raises `LimitReached`. Until the transaction ends nobody else takes the last place."""
    limits.reserve_character(user)
    if access.imports_for(user).filter(status__in=LIVE).count() >= MOST_LIVE:
        sentence = _("%(most)d of your files are waiting to be read. Bring more when they are done.")
        raise LimitReached(sentence % {"most": MOST_LIVE}, most=MOST_LIVE)
