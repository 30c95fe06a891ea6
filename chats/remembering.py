"""What was said in a chat becomes memory, once it has been said: never in the way of a reply."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now

from chats import recollecting, staging, tree
from chats.models import Chat, Message, MessageMemory, Role
from core import jobs
from core.database import ROW_SECONDS, brief_connection, insisting
from core.jobs import LIVE
from core.redis import client, locked
from inference.errors import InferenceError
from memory import working
from memory.actions.keeping import keep
from memory.actions.standing import stand
from memory.actions.telling import write_chapters
from memory.embedding import run_embedding
from memory.exchange import LONGEST, Said
from memory.models import Kind, Memory, Speaker
from memory.truth.linking import run_linking

logger = logging.getLogger(__name__)

# So many at a time: a chat that was brought along waits its turn between those that are going on.
BATCH = 50
# Far above what they take on a busy machine.
LOCK_SECONDS = 120
# What is said after a longer silence does not go on from what was said before it.
SITTING = timedelta(hours=6)
# The task of each reply is queued when it ends; what was not remembered by then, somebody missed.
MISSED = timedelta(seconds=30)
MOST_CHATS = 50
WHOLE = ("parent", "persona", "character__version")


def run_remembering(chat_id: UUID) -> list[UUID]:
    """Tell memory what was said in this chat and which of it stands. Answers the chat if more of it waits.

    Safe to call twice, also at once, and for a chat that is gone. Raises `redis.RedisError`.
    """
    jobs.forget_queued(chat_id)
    # Whoever finds somebody at it leaves this behind, and that one looks again: the chat has changed since it looked.
    again = f"remembering:{chat_id}:again"
    client().set(again, 1, ex=LOCK_SECONDS)
    with locked(f"remembering:{chat_id}", LOCK_SECONDS) as is_mine:
        if not is_mine:
            return []
        client().delete(again)
        _remember(chat_id)
    with brief_connection():
        more = _awaiting().filter(chat=chat_id).exists()
    return [chat_id] if client().getdel(again) or more else []


def _remember(chat_id: UUID) -> None:
    with brief_connection():
        chat = Chat.objects.filter(id=chat_id).first()
        if chat is None:
            return
        told = list(_awaiting().filter(chat=chat).select_related(*WHOLE).order_by("created_at")[:BATCH])
        standing = _standing(chat)
        kept = _keep(chat, told, standing)
        _settle(chat, standing)
    try:
        run_embedding(kept)
    except InferenceError as error:
        # Their vectors are made up for later; only what they make untrue is then not linked to them by meaning.
        logger.warning("not embedded yet: %s", error, extra={"chat": str(chat_id)})
    with brief_connection():
        run_linking(kept)
        _write_chapters(chat, told)
        for reply in told:
            recollecting.feel(reply)


def chats_of(reply_id: UUID) -> list[UUID]:
    """The chat of this reply, if memory waits for it."""
    return insisting(lambda: list(_awaiting().filter(id=reply_id).values_list("chat_id", flat=True)), ROW_SECONDS)


def run_resuming() -> list[UUID]:
    """Chats in which something was said that memory was not told of. Raises `redis.RedisError`."""
    missed = _awaiting().filter(created_at__lt=now() - MISSED)
    found = missed.order_by("chat_id").values_list("chat_id", flat=True).distinct()
    return jobs.without_task(found[:MOST_CHATS])


def _awaiting() -> QuerySet[Message]:
    """What is whole, and was not deleted."""
    return Message.objects.filter(awaits_memory=True, trash=None).exclude(status__in=LIVE)


def _standing(chat: Chat) -> set[UUID]:
    """The messages of the path that is shown. What stands on others was not said after all."""
    if chat.trashed_at is not None:
        return set()
    hidden = Message.objects.filter(chat=chat, is_hidden=True).values_list("id", flat=True)
    return set(tree.ids_to(chat.leaf_id)).difference(hidden)


def _keep(chat: Chat, told: list[Message], standing: set[UUID]) -> list[UUID]:
    said = [one for message in told if _is_remembered(chat, message) for one in _said(chat, message, standing)]
    # What the speaker was reminded of is not learned anew from its echo.
    before = [message.parent_id for message in told if message.parent_id is not None]
    recalled = MessageMemory.objects.filter(message__in=before).values_list("memory__text", flat=True)
    with transaction.atomic():
        kept = keep(said, list(recalled))
        Message.objects.filter(id__in=[message.id for message in told]).update(awaits_memory=False)
    for one in said:
        # An old chat that was brought along is no session of today.
        if one.said_at > now() - working.KEPT:
            working.noted(one)
    return kept


def _is_remembered(chat: Chat, message: Message) -> bool:
    """A greeting is the card's, word for word in every chat: nobody has to remember that."""
    return chat.remembers and bool(message.text.strip()) and message.greeting is None


def _said(chat: Chat, message: Message, standing: set[UUID]) -> Iterator[Said]:
    """For each person who was there, what they and the characters remember of it."""
    is_persons = message.role == Role.USER
    before = message.parent
    goes_on = before is not None and message.created_at - before.created_at < SITTING
    people = _heard_by(chat, message)
    for person in people:
        yield Said(
            owner_id=person,
            source_id=message.id,
            chat_id=chat.id,
            speaker=Speaker.PERSON if is_persons else Speaker.CHARACTER,
            author_id=message.owner_id if is_persons else message.character_id,
            spoken_by=staging.speaker_of(message),
            text=message.text[:LONGEST],
            said_at=message.created_at,
            witnesses=tuple(message.witnesses),
            people=people,
            follows=before.id if before is not None and goes_on else None,
            stands=message.id in standing,
        )


def _settle(chat: Chat, standing: set[UUID]) -> None:
    said = Memory.objects.filter(chat_id=chat.id, kind=Kind.EXCHANGE)
    stood = set(said.filter(stands=True).values_list("source_id", flat=True).distinct())
    lay = set(said.filter(stands=False).values_list("source_id", flat=True).distinct())
    rising, falling = standing & lay, {one for one in stood - standing if one is not None}
    if rising or falling:
        stand(chat.id, rising, falling)


def _write_chapters(chat: Chat, told: list[Message]) -> None:
    heard: dict[UUID, set[UUID]] = {}
    for message in told:
        for person in _heard_by(chat, message):
            heard.setdefault(person, set()).update(message.witnesses)
    for person, characters in heard.items():
        write_chapters(person, characters, chat.id)


def _heard_by(chat: Chat, message: Message) -> tuple[UUID, ...]:
    """The people who were there; the chat's owner for what is older than companies."""
    return tuple(message.people) or (chat.owner_id,)
