"""Verbs on imports: bring a file, and think better of it."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from accounts.models import User
from characters import access, files, limits, tasks
from characters.models import Import
from characters.report import shortened
from core import bringing
from core.errors import LimitReached
from core.jobs import LIVE

# Of one person, waiting or running: each is up to 32 MiB in quarantine.
MOST_LIVE = 20
LONGEST_FILE_NAME = 200


def start_import(user: User, file_name: str, chunks: Iterable[bytes]) -> Import:
    """Put a file into quarantine and let a worker look at it. Its name is kept for people to read, and for no path.

    Raises `LimitReached` or `BadInput`; then nothing of it is kept.
    """
    row = Import(
        id=uuid4(),
        owner=user,
        file_name=shortened(file_name.replace("\\", "/").rpartition("/")[2], LONGEST_FILE_NAME) or _("Nameless"),
    )
    return bringing.begin(row, files.QUARANTINE, chunks, lambda: _refuse_one_too_many(user), tasks.queue_import)


def cancel_import(user: User, import_id: UUID) -> Import:
    """Stop; nothing of it is kept. One that has ended stays as it ended. Raises `NotFound`."""
    return bringing.cancel(lambda: access.get_import_for(user, import_id), files.QUARANTINE)


def _refuse_one_too_many(user: User) -> None:
    """Raises `LimitReached`. Until the transaction ends nobody else takes the last place."""
    limits.reserve_character(user)
    if access.imports_for(user).filter(status__in=LIVE).count() >= MOST_LIVE:
        sentence = _("%(most)d of your files are waiting to be read. Bring more when they are done.")
        raise LimitReached(sentence % {"most": MOST_LIVE}, most=MOST_LIVE)
