"""Hints that chats send."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCreated(Event):
    """`reply_ids` are those that will answer it, in their order."""

    type: ClassVar[str] = "message.created"
    message_id: UUID
    reply_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageChanged(Event):
    """Who says it, for one, has only now been decided."""

    type: ClassVar[str] = "message.changed"
    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMoved(Event):
    """Another path is shown, which ends with `leaf_id`."""

    type: ClassVar[str] = "chat.moved"
    leaf_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CastChanged(Event):
    """Somebody came, left, or is to speak more or less."""

    type: ClassVar[str] = "cast.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleChanged(Event):
    """A person was invited, came, left, or may do something else now."""

    type: ClassVar[str] = "people.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(Event):
    """These persons have the chat open."""

    type: ClassVar[str] = "presence.changed"
    people: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTyping(Event):
    """Somebody is writing a message; `name` is their persona's."""

    type: ClassVar[str] = "person.typing"
    person_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionReady(Event):
    """A suggestion has ended, well or not."""

    type: ClassVar[str] = "suggestion.ready"
    suggestion_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatChanged(Event):
    """Something was said in one of their chats, or it stands elsewhere in their list."""

    type: ClassVar[str] = "chat.changed"
    chat_id: UUID
