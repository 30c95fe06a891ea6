"""What a page may send over its socket, and what it hears back. In prose: docs/protocol.md."""

import json
from dataclasses import dataclass
from typing import NotRequired, TypedDict
from uuid import UUID

from core.errors import BadInput, ErrorBody

# Longer numbers are none that a log could have given.
FIRST_NO_PLACE = 10**12


@dataclass(frozen=True, slots=True)
class SendMessage:
    """`after`: the newest message that the page shows. `speaker`: the character who shall answer."""

    key: UUID
    text: str
    after: UUID | None = None
    speaker: UUID | None = None


@dataclass(frozen=True, slots=True)
class Subscribe:
    reply_id: UUID
    after: int


@dataclass(frozen=True, slots=True)
class Acknowledge:
    reply_id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class CancelReply:
    reply_id: UUID


@dataclass(frozen=True, slots=True)
class Typing:
    """Its person is writing: a page says so every few seconds, as long as they do."""


@dataclass(frozen=True, slots=True)
class Read:
    """Its person has seen all that there is."""


@dataclass(frozen=True, slots=True)
class Pong:
    pass


@dataclass(frozen=True, slots=True)
class PlainMessage:
    text: str
    character_id: UUID
    user_id: str | None


Frame = SendMessage | Subscribe | Acknowledge | CancelReply | Typing | Read | Pong


class ServerFrame(TypedDict):
    type: str
    key: NotRequired[str]
    message_id: NotRequired[str]
    reply_id: NotRequired[str]
    reply_ids: NotRequired[list[str]]
    last_message_id: NotRequired[str | None]
    live: NotRequired[list[str]]
    error: NotRequired[ErrorBody]


def parse(text: str) -> Frame:
    """Raises `BadInput` for whatever is none of the frames above."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput("A frame must be a JSON object.") from None
    try:
        match raw:
            case {"type": "message.send", "key": str(key), "text": str(message)}:
                return SendMessage(UUID(key), message, _id(raw, "after"), _id(raw, "speaker"))
            case {"type": "reply.subscribe", "reply_id": str(reply_id), "after": int(after)} if _is_place(after):
                return Subscribe(UUID(reply_id), after)
            case {"type": "reply.ack", "reply_id": str(reply_id), "seq": int(seq)} if _is_place(seq):
                return Acknowledge(UUID(reply_id), seq)
            case {"type": "reply.cancel", "reply_id": str(reply_id)}:
                return CancelReply(UUID(reply_id))
            case {"type": "typing"}:
                return Typing()
            case {"type": "chat.read"}:
                return Read()
            case {"type": "pong"}:
                return Pong()
    except ValueError:
        raise BadInput("An id in this frame is not a UUID.") from None
    name = raw.get("type") if isinstance(raw, dict) else None
    raise BadInput("This frame is not known, or a field is missing or of the wrong kind.", type=str(name)[:40])


def parse_plain(text: str) -> PlainMessage:
    """What a program says on /ws/chat. Raises `BadInput`."""
    try:
        match json.loads(text):
            case {"message": str(message), "character_id": str(character_id), **rest}:
                user_id = rest.get("user_id")
                return PlainMessage(message, UUID(character_id), None if user_id is None else str(user_id))
    except (ValueError, RecursionError):
        raise BadInput("A frame must be a JSON object, and character_id a UUID.") from None
    raise BadInput("A frame needs a message and a character_id.")


def _id(raw: dict[str, object], name: str) -> UUID | None:
    """Raises `ValueError`."""
    value = raw.get(name)
    return UUID(str(value)) if value is not None else None


def _is_place(number: int) -> bool:
    return type(number) is int and 0 <= number < FIRST_NO_PLACE
