"""Who answers, and the rows of their replies. A reply is told later, by a turn."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.timezone import now

from chats import company, turn_taking
from chats.events import MessageCreated
from chats.models import Chat, Message, Role, TurnTaking
from chats.tree import follow, path_to
from chats.turn_taking import Table
from core.events import publish_on_commit
from core.jobs import Status
from core.json import JsonObject
from memory.working import mark_busy

# How far back it is looked for who spoke since a person did.
ROUND_MESSAGES = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants replies, and of whom. `key` is the first one's; `persona_id` whom they speak to, if not the message's.
    `opening` is what it goes on from. `is_directed`: who speaks is for the model to say. `wishes`: chats/wishes.py."""

    owner_id: UUID
    speakers: Sequence[UUID]
    key: UUID | None = None
    persona_id: UUID | None = None
    opening: str = ""
    is_directed: bool = False
    wishes: JsonObject | None = None


def add_replies(chat: Chat, message: Message, asked: Asked) -> list[Message]:
    """One after the other, behind `message`; they are shown, and open pages are told. The chat must be locked, and the
    path to `message` shown."""
    replies: list[Message] = []
    last = message
    for speaker in asked.speakers:
        last = Message.objects.create(
            owner_id=asked.owner_id,
            chat=chat,
            parent=last,
            role=Role.CHARACTER,
            persona_id=asked.persona_id or message.persona_id,
            character_id=speaker,
            key=asked.key if not replies else None,
            status=Status.QUEUED,
            attempt=1,
            queued_at=now(),
            text=asked.opening,
            opening=asked.opening,
            is_directed=asked.is_directed,
            wishes=asked.wishes,
            **place_after(chat, last),
        )
        follow(chat, last)
        replies.append(last)
        # Until it is there nothing is dreamt, written or told in short beside it.
        transaction.on_commit(partial(mark_busy, asked.owner_id, speaker))
    chat.active_at = now()
    chat.save(update_fields=["leaf", "active_at"])
    publish_on_commit(chat.group, MessageCreated(message_id=message.id, reply_ids=tuple(one.id for one in replies)))
    return replies


def place_after(chat: Chat, before: Message | None) -> dict[str, int | list[UUID]]:
    """Where a message stands behind this one, and who is there to hear it."""
    heard: dict[str, int | list[UUID]] = {"witnesses": company.present(chat), "people": company.people(chat)}
    if before is None:
        return heard
    replies = before.replies_before + (before.role == Role.CHARACTER)
    return heard | {"depth": before.depth + 1, "replies_before": replies}


def speakers_for(chat: Chat, text: str, *, anyone: bool = False) -> list[UUID]:
    """Who answers, by the chat's way of taking turns. `anyone`: somebody shall, even where nobody was called on."""
    seats = tuple(company.seats(chat))
    is_asked = anyone or chat.turn_taking != TurnTaking.MANUAL
    if len(seats) < 2 and (is_asked or len(company.people(chat)) < 2):
        return [seat.id for seat in seats if not seat.is_muted]
    table = Table(seats, *_spoken(chat))
    # Whoever spoke last may answer what a person says to it, and does not answer itself.
    is_own_word = anyone and chat.leaf is not None and chat.leaf.role == Role.CHARACTER
    answering = table if is_own_word else replace(table, last=None)
    chance = random.Random(uuid4().int)  # noqa: S311  chance, not a secret
    match chat.turn_taking:
        case TurnTaking.ROUND_ROBIN:
            return turn_taking.round_robin(table, chat.speakers_most)
        case TurnTaking.POOLED:
            return turn_taking.pooled(table, chat.speakers_most, chance)
        case TurnTaking.MANUAL if not is_asked:
            return []
        case TurnTaking.DIRECTOR:
            return turn_taking.natural(answering, text, 1, chance)
        case _:
            return turn_taking.natural(answering, text, chat.speakers_most, chance)


def is_directed_by_model(chat: Chat, speakers: Sequence[UUID]) -> bool:
    return bool(speakers) and chat.turn_taking == TurnTaking.DIRECTOR and len(company.present(chat)) > 1


def _spoken(chat: Chat) -> tuple[UUID | None, frozenset[UUID]]:
    """Who spoke last, and who did since a person last said something."""
    last: UUID | None = None
    spoken: set[UUID] = set()
    for message in reversed(path_to(chat.leaf_id, limit=ROUND_MESSAGES)):
        if message.role == Role.USER:
            if last is not None:
                break
            continue
        last = last or message.character_id
        spoken.add(message.character_id)
    return last, frozenset(spoken)
