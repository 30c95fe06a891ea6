"""Verbs on imports of chats: bring a file, and think better of it."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.access import hold
from accounts.models import User
from characters.access import get_character_for
from chats import access, files, tasks
from chats.formats.report import shortened
from chats.importing import forget_made
from chats.models import ChatImport
from core import bringing
from core.errors import LimitReached
from core.jobs import LIVE, Status

# Of one person, waiting or running: in quarantine they take this much together at most.
MOST_LIVE, MOST_LIVE_BYTES = 50, 2**30
LONGEST_FILE_NAME = 200


def start_import(user: User, file_name: str, chunks: Iterable[bytes], character_id: UUID | None = None) -> ChatImport:
    """Put a file into quarantine and let a worker look at it. Its name is kept for people to read, and for no path.

    `character_id`: whom its chats are with; None for whoever the file names. Raises `NotFound`, `LimitReached` or
    `BadInput`; then nothing of it is kept.
    """
    character = get_character_for(user, character_id) if character_id is not None else None
    row = ChatImport(
        id=uuid4(),
        owner=user,
        character=character,
        file_name=shortened(file_name.replace("\\", "/").rpartition("/")[2], LONGEST_FILE_NAME) or _("Nameless"),
    )
    return bringing.begin(row, files.QUARANTINE, chunks, lambda: _refuse_one_too_many(user), tasks.queue_chat_import)


def cancel_import(user: User, import_id: UUID) -> ChatImport:
    """Stop; nothing of it is kept. One that has ended stays as it ended. Raises `NotFound`."""
    row = bringing.cancel(lambda: access.get_chat_import_for(user, import_id), files.QUARANTINE)
    if row.status == Status.CANCELLED:
        # It may have waited for its second attempt.
        forget_made(row)
    return row


def _refuse_one_too_many(user: User) -> None:
    """Raises `LimitReached`. Until the transaction ends nobody else takes the last place."""
    hold(user)
    live = access.chat_imports_for(user).filter(status__in=LIVE).order_by()
    if live.count() >= MOST_LIVE or (live.aggregate(size=Sum("size_bytes"))["size"] or 0) >= MOST_LIVE_BYTES:
        sentence = _("Many of your files are waiting to be read. Bring more when they are done.")
        raise LimitReached(sentence, most=MOST_LIVE)
