"""Asking for the map to be drawn anew."""

from uuid import UUID

from accounts.models import User
from core.errors import NotFound
from memory import access, tasks


def draw_map(user: User, character_id: UUID) -> None:
    """Queue it. Raises `NotFound` where nothing is remembered."""
    if not access.held_for(user, character_id).exists():
        raise NotFound
    tasks.queue_mapping(user.pk, character_id)
