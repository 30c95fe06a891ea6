"""Hints that chats send."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCreated(Event):
    type: ClassVar[str] = "message.created"
    message_id: UUID
    reply_id: UUID
