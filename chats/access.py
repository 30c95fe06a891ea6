"""The only way to get a chat, a message or a reply on a user's behalf."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from chats.models import Chat, Message, Role
from core.errors import NotFound


def chats_for(user: User) -> QuerySet[Chat]:
    """Theirs, the most recently used first."""
    return Chat.objects.filter(owner=user).select_related("character", "persona", "leaf").order_by("-active_at")


def get_chat_for(user: User, chat_id: UUID) -> Chat:
    """The chat, if it is this user's. A stranger and a typo get the same answer."""
    try:
        return chats_for(user).get(id=chat_id)
    except Chat.DoesNotExist:
        raise NotFound from None


def get_message_for(user: User, message_id: UUID, *, chat_id: UUID | None = None) -> Message:
    """The message, if it is this user's and, when `chat_id` is given, of that chat."""
    found = Message.objects.filter(id=message_id, owner=user).select_related("chat", "character", "persona")
    if chat_id is not None:
        found = found.filter(chat_id=chat_id)
    message = found.first()
    if message is None:
        raise NotFound
    return message


def get_reply_for(user: User, reply_id: UUID, *, chat_id: UUID | None = None) -> Message:
    """As `get_message_for`, for what a character says."""
    message = get_message_for(user, reply_id, chat_id=chat_id)
    if message.role != Role.CHARACTER:
        raise NotFound
    return message
