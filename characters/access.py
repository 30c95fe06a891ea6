"""The only way to get a character or a persona on a user's behalf."""

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from characters.models import Character, Persona
from core.errors import NotFound


def characters_for(user: User) -> QuerySet[Character]:
    """Their own and the built-in ones."""
    return Character.objects.filter(Q(owner=user) | Q(owner=None)).order_by("created_at")


def get_character_for(user: User, character_id: UUID) -> Character:
    try:
        return characters_for(user).get(id=character_id)
    except Character.DoesNotExist:
        raise NotFound from None


def default_persona_for(user: User) -> Persona:
    """Protag, until they choose another; made on first use."""
    persona, _created = Persona.objects.get_or_create(owner=user, is_default=True)
    return persona
