"""The only way to memories on a user's behalf. A stranger gets what a typo gets.

Whose a character is counts for nothing here: people remember with built-in and public ones, too. What counts is the
owner of the memory. What these functions answer as a row was read inside the wall (`memory.wall`); what they answer as
a query is to be read there by whoever asks.
"""

from typing import TypeVar
from uuid import UUID

from django.db import models
from django.db.models import QuerySet

from accounts.models import User
from core.rows import one
from memory import wall
from memory.models import Contradiction, Forgetting, Memory, Mind, MindEvent

RowT = TypeVar("RowT", bound=models.Model)


def held_for(user: User, character_id: UUID | None = None) -> QuerySet[Memory]:
    """All that is stored of theirs, of one character or of all."""
    return _of(Memory.objects.filter(owner=user), character_id)


def memories_for(user: User, character_id: UUID | None = None) -> QuerySet[Memory]:
    """What counts now, the newest first: not what was deleted, nor what stands on a path that is not told."""
    return held_for(user, character_id).filter(stands=True).order_by("-said_at", "-id")


def get_memory_for(user: User, memory_id: UUID) -> Memory:
    with wall.inside(user.id):
        return one(held_for(user), id=memory_id)


def lock_memory_for(user: User, memory_id: UUID) -> Memory:
    """The memory, held until the transaction ends. Raises `NotFound`."""
    # Without joins, and not inside the wall: nothing can be held there.
    return one(held_for(user).select_for_update(no_key=True), id=memory_id)


def get_mind_for(user: User, character_id: UUID) -> Mind:
    """How this character feels about them; `NotFound` also before anything has moved it."""
    with wall.inside(user.id):
        return one(Mind.objects.filter(owner=user), character_id=character_id)


def lock_mind_for(user: User, character_id: UUID) -> Mind:
    """As `get_mind_for`, held until the transaction ends."""
    return one(Mind.objects.select_for_update(no_key=True).filter(owner=user), character_id=character_id)


def mind_events_for(user: User, character_id: UUID) -> QuerySet[MindEvent]:
    """What moved a mind, the newest first."""
    found = MindEvent.objects.filter(owner=user, mind__owner=user, mind__character_id=character_id)
    return found.order_by("-number")


def contradictions_for(user: User, character_id: UUID | None = None) -> QuerySet[Contradiction]:
    """Those to decide first, each group with the newest first. `older` and `newer` are read along."""
    found = Contradiction.objects.filter(owner=user, older__stands=True, newer__stands=True)
    # "" is before any decision.
    return _of(found.select_related("older", "newer"), character_id).order_by("decision", "-created_at", "-id")


def get_contradiction_for(user: User, contradiction_id: UUID) -> Contradiction:
    with wall.inside(user.id):
        return one(contradictions_for(user), id=contradiction_id)


def lock_contradiction_for(user: User, contradiction_id: UUID) -> Contradiction:
    """The contradiction, held until the transaction ends. Raises `NotFound`."""
    found = Contradiction.objects.select_for_update(no_key=True).filter(owner=user)
    return one(found, id=contradiction_id)


def forgettings_for(user: User, character_id: UUID | None = None) -> QuerySet[Forgetting]:
    """Receipts of what they had forgotten, the newest first."""
    return _of(Forgetting.objects.filter(owner=user), character_id).order_by("-at", "-id")


def get_forgetting_for(user: User, forgetting_id: UUID) -> Forgetting:
    with wall.inside(user.id):
        return one(forgettings_for(user), id=forgetting_id)


def _of(rows: QuerySet[RowT], character_id: UUID | None) -> QuerySet[RowT]:
    return rows if character_id is None else rows.filter(character_id=character_id)
