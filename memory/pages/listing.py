"""Rows as the REST doors list them, read inside the wall."""

from uuid import UUID

from accounts.models import User
from memory import access, wall
from memory.models import Contradiction, Forgetting, MindEvent


def contradictions(user: User, character_id: UUID | None, most: int) -> list[Contradiction]:
    """Those to decide first, with both memories."""
    with wall.inside(user.pk):
        return list(access.contradictions_for(user, character_id)[:most])


def receipts(user: User, character_id: UUID | None, most: int) -> list[Forgetting]:
    """The newest first."""
    with wall.inside(user.pk):
        return list(access.forgettings_for(user, character_id)[:most])


def mind_events(user: User, character_id: UUID, before: int | None, most: int) -> list[MindEvent]:
    """The newest first; `before` is the number of the last one that the reader has."""
    rows = access.mind_events_for(user, character_id)
    with wall.inside(user.pk):
        return list((rows if before is None else rows.filter(number__lt=before))[:most])
