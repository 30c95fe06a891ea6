"""Until when a fact is true, from what says otherwise and from what its person decided.

It is worked out anew from the rows each time, so that what is taken back leaves no trace: a message that is deleted, a
path that is not told, a decision that is made again.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import now

from memory.models import Contradiction, Decision, Kind, Memory


def put_in_place_of(newer: Memory, older: Memory) -> None:
    """The newer says otherwise, and is what counts."""
    newer.replaces = older
    newer.save(update_fields=["replaces"])
    settle([older.id])
    if not newer.stands:
        return
    # Which of two was true is no question any more once a third takes the place of one.
    for open_one in Contradiction.objects.filter(newer=older, decision=Decision.OPEN).select_related("older", "newer"):
        decide(open_one, Decision.NEWER)


def decide(contradiction: Contradiction, decision: Decision) -> None:
    """Which of the two is true, or that both are; `Decision.OPEN` takes that back."""
    older, newer = contradiction.older, contradiction.newer
    contradiction.decision = decision
    contradiction.decided_at = None if decision == Decision.OPEN else now()
    contradiction.save(update_fields=["decision", "decided_at"])
    if decision == Decision.NEWER and newer.replaces_id is None:
        newer.replaces = older
        newer.save(update_fields=["replaces"])
    elif decision != Decision.NEWER and newer.replaces_id == older.id:
        newer.replaces = None
        newer.save(update_fields=["replaces"])
    settle([older.id, newer.id])


def settle(memory_ids: Collection[UUID]) -> None:
    """Write down until when each of these is true."""
    ends = _ends(memory_ids)
    for memory in Memory.objects.filter(id__in=memory_ids):
        since = memory.valid_from or memory.said_at
        # Never true, if what replaces it counts from the same moment on.
        until = min((max(end, since) for end in ends.get(memory.id, [])), default=None)
        if until != memory.valid_until:
            memory.valid_until = until
            memory.save(update_fields=["valid_until"])


def settle_around(memory_ids: Collection[UUID]) -> None:
    """As `settle`, for what these rows say otherwise."""
    around = set(
        Memory.objects.filter(id__in=memory_ids, replaces__isnull=False).values_list("replaces_id", flat=True)
    )
    decided = Contradiction.objects.filter(Q(older__in=memory_ids) | Q(newer__in=memory_ids))
    for both in decided.exclude(decision=Decision.OPEN).values_list("older_id", "newer_id"):
        around |= set(both)
    settle([one for one in around if one is not None])


def _ends(memory_ids: Collection[UUID]) -> dict[UUID, list[datetime]]:
    ends: dict[UUID, list[datetime]] = {}
    facts = Memory.objects.filter(replaces__in=memory_ids, kind=Kind.FACT, stands=True)
    for older_id, since, said_at in facts.values_list("replaces_id", "valid_from", "said_at"):
        if older_id is not None:
            ends.setdefault(older_id, []).append(since or said_at)
    decided = Contradiction.objects.filter(older__stands=True, newer__stands=True)
    for newer in decided.filter(older__in=memory_ids, decision=Decision.NEWER).select_related("newer"):
        ends.setdefault(newer.older_id, []).append(newer.newer.valid_from or newer.newer.said_at)
    for older in decided.filter(newer__in=memory_ids, decision=Decision.OLDER).select_related("newer"):
        # It was wrong when it was said.
        ends.setdefault(older.newer_id, []).append(older.newer.valid_from or older.newer.said_at)
    return ends
