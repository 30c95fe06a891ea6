"""Who is in a chat now: characters and people."""

from uuid import UUID

from characters.models import Character, Persona
from chats.models import CastMember, Chat, Part, Participant
from chats.turn_taking import Seat


def cast(chat: Chat) -> list[CastMember]:
    """In the order in which they sit."""
    found = CastMember.objects.filter(chat=chat, left_at=None)
    return list(found.select_related("character__version").defer("character__version__text"))


def present(chat: Chat) -> list[UUID]:
    """The characters who hear what is said."""
    return list(CastMember.objects.filter(chat=chat, left_at=None).values_list("character_id", flat=True))


def seats(chat: Chat) -> list[Seat]:
    return [Seat(one.character_id, one.character.name, one.talkativeness, one.is_muted) for one in cast(chat)]


def people(chat: Chat) -> list[UUID]:
    """The persons who may read what is said."""
    found = Participant.objects.filter(chat=chat, left_at=None).order_by("joined_at")
    return list(found.values_list("user_id", flat=True))


def participants(chat: Chat) -> list[Participant]:
    """The host first, then by when they came."""
    found = Participant.objects.filter(chat=chat, left_at=None).select_related("persona", "user")
    return sorted(found.order_by("joined_at", "pk"), key=lambda one: one.part != Part.OWNER)


def host_persona(chat: Chat) -> Persona:
    return Participant.objects.select_related("persona").get(chat=chat, part=Part.OWNER).persona


def others(chat: Chat, speaker: Character) -> tuple[list[str], list[str]]:
    """The names of the other characters, and of the people, who are there beside a speaker."""
    characters = [one.character.name for one in cast(chat) if one.character_id != speaker.id]
    there = Participant.objects.filter(chat=chat, left_at=None).select_related("persona").order_by("joined_at")
    return characters, [one.persona.name for one in there]
