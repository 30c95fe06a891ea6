"""Verbs on chats: check, write rows in one transaction, queue work on commit."""

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import redis
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from characters.access import get_persona_for, lorebooks_for, persona_for_talking
from characters.actions.tags import chosen_tags
from characters.models import Character, Persona, Tag
from chats import access, limits, staging, tasks
from chats.events import MessageCreated
from chats.models import Chat, Message, Role
from core.errors import BadInput, Conflict, NotFound
from core.events import publish_on_commit
from core.jobs import Status
from core.streams import control
from core.streams.entries import Done

LONGEST_MESSAGE = 8000
TITLE_LENGTH = 60
# A reply changes hands while Stop is on its way at most this often: more attempts than it is given.
STOP_TRIES = 5


@dataclass(frozen=True, slots=True)
class Sent:
    message: Message
    reply: Message


def start_chat(user: User, character: Character) -> Chat:
    """With the character's first greeting in it, if it has one."""
    with transaction.atomic():
        chat = Chat.objects.create(owner=user, character=character, persona=persona_for_talking(user, character))
        if said := staging.greetings(chat):
            _greet(chat, min(said))
    return chat


def choose_greeting(user: User, chat_id: UUID, number: int) -> Chat:
    """Begin with another greeting, as long as nobody has answered; earlier ones are kept beside it.

    Raises `NotFound`, `BadInput` or `Conflict`.
    """
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        if chat.leaf is None or chat.leaf.greeting is None:
            raise Conflict(_("The conversation has begun; another greeting would not fit it any more."))
        if not _greet(chat, number):
            raise BadInput(_("This character has no such greeting."))
    return chat


def choose_persona(user: User, chat_id: UUID, persona_id: UUID) -> Persona:
    """Who they are from the next message on; those before it stay as they were said. Raises `NotFound`."""
    persona = get_persona_for(user, persona_id)
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        chat.persona = persona
        chat.save(update_fields=["persona"])
    return persona


def tag_chat(user: User, chat_id: UUID, tag_ids: Collection[UUID], new: str = "") -> list[Tag]:
    """It has these tags and no others; `new` is the name of one more, which is made if there is none of that name.

    Raises `NotFound`, `BadInput` or `LimitReached`.
    """
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        tags = chosen_tags(user, tag_ids, new)
        chat.tags.set(tags)
    return tags


def set_lorebooks(user: User, chat_id: UUID, lorebook_ids: Collection[UUID]) -> None:
    """It has these lorebooks and no others, beside those that all of their chats have. Raises `NotFound`."""
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        books = list(lorebooks_for(user).filter(id__in=lorebook_ids).defer("text"))
        if len(books) != len(set(lorebook_ids)):
            raise NotFound
        chat.lorebooks.set(books)


def send_message(user: User, chat_id: UUID, text: str, key: UUID) -> Sent:
    """Store the message and queue its reply. The same key again is the same message, and changes nothing.

    Raises `NotFound`, `BadInput`, `Conflict` (the key belongs to another message) or `LimitReached`.
    """
    text = _checked(text)
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        if (sent := _sent_before(user, chat, text, key)) is not None:
            return sent
        limits.reserve_reply(user)
        # Another request with this key may have finished while this one waited for the user's row.
        if (sent := _sent_before(user, chat, text, key)) is not None:
            return sent
        before = chat.leaf
        message = Message.objects.create(
            owner=user,
            chat=chat,
            parent=before,
            depth=before.depth + 1 if before is not None else 0,
            role=Role.USER,
            persona=chat.persona,
            character=chat.character,
            key=key,
            text=text,
            status=Status.DONE,
        )
        chat.title = chat.title or _title(text)
        reply = _queued_reply(chat, message)
        publish_on_commit(chat.group, MessageCreated(message_id=message.id, reply_id=reply.id))
        # Replies of one chat are told in order: this one is queued when the one before it has ended.
        if before is None or not before.is_live:
            transaction.on_commit(lambda: tasks.queue_reply(reply.id))
    return Sent(message, reply)


def retry_reply(user: User, reply_id: UUID) -> Message:
    """Ask again for a reply that ended early: a new one beside it; what the old one said is kept.

    Raises `NotFound`, `Conflict` or `LimitReached`.
    """
    old = access.get_reply_for(user, reply_id)
    with transaction.atomic():
        chat = access.lock_chat_for(user, old.chat_id)
        if chat.leaf_id != old.id or old.is_live or old.status == Status.DONE or old.parent is None:
            raise Conflict(_("Only the last reply can be tried again, and only if it ended early."))
        limits.reserve_reply(user)
        reply = _queued_reply(chat, old.parent)
        publish_on_commit(chat.group, MessageCreated(message_id=old.parent.id, reply_id=reply.id))
        transaction.on_commit(lambda: tasks.queue_reply(reply.id))
    return reply


def cancel_reply(user: User, reply_id: UUID) -> None:
    """Stop. What was said is kept. A reply that has ended stays as it ended. Raises `NotFound`."""
    for _try in range(STOP_TRIES):
        reply = access.get_reply_for(user, reply_id)
        if not reply.is_live:
            return
        if reply.cancel_in_queue():
            # Without Redis the followers learn it from the row, which they ask every few seconds.
            with contextlib.suppress(redis.RedisError, ValueError):
                control.announce(reply.id, reply.attempt, Done(Status.CANCELLED), reply.telling)
            return
        if reply.request_cancel():
            control.press_stop(reply.id)
            return
        # Neither took: it ended just now, or another attempt has it.


def _sent_before(user: User, chat: Chat, text: str, key: UUID) -> Sent | None:
    message = Message.objects.filter(owner=user, key=key).first()
    if message is None:
        return None
    if message.chat_id != chat.id or message.text != text:
        raise Conflict(_("This key was used for another message."))
    return Sent(message, message.children.earliest("created_at"))


def _greet(chat: Chat, number: int) -> bool:
    """Put this greeting at the chat's beginning. False: the character has none of this number."""
    said = staging.greetings(chat)
    if number not in said:
        return False
    chat.leaf, _made = Message.objects.get_or_create(
        chat=chat,
        greeting=number,
        defaults={
            "owner_id": chat.owner_id,
            "role": Role.CHARACTER,
            "persona": chat.persona,
            "character": chat.character,
            "text": said[number],
        },
    )
    chat.save(update_fields=["leaf"])
    return True


def _queued_reply(chat: Chat, message: Message) -> Message:
    reply = Message.objects.create(
        owner_id=chat.owner_id,
        chat=chat,
        parent=message,
        depth=message.depth + 1,
        role=Role.CHARACTER,
        persona_id=message.persona_id,
        character=chat.character,
        status=Status.QUEUED,
        attempt=1,
        queued_at=now(),
    )
    chat.leaf = reply
    chat.active_at = now()
    chat.save(update_fields=["title", "leaf", "active_at"])
    return reply


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise BadInput(_("The message is empty."))
    if len(text) > LONGEST_MESSAGE:
        raise BadInput(
            _("The message has %(length)d characters; at most %(most)d fit in one.")
            % {"length": len(text), "most": LONGEST_MESSAGE},
            most=LONGEST_MESSAGE,
        )
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadInput(_("The message holds characters that cannot be stored."))
    return text


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"
