"""What it means that a chat shows another path than before."""

from uuid import UUID

from django.db import transaction

from chats import tasks
from chats.events import ChatMoved
from chats.models import Chat
from core.events import publish_on_commit


def tell_moved(chat_id: UUID, leaf_id: UUID | None) -> None:
    """Once this transaction is through, open pages show it, and memory takes what fell out of it for unsaid."""
    publish_on_commit(Chat.group_of(chat_id), ChatMoved(leaf_id=leaf_id))
    transaction.on_commit(lambda: tasks.queue_remembering(chat_id))
