"""Saying something, and asking characters to."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import redis
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.access import hold
from accounts.models import User
from chats import access, company, limits, tasks
from chats.actions.starting import MOST_CHARACTERS
from chats.asking import Asked, add_replies, is_directed_by_model, place_after, speakers_for
from chats.models import Chat, Message, Participant, Role
from chats.tree import follow, is_on_path, show, show_through
from core.errors import BadInput, Conflict, NotFound
from core.jobs import LIVE, Status
from core.json import JsonObject
from core.streams import control
from core.streams.entries import Done

LONGEST_MESSAGE = 8000
TITLE_LENGTH = 60
# A reply changes hands while Stop is on its way at most this often: more attempts than it is given.
STOP_TRIES = 5


@dataclass(frozen=True, slots=True)
class Sent:
    """`replies` are those that were asked for, in their order; none where characters speak only when called on."""

    message: Message
    replies: tuple[Message, ...]

    @property
    def reply(self) -> Message:
        """The first one."""
        return self.replies[0]


def send_message(
    user: User, chat_id: UUID, text: str, key: UUID, *, after: UUID | None = None, speaker: UUID | None = None
) -> Sent:
    """Store the message and queue its replies. The same key again is the same message, and changes nothing.

    `after` is the newest message that its author saw: if that stands in another branch by now, the message goes
    there. `speaker` is the character who shall answer, whoever's turn it is.

    Raises `NotFound`, `NotAllowed`, `BadInput`, `Conflict` (the key belongs to another message) or `LimitReached`.
    """
    text = checked(text)
    with transaction.atomic():
        # A key is its sender's in all chats: of two requests with one key, the second finds what the first has made.
        # First the person and then the chat, everywhere: two that held one each would wait for each other.
        hold(user)
        chat = access.lock_chat_for(user, chat_id)
        if (sent := _sent_before(user, chat, text, key)) is not None:
            return sent
        if after is not None:
            _go_where(user, chat, after)
        speakers = [speaker] if speaker is not None else speakers_for(chat, text)
        _check_cast(chat, speakers)
        limits.reserve_replies(user, len(speakers))
        message = add_own(user, chat, chat.leaf, text, key)
        replies = ask_for_replies(
            user, chat, message, speakers, is_directed=speaker is None and is_directed_by_model(chat, speakers)
        )
    return Sent(message, tuple(replies))


def ask_to_speak(user: User, chat_id: UUID, character_id: UUID | None = None, key: UUID | None = None) -> Message:
    """Let a character say something without a word from anybody; None: whoever's turn it is.

    Raises `NotFound`, `NotAllowed`, `Conflict` or `LimitReached`.
    """
    with transaction.atomic():
        hold(user)
        chat = access.lock_chat_for(user, chat_id)
        if (known := _asked_before(user, chat, key)) is not None:
            return known
        if chat.leaf is None:
            raise Conflict(_("Nothing was said yet. Say the first thing."))
        if chat.leaf.is_live:
            raise Conflict(_("A reply is on its way. Wait for it, or stop it."))
        speakers = [character_id] if character_id is not None else speakers_for(chat, chat.leaf.text, anyone=True)[:1]
        if not speakers:
            raise Conflict(_("Nobody here may speak. Take the silence off one of them."))
        _check_cast(chat, speakers)
        limits.reserve_replies(user, 1)
        (reply,) = ask_for_replies(
            user,
            chat,
            chat.leaf,
            speakers,
            key,
            is_directed=character_id is None and is_directed_by_model(chat, speakers),
        )
    return reply


def write_again(user: User, reply_id: UUID, key: UUID | None = None) -> Message:
    """Another version of a reply, beside it. What it said is kept.

    Raises `NotFound`, `NotAllowed`, `Conflict` or `LimitReached`.
    """

    def from_nothing(old: Message) -> tuple[Message, str]:
        if old.is_live:
            raise Conflict(_("This reply is still on its way. Stop it first, or wait for it."))
        if old.parent is None:
            raise Conflict(_("The first message answers nothing, so it cannot be written again."))
        return old.parent, ""

    return _beside(user, reply_id, key, from_nothing)


def go_on(user: User, reply_id: UUID, key: UUID | None = None) -> Message:
    """A longer version of a reply, beside it: it begins with its very words. Raises as `write_again`."""

    def from_its_last_word(old: Message) -> tuple[Message, str]:
        if old.is_live:
            raise Conflict(_("This reply is still on its way."))
        if old.parent is None or not old.text.strip():
            raise Conflict(_("There is nothing here to go on from."))
        return old.parent, old.text

    return _beside(user, reply_id, key, from_its_last_word)


def cancel_reply(user: User, reply_id: UUID) -> None:
    """Stop, and those behind it. What was said is kept; a reply that has ended stays as it is. Raises `NotFound`."""
    reply = access.get_reply_for(user, reply_id)
    access.get_participation_for(user, reply.chat_id, access.WRITERS)
    # Those who would speak after it, the last first, or one of them would begin when the one before it stops.
    for asked in [*reversed(asked_of(reply)), reply]:
        _stop(user, asked.id)


def _stop(user: User, reply_id: UUID) -> None:
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


def add_own(user: User, chat: Chat, before: Message | None, text: str, key: UUID | None = None) -> Message:
    """What somebody says after `before`, and shows it. The chat must be locked, and the path to `before` shown."""
    there = access.get_participation_for(user, chat.id, access.WRITERS)
    message = Message.objects.create(
        owner=user,
        chat=chat,
        parent=before,
        role=Role.USER,
        persona_id=there.persona_id,
        character_id=chat.character_id,
        key=key,
        text=text,
        status=Status.DONE,
        finished_at=now(),
        **place_after(chat, before),
    )
    follow(chat, message)
    Participant.objects.filter(pk=there.pk).update(draft="")
    chat.title = chat.title or title_of(text)
    chat.active_at = now()
    chat.save(update_fields=["title", "leaf", "active_at"])
    return message


def ask_for_replies(
    user: User,
    chat: Chat,
    message: Message,
    speakers: Sequence[UUID],
    key: UUID | None = None,
    *,
    persona_id: UUID | None = None,
    opening: str = "",
    is_directed: bool = False,
    wishes: JsonObject | None = None,
) -> list[Message]:
    """One after the other these say something after `message`; the first of them is queued.

    The chat must be locked, the path to `message` shown, and the replies reserved.
    """
    asked = Asked(user.id, speakers, key, persona_id, opening, is_directed, wishes)
    replies = add_replies(chat, message, asked)
    # Replies of one path are told in order: this one is queued when those before it have ended.
    is_behind = message.is_live or (message.parent is not None and message.parent.is_live)
    if replies and not is_behind:
        transaction.on_commit(lambda: tasks.queue_reply(replies[0].id))
    return replies


def checked(text: str) -> str:
    """What somebody wrote, as it is stored. Raises `BadInput`."""
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


def title_of(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def _sent_before(user: User, chat: Chat, text: str, key: UUID) -> Sent | None:
    message = Message.objects.filter(owner=user, key=key).first()
    if message is None:
        return None
    if message.chat_id != chat.id or message.text != text or message.role != Role.USER:
        raise Conflict(_("This key was used for another message."))
    return Sent(message, tuple(asked_of(message, with_deleted=True)))


def asked_of(message: Message, *, with_deleted: bool = False) -> list[Message]:
    """The replies that stand behind a message before anybody else speaks: each the first child of the one before."""
    there = {} if with_deleted else {"trash": None}
    asked: list[Message] = []
    last: Message | None = message
    while last is not None and len(asked) < MOST_CHARACTERS:
        last = last.children.filter(role=Role.CHARACTER, **there).order_by("created_at", "id").first()
        if last is not None:
            asked.append(last)
    return asked


def _asked_before(user: User, chat: Chat, key: UUID | None) -> Message | None:
    if key is None:
        return None
    reply = Message.objects.filter(owner=user, key=key).first()
    if reply is not None and (reply.chat_id != chat.id or reply.role != Role.CHARACTER):
        raise Conflict(_("This key was used for another message."))
    return reply


def _beside(user: User, reply_id: UUID, key: UUID | None, begin: Callable[[Message], tuple[Message, str]]) -> Message:
    """A version of a reply; `begin` says what it follows and begins with, or raises where there may be none."""
    chat_id = access.get_reply_for(user, reply_id).chat_id
    with transaction.atomic():
        hold(user)
        chat = access.lock_chat_for(user, chat_id)
        if (known := _asked_before(user, chat, key)) is not None:
            return known
        # Another tab may have been faster.
        old = access.get_reply_for(user, reply_id)
        before, opening = begin(old)
        _check_beside(chat, old)
        limits.reserve_replies(user, 1)
        show(chat, before)
        (reply,) = ask_for_replies(
            user, chat, before, [old.character_id], key, persona_id=old.persona_id, opening=opening
        )
    return reply


def _check_beside(chat: Chat, old: Message) -> None:
    """Of a double click, the second does nothing; and whoever has left says nothing more."""
    if old.parent is not None and old.parent.children.filter(status__in=LIVE, trash=None).exists():
        raise Conflict(_("Another version is on its way."))
    if old.character_id not in company.present(chat):
        raise Conflict(_("%(name)s has left this chat.") % {"name": old.character.name})


def _go_where(user: User, chat: Chat, after: UUID) -> None:
    """Show the branch in which somebody wrote, if the chat shows another one by now."""
    seen = access.get_message_for(user, after, chat_id=chat.id)
    if chat.leaf is None or not is_on_path(seen, chat.leaf):
        show_through(chat, seen)


def _check_cast(chat: Chat, speakers: Sequence[UUID]) -> None:
    if not set(speakers) <= set(company.present(chat)):
        raise NotFound
