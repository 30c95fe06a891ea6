"""What a character is to have in mind whenever there is room."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import ngettext

from accounts.models import User
from core.errors import LimitReached
from core.events import group_of_person, publish_on_commit
from memory import access
from memory.events import MemoryKept
from memory.holding import hold
from memory.models import Memory

MOST_PINNED = 50


def pin_memory(user: User, memory_id: UUID) -> Memory:
    """Raises `NotFound`, or `LimitReached` where as many as may be are pinned with this character."""
    with transaction.atomic():
        hold([user.id])
        memory = access.lock_memory_for(user, memory_id)
        pinned = access.held_for(user, memory.character_id).filter(is_pinned=True)
        if not memory.is_pinned and pinned.count() >= MOST_PINNED:
            raise LimitReached(
                ngettext(
                    "You have pinned %(most)d memory. Unpin it first.",
                    "You have pinned %(most)d memories. Unpin one first.",
                    MOST_PINNED,
                )
                % {"most": MOST_PINNED},
                most=MOST_PINNED,
            )
        return _set(user, memory, True)


def unpin_memory(user: User, memory_id: UUID) -> Memory:
    """Raises `NotFound`."""
    with transaction.atomic():
        return _set(user, access.lock_memory_for(user, memory_id), False)


def _set(user: User, memory: Memory, is_pinned: bool) -> Memory:
    memory.is_pinned = is_pinned
    memory.save(update_fields=["is_pinned"])
    publish_on_commit(group_of_person(user.id), MemoryKept(character_id=memory.character_id))
    return memory
