"""Hints that memory sends to the open pages of one person, and what it tells other programs."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import redis

from core.events import Event
from core.redis import client

logger = logging.getLogger(__name__)

# Whoever has been let into this Redis may listen; nothing of Cognitia's own does.
TURNS_CHANNEL = "conversation_turns"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryKept(Event):
    """This character has more to remember of them, or something else: a correction, a pin, a decision."""

    type: ClassVar[str] = "memory.kept"
    character_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryForgotten(Event):
    """This character has forgotten something. `forgetting_id` is the receipt."""

    type: ClassVar[str] = "memory.forgotten"
    character_id: UUID
    forgetting_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MindChanged(Event):
    """How this character feels about them now, in percent; `message_id` is the reply that moved it, if one did."""

    type: ClassVar[str] = "mind.changed"
    character_id: UUID
    message_id: UUID | None
    mood: str
    mood_value: int
    energy: int
    focus: int
    clarity: int
    affection: int
    is_frozen: bool


def publish_turn(user_id: UUID, character_id: UUID, user_message: str, ai_response: str, at: datetime) -> None:
    """Tell whoever listens what was said and answered. A turn that nobody hears is lost: the rows have it."""
    turn = {
        "user_id": str(user_id),
        "character_id": str(character_id),
        "user_message": user_message,
        "ai_response": ai_response,
        "timestamp": at.timestamp(),
    }
    try:
        client().publish(TURNS_CHANNEL, json.dumps(turn))
    except redis.RedisError as error:
        logger.warning("turn not published: %s", error)
