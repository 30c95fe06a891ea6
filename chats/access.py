"""The only way to get a chat, a message or anything of one on a user's behalf. A stranger gets what a typo gets."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from chats.models import (
    Bookmark,
    Chat,
    ChatImport,
    Folder,
    Invitation,
    Message,
    Part,
    Participant,
    Role,
    Suggestion,
    Trash,
)
from core.errors import NotAllowed, NotFound
from core.rows import one

HOST = frozenset({Part.OWNER})
WRITERS = frozenset({Part.OWNER, Part.WRITER})
ANYONE = frozenset(Part)


def participations_for(user: User) -> QuerySet[Participant]:
    """Their places in chats that are listed and found; deleted ones are left out."""
    return _places_of(user).filter(chat__is_ephemeral=False)


def _places_of(user: User) -> QuerySet[Participant]:
    """With chats that only last for an answer to a program."""
    return Participant.objects.filter(user=user, left_at=None, chat__trashed_at=None)


def get_participation_for(user: User, chat_id: UUID, parts: frozenset[Part] | None = None) -> Participant:
    """Their place in a chat. Raises `NotFound`, and `NotAllowed` where they are there in none of `parts`."""
    found = one(_places_of(user).select_related("chat", "persona"), chat_id=chat_id)
    return _allowed(found, parts)


def chats_for(user: User) -> QuerySet[Chat]:
    """Those they are in, the most recently used first."""
    there = participations_for(user).filter(chat=OuterRef("pk"))
    return (
        Chat.objects.filter(Exists(there), trashed_at=None)
        .select_related("character__version", "leaf", "language_model")
        .order_by("-active_at")
    )


def get_chat_for(user: User, chat_id: UUID) -> Chat:
    return one(chats_for(user), id=chat_id)


def lock_chat_for(user: User, chat_id: UUID, parts: frozenset[Part] = WRITERS) -> Chat:
    """The chat, held until the transaction ends: messages are added one after the other.

    Raises `NotFound`, and `NotAllowed` for somebody who is in it but may not do this.
    """
    get_participation_for(user, chat_id, parts)
    # Without joins: one that waited for the lock would see the new `leaf_id` and not yet the row it names.
    chat = one(Chat.objects.select_for_update(no_key=True).filter(trashed_at=None), id=chat_id)
    # Whoever was sent away while this waited may do nothing more.
    get_participation_for(user, chat_id, parts)
    return chat


def get_leaf_id_for(user: User, chat_id: UUID) -> UUID | None:
    """The newest message of the shown path of the user's chat, without loading either. Raises `NotFound`."""
    for leaf_id in participations_for(user).filter(chat_id=chat_id).values_list("chat__leaf_id", flat=True):
        return leaf_id
    raise NotFound


def messages_for(user: User) -> QuerySet[Message]:
    """All they may read: of their chats what is not deleted, and nothing from before they were let in."""
    there = _places_of(user).filter(chat=OuterRef("chat"))
    there = there.filter(Q(since=None) | Q(since__lte=OuterRef("created_at")))
    return Message.objects.filter(Exists(there), trash=None)


def readable(user: User, chat_id: UUID, messages: Iterable[Message]) -> list[Message]:
    """Of these messages of a chat, those that were said since they were let in. Raises `NotFound`."""
    since = get_participation_for(user, chat_id).since
    return [message for message in messages if since is None or message.created_at >= since]


def get_message_for(user: User, message_id: UUID, *, chat_id: UUID | None = None) -> Message:
    """The message, if they may read it and, when `chat_id` is given, it is of that chat."""
    found = messages_for(user)
    return one(found if chat_id is None else found.filter(chat_id=chat_id), id=message_id)


def get_reply_for(user: User, reply_id: UUID, *, chat_id: UUID | None = None) -> Message:
    """As `get_message_for`, for what a character says."""
    message = get_message_for(user, reply_id, chat_id=chat_id)
    if message.role != Role.CHARACTER:
        raise NotFound
    return message


def trash_for(user: User) -> QuerySet[Trash]:
    """What they may bring back, the newest first."""
    found = Trash.objects.filter(chat__in=participations_for(user).filter(part__in=WRITERS).values("chat"))
    return found.filter(Q(owner=user) | Q(chat__owner=user)).order_by("-created_at")


def get_trash_for(user: User, trash_id: UUID) -> Trash:
    return one(trash_for(user), id=trash_id)


def trashed_chats_for(user: User) -> QuerySet[Chat]:
    found = Chat.objects.filter(owner=user, trashed_at__isnull=False)
    return found.select_related("character__version", "leaf").order_by("-trashed_at")


def get_trashed_chat_for(user: User, chat_id: UUID) -> Chat:
    return one(trashed_chats_for(user), id=chat_id)


def bookmarks_for(user: User, chat_id: UUID) -> QuerySet[Bookmark]:
    found = Bookmark.objects.filter(
        owner=user, chat_id=chat_id, message__in=messages_for(user).filter(chat_id=chat_id)
    )
    return found.select_related("message").order_by("message__created_at")


def folders_for(user: User) -> QuerySet[Folder]:
    return Folder.objects.filter(owner=user)


def get_folder_for(user: User, folder_id: UUID) -> Folder:
    return one(folders_for(user), id=folder_id)


def suggestions_for(user: User) -> QuerySet[Suggestion]:
    return Suggestion.objects.filter(owner=user, chat__in=participations_for(user).values("chat"))


def get_suggestion_for(user: User, suggestion_id: UUID) -> Suggestion:
    return one(suggestions_for(user), id=suggestion_id)


def invitations_for(user: User, chat_id: UUID) -> QuerySet[Invitation]:
    """Those that the host of a chat has given out and not taken back."""
    get_participation_for(user, chat_id, HOST)
    return Invitation.objects.filter(chat_id=chat_id, revoked_at=None).order_by("-created_at")


def get_invitation_for(user: User, chat_id: UUID, invitation_id: UUID) -> Invitation:
    return one(invitations_for(user, chat_id), id=invitation_id)


def chat_imports_for(user: User) -> QuerySet[ChatImport]:
    return ChatImport.objects.filter(owner=user).order_by("-created_at")


def get_chat_import_for(user: User, import_id: UUID) -> ChatImport:
    return one(chat_imports_for(user), id=import_id)


def _allowed(found: Participant, parts: frozenset[Part] | None) -> Participant:
    if parts is None or found.part in parts:
        return found
    if Part.WRITER in parts:
        raise NotAllowed(_("You read along in this chat. Its host can let you take part."))
    raise NotAllowed(_("Only the host of this chat can do that."))
