"""What people who share a chat are told of one another: who has it open, who is writing. Of one alone, nothing."""

from contextlib import suppress
from uuid import UUID

from django.db import OperationalError

from accounts.models import User
from chats import access, presence
from chats.events import PersonTyping, PresenceChanged
from chats.models import Chat, Participant
from core.errors import CognitiaError
from core.events import publish


def enter(chat_id: UUID, user_id: UUID, page: str) -> None:
    """A page is there, for a minute to come."""
    if presence.enter(chat_id, user_id, page):
        _tell(chat_id)


def leave(chat_id: UUID, user_id: UUID, page: str) -> None:
    """A page is closed. The others are not told of it while the database is away."""
    with suppress(OperationalError):
        if presence.leave(chat_id, user_id, page):
            _tell(chat_id)


def here(user: User, chat_id: UUID) -> frozenset[UUID]:
    """The persons who have it open. Raises `NotFound`."""
    access.get_participation_for(user, chat_id)
    return presence.here(chat_id)


def say_typing(user: User, chat_id: UUID) -> None:
    """Tell the others. Of somebody who may not write here, or is alone, nothing is told."""
    try:
        there = access.get_participation_for(user, chat_id, access.WRITERS)
    except CognitiaError:
        return
    if _is_shared(chat_id):
        publish(Chat.group_of(chat_id), PersonTyping(person_id=user.id, name=there.persona.name))


def _tell(chat_id: UUID) -> None:
    if _is_shared(chat_id):
        people = tuple(sorted(presence.here(chat_id), key=str))
        publish(Chat.group_of(chat_id), PresenceChanged(people=people))


def _is_shared(chat_id: UUID) -> bool:
    return Participant.objects.filter(chat_id=chat_id, left_at=None)[1:2].exists()
