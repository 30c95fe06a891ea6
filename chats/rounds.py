"""Characters who go on among themselves once they have answered."""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from chats.asking import Asked, add_replies, is_directed_by_model, speakers_for
from chats.models import Chat, Message, Role
from chats.tree import path_to
from core.jobs import LIVE


def go_on_after(reply_id: UUID) -> Message | None:
    """The next reply of the round, queued. None: the round is over, or somebody has gone elsewhere meanwhile."""
    with transaction.atomic():
        reply = Message.objects.get(id=reply_id)
        chat = Chat.objects.select_for_update(no_key=True).get(id=reply.chat_id)
        if chat.trashed_at is not None or chat.leaf_id != reply.id or not chat.goes_on_for:
            return None
        run = path_to(reply.id, limit=chat.goes_on_for)
        if len(run) == chat.goes_on_for and all(message.role == Role.CHARACTER for message in run):
            return None
        live = Message.objects.filter(owner_id=reply.owner_id, status__in=LIVE).count()
        if live >= settings.LIVE_REPLIES_PER_USER:
            return None
        speakers = speakers_for(chat, reply.text, anyone=True)[:1]
        if speakers in ([], [reply.character_id]):
            return None
        asked = Asked(reply.owner_id, speakers, is_directed=is_directed_by_model(chat, speakers))
        return add_replies(chat, reply, asked)[0]
