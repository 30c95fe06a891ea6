"""Which of two facts is true, where the character could not tell."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.events import group_of_person, publish_on_commit
from memory import access
from memory.events import MemoryKept
from memory.holding import hold
from memory.models import Contradiction, Decision
from memory.truth import validity


def decide_contradiction(user: User, contradiction_id: UUID, decision: Decision) -> Contradiction:
    """The newer one, the older one, or both; `Decision.OPEN` to leave it open again. Deciding again undoes what was
    decided before. Raises `NotFound`."""
    with transaction.atomic():
        hold([user.id])
        contradiction = access.lock_contradiction_for(user, contradiction_id)
        validity.decide(contradiction, decision)
        publish_on_commit(group_of_person(user.id), MemoryKept(character_id=contradiction.character_id))
    return contradiction
