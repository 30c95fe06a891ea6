"""Verbs on lorebooks: make one, save it, have it everywhere, delete it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import hold
from accounts.models import User
from characters import access, limits, texts
from characters.lore import writing
from characters.lore.entry import Book
from characters.models import Lorebook
from characters.report import Refused, sentence
from core.errors import BadInput, Conflict

NAME_LENGTH = 120


def create_lorebook(user: User, book: Book) -> Lorebook:
    """Raises `BadInput` or `LimitReached`."""
    text = _text(book)
    with transaction.atomic():
        limits.reserve_lorebook(user)
        return Lorebook.objects.create(owner=user, name=texts.title(book.name or "", NAME_LENGTH), text=text)


def save_lorebook(user: User, lorebook_id: UUID, book: Book, base: datetime | None = None) -> Lorebook:
    """`base` is when what was edited was saved: raises `Conflict` if it was saved again since, so that two windows do
    not undo each other. Raises `NotFound` or `BadInput`."""
    text = _text(book)
    with transaction.atomic():
        hold(user)
        row = access.get_lorebook_for(user, lorebook_id)
        if base is not None and row.updated_at != base:
            raise Conflict(_("This lorebook was saved elsewhere meanwhile. What you wrote is still here."))
        row.name, row.text = texts.title(book.name or "", NAME_LENGTH), text
        row.save(update_fields=["name", "text", "updated_at"])
    return row


def set_global(user: User, lorebook_id: UUID, *, wanted: bool) -> Lorebook:
    """For all of their chats, or only for those that it is put into. Raises `NotFound`."""
    row = access.get_lorebook_for(user, lorebook_id)
    Lorebook.objects.filter(id=row.id).update(is_global=wanted)
    row.is_global = wanted
    return row


def delete_lorebook(user: User, lorebook_id: UUID) -> None:
    """For good, and out of the chats that had it. Raises `NotFound`."""
    access.get_lorebook_for(user, lorebook_id).delete()


def check(book: Book) -> None:
    """Raises `BadInput` for one that is too large, or cannot be stored."""
    _text(book)


def _text(book: Book) -> str:
    try:
        return writing.stored(book)
    except Refused as refused:
        raise BadInput(sentence(refused, _)) from refused
