"""Deleting messages, which can be undone for thirty days. For whole chats see `organising`."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from chats import access, tree
from chats.actions.moving import tell_moved
from chats.actions.sending import cancel_reply
from chats.models import Chat, Message, Trash
from core.errors import Conflict, NotFound
from core.jobs import LIVE
from memory.actions.standing import stand


def delete_message(user: User, message_id: UUID) -> Trash:
    """Put a message and all that follows it away. The version beside it is shown, or else what it answered.

    Raises `NotFound` or `NotAllowed`.
    """
    message = access.get_message_for(user, message_id)
    live = Message.objects.filter(id__in=tree.below(message.id), status__in=LIVE, trash=None)
    for reply_id in live.values_list("id", flat=True):
        cancel_reply(user, reply_id)
    with transaction.atomic():
        chat = access.lock_chat_for(user, message.chat_id)
        # Another tab may have been faster.
        message = access.get_message_for(user, message_id)
        ids = tree.below(message.id)
        trash = Trash.objects.create(owner=user, chat=chat, message=message, leaf_id=chat.leaf_id)
        beside = tree.versions([message])[message.id]
        instead = beside.before or beside.after
        trash.messages = Message.objects.filter(id__in=ids, trash=None).update(trash=trash)
        trash.save(update_fields=["messages"])
        # At once, not when memory is told next: what was deleted is not recalled a moment later.
        stand(chat.id, standing=(), fallen=ids)
        if chat.leaf_id in set(ids):
            if instead is not None:
                tree.show_through(chat, Message.objects.get(id=instead))
            else:
                tree.show(chat, message.parent)
        elif message.parent is not None and message.parent.chosen_id == message.id:
            Message.objects.filter(id=message.parent.id).update(chosen=instead)
        tell_moved(chat.id, chat.leaf_id)
    return trash


def restore_messages(user: User, trash_id: UUID) -> Chat:
    """Bring back what one press has put away, and show what was shown then. Raises `NotFound` or `NotAllowed`."""
    found = access.get_trash_for(user, trash_id)
    with transaction.atomic():
        chat = access.lock_chat_for(user, found.chat_id)
        trash = access.trash_for(user).select_related("message", "leaf").filter(id=trash_id).first()
        if trash is None:
            raise NotFound
        # A greeting that was chosen again has left its trash, and may have been deleted anew.
        gone = trash.message.trash_id not in (None, trash.id)
        if gone or (trash.message.parent is not None and trash.message.parent.trash_id is not None):
            raise Conflict(_("What this followed was deleted, too. Bring that back first."))
        Message.objects.filter(trash=trash).update(trash=None)
        leaf = trash.leaf
        if leaf is not None and leaf.trash_id in (None, trash.id) and tree.is_on_path(trash.message, leaf):
            leaf.refresh_from_db()
            tree.show(chat, leaf)
        trash.delete()
        tell_moved(chat.id, chat.leaf_id)
    return chat
