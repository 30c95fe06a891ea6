"""Which of the messages of a chat are told now. What was made of one that is not told any more is not either."""

from collections.abc import Collection
from functools import partial
from uuid import UUID

from django.db import transaction

from memory import working
from memory.holding import hold
from memory.models import DERIVED, Kind, Memory
from memory.truth import validity

MADE = (Kind.FACT, Kind.LORE, *DERIVED)


def stand(chat_id: UUID, standing: Collection[UUID], fallen: Collection[UUID]) -> None:
    """These messages of a chat are told now, and those are not. Both by `source_id`; the others stay as they are."""
    with transaction.atomic():
        rows = Memory.objects.filter(chat_id=chat_id, kind=Kind.EXCHANGE)
        rising = rows.filter(source_id__in=standing, stands=False)
        falling = rows.filter(source_id__in=fallen, stands=True)
        owners = set((rising | falling).values_list("owner", flat=True))
        # Nothing is learned from them meanwhile.
        hold(owners)
        for does_stand, moved in ((True, rising), (False, falling)):
            found = list(moved.values_list("id", "owner", "character"))
            ids = {memory_id for memory_id, _owner_id, _character_id in found}
            Memory.objects.filter(id__in=ids).update(stands=does_stand)
            if ids:
                _move_what_was_made(owners, ids)
            for owner_id in {row[1] for row in found}:
                places = {(row[2], chat_id) for row in found if row[1] == owner_id}
                transaction.on_commit(partial(working.forget_sessions, owner_id, list(places)))


def _move_what_was_made(owners: Collection[UUID], moved: set[UUID]) -> None:
    """What was made of several stands as long as all of them do."""
    made = dict(
        Memory.objects.filter(owner__in=owners, kind__in=MADE).exclude(sources=[]).values_list("id", "sources")
    )
    facts: set[UUID] = set()
    while moved:
        touched = {memory_id: sources for memory_id, sources in made.items() if not moved.isdisjoint(sources)}
        needed = {source for sources in touched.values() for source in sources}
        there = set(Memory.objects.filter(id__in=needed, stands=True).values_list("id", flat=True))
        up = {memory_id for memory_id, sources in touched.items() if there.issuperset(sources)}
        moved = set()
        for does_stand, ids in ((True, up), (False, touched.keys() - up)):
            rows = Memory.objects.filter(id__in=ids).exclude(stands=does_stand)
            changed = set(rows.values_list("id", flat=True))
            Memory.objects.filter(id__in=changed).update(stands=does_stand)
            moved |= changed
        facts |= moved
    validity.settle_around(facts)
