"""What would be forgotten, and the receipts of what was: rows in, values out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import NotFound
from memory import access, erasing, wall
from memory.models import Forgetting, Kind, Memory
from memory.pages.entries import LABELS, Entry, Face, entries, faces
from memory.pages.timeline import Wish, timeline

EXAMPLES, RECEIPTS = 6, 100
SCOPES = {
    "memory": gettext_lazy("One memory"),
    "topic": gettext_lazy("Memories you chose"),
    "range": gettext_lazy("A time"),
    "chat": gettext_lazy("A chat"),
    "character": gettext_lazy("Everything"),
}


@dataclass(frozen=True, slots=True)
class Tally:
    kind: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`asked` is what was asked for, as far as it is shown; `tallies` count also what goes along with it.

    `along` of them only go because they were made of the others, or say the same.
    """

    asked: tuple[Entry, ...]
    tallies: tuple[Tally, ...]
    total: int
    along: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """`face` is None where the character is gone, too."""

    id: UUID
    at: datetime
    scope: str
    face: Face | None
    tallies: tuple[Tally, ...]
    total: int


def by_ids(user: User, character_id: UUID, memory_ids: Collection[UUID]) -> Preview:
    """Those memories. Raises `NotFound` if one of them is none of theirs."""
    rows = access.held_for(user, character_id).filter(id__in=memory_ids).select_related("replaces")
    with wall.inside(user.pk):
        found = list(rows)
    if len(found) != len(set(memory_ids)):
        raise NotFound
    return _preview(user, found, [row.id for row in found])


def by_topic(user: User, character_id: UUID, text: str) -> Preview:
    """What a search for these words shows."""
    found = timeline(user, character_id, Wish(text=text)).entries
    whole = erasing.whole(user.pk, [each.id for each in found])
    return Preview(found, _tallies(_counted(user, whole)), len(whole), len(whole) - len(found))


def by_range(user: User, character_id: UUID, since: datetime, until: datetime) -> Preview:
    return _of(user, access.held_for(user, character_id).filter(said_at__gte=since, said_at__lt=until))


def by_chat(user: User, chat_id: UUID) -> Preview:
    """Of every character that heard it."""
    return _of(user, access.held_for(user).filter(chat_id=chat_id))


def everything(user: User, character_id: UUID) -> Preview:
    rows = access.held_for(user, character_id)
    with wall.inside(user.pk):
        ids = set(rows.values_list("id", flat=True))
        first = list(rows.filter(stands=True).order_by("-said_at").select_related("replaces")[:EXAMPLES])
    return Preview(entries(user, first), _tallies(_counted(user, ids)), len(ids), 0)


def receipts(user: User) -> tuple[Receipt, ...]:
    with wall.inside(user.pk):
        found = list(access.forgettings_for(user)[:RECEIPTS])
    known = faces(user, (row.character_id for row in found if row.character_id is not None))
    return tuple(_receipt(row, known) for row in found)


def receipt(user: User, forgetting_id: UUID) -> Receipt:
    """Raises `NotFound`."""
    row = access.get_forgetting_for(user, forgetting_id)
    return _receipt(row, faces(user, [row.character_id] if row.character_id is not None else []))


def scope_label(scope: str) -> str:
    return str(SCOPES.get(scope, _("Memories")))


def _of(user: User, rows: QuerySet[Memory]) -> Preview:
    with wall.inside(user.pk):
        ids = list(rows.order_by().values_list("id", flat=True))
        first = list(rows.filter(stands=True).order_by("-said_at", "-id").select_related("replaces")[:EXAMPLES])
    return _preview(user, first, ids)


def _preview(user: User, shown: Sequence[Memory], memory_ids: Collection[UUID]) -> Preview:
    whole = erasing.whole(user.pk, memory_ids)
    return Preview(entries(user, shown), _tallies(_counted(user, whole)), len(whole), len(whole) - len(memory_ids))


def _counted(user: User, memory_ids: Collection[UUID]) -> dict[str, int]:
    rows = access.held_for(user).filter(id__in=memory_ids).order_by()
    with wall.inside(user.pk):
        return dict(rows.values_list("kind").annotate(n=Count("id")))


def _tallies(counts: Mapping[str, int]) -> tuple[Tally, ...]:
    return tuple(Tally(kind.value, str(LABELS[kind]), counts[kind]) for kind in Kind if counts.get(kind))


def _receipt(row: Forgetting, known: Mapping[UUID, Face]) -> Receipt:
    whose = known.get(row.character_id) if row.character_id is not None else None
    return Receipt(row.id, row.at, scope_label(row.scope), whose, _tallies(row.counts), sum(row.counts.values()))
