"""The only way to get a chat, a message or a reply on a user's behalf."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from chats.models import Chat, Message, Role
from core.errors import NotFound


def chats_for(user: User) -> QuerySet[Chat]:
    """Theirs, the most recently used first."""
    return (
        Chat.objects.filter(owner=user).select_related("character__version", "persona", "leaf").order_by("-active_at")
    )


def get_chat_for(user: User, chat_id: UUID) -> Chat:
    """The chat, if it is this user's. A stranger and a typo get the same answer."""
    try:
        return chats_for(user).get(id=chat_id)
    except Chat.DoesNotExist:
        raise NotFound from None


def lock_chat_for(user: User, chat_id: UUID) -> Chat:
    """The user's chat, held until the transaction ends: messages are added one after the other. Raises `NotFound`."""
    # Without joins: one that waited for the lock would see the new `leaf_id` and not yet the row it names.
    chat = Chat.objects.select_for_update(no_key=True).filter(id=chat_id, owner=user).first()
    if chat is None:
        raise NotFound
    return chat


def get_leaf_id_for(user: User, chat_id: UUID) -> UUID | None:
    """The newest message of the shown path of the user's chat, without loading either. Raises `NotFound`."""
    found = Chat.objects.filter(id=chat_id, owner=user).values_list("leaf_id", flat=True)
    for leaf_id in found:
        return leaf_id
    raise NotFound


def get_message_for(user: User, message_id: UUID, *, chat_id: UUID | None = None) -> Message:
    """The message, if it is this user's and, when `chat_id` is given, of that chat."""
    found = Message.objects.filter(id=message_id, owner=user)
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
