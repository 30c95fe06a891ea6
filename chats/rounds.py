"""Characters who go on among themselves once they have answered."""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from chats.access import WRITERS, participations_for
from chats.asking import Asked, add_replies, is_directed_by_model, speakers_for
from chats.models import Chat, Message, Role, TurnTaking
from chats.tree import path_to
from core.jobs import LIVE


def go_on_after(reply_id: UUID) -> Message | None:
    """The next reply of the round, queued. None: the round is over, or somebody has gone elsewhere meanwhile."""
    with transaction.atomic():
        reply = Message.objects.get(id=reply_id)
        chat = Chat.objects.select_for_update(no_key=True).get(id=reply.chat_id)
        if not _goes_on(chat, reply):
            return None
        others = [one for one in speakers_for(chat, reply.text, anyone=True) if one != reply.character_id]
        if not others:
            return None
        asked = Asked(reply.owner_id, others[:1], is_directed=is_directed_by_model(chat, others[:1]))
        return add_replies(chat, reply, asked)[0]


def _goes_on(chat: Chat, reply: Message) -> bool:
    if chat.trashed_at is not None or chat.leaf_id != reply.id:
        return False
    if not chat.goes_on_for or chat.turn_taking == TurnTaking.MANUAL:
        return False
    # Stop was pressed with its last word, or whoever began the round has left.
    if reply.cancel_requested or not participations_for(reply.owner).filter(chat=chat, part__in=WRITERS).exists():
        return False
    run = path_to(reply.id, limit=chat.goes_on_for)
    if len(run) == chat.goes_on_for and all(message.role == Role.CHARACTER for message in run):
        return False
    live = Message.objects.filter(owner_id=reply.owner_id, status__in=LIVE).count()
    return live < settings.LIVE_REPLIES_PER_USER
