"""Walking through the tree, and growing it: nothing that was said is ever written over."""

from itertools import pairwise
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.access import hold
from accounts.models import User
from characters import texts
from chats import access, limits, tasks, tree
from chats.actions.moving import tell_moved
from chats.actions.sending import Sent, ask_for_replies, asked_of, checked
from chats.actions.settings import LONGEST_TITLE
from chats.actions.starting import open_chat
from chats.asking import is_directed_by_model, speakers_for
from chats.company import cast, people, present
from chats.models import Bookmark, Chat, Message, Role
from core.errors import BadInput, Conflict, LimitReached, NotAllowed
from core.jobs import Status

NAME_LENGTH = 80
# What a copy takes along: more than anybody reads again, and few enough to be written in a moment.
COPIED_MESSAGES = 2_000
MOST_BOOKMARKS = 500


def select_message(user: User, message_id: UUID) -> Chat:
    """Show the branch of this message, as far as it was read when it was left. Raises `NotFound` or `NotAllowed`."""
    chat_id = access.get_message_for(user, message_id).chat_id
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        # Another tab may have been faster.
        message = access.get_message_for(user, message_id)
        before = chat.leaf_id
        tree.show_through(chat, message)
        _tell_moved(chat, before)
    return chat


def branch_from(user: User, message_id: UUID) -> Chat:
    """Show the path up to this message, so that what is said next begins a branch. Raises as `select_message`."""
    chat_id = access.get_message_for(user, message_id).chat_id
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        # Another tab may have been faster.
        message = access.get_message_for(user, message_id)
        if message.is_live:
            raise Conflict(_("This reply is still on its way."))
        before = chat.leaf_id
        if before != message.id:
            tree.show(chat, message)
        _tell_moved(chat, before)
    return chat


def edit_message(user: User, message_id: UUID, text: str, key: UUID | None = None) -> Sent:
    """Another wording of a message, beside it. One's own is answered anew; a character's is left as it stands.

    Raises `NotFound`, `NotAllowed`, `BadInput`, `Conflict` or `LimitReached`.
    """
    text = checked(text)
    chat_id = access.get_message_for(user, message_id).chat_id
    with transaction.atomic():
        hold(user)
        chat = access.lock_chat_for(user, chat_id)
        # Another tab may have been faster.
        old = access.get_message_for(user, message_id)
        if (known := _edited_before(user, old, text, key)) is not None:
            return known
        if old.is_live:
            raise Conflict(_("This reply is still on its way. Stop it first, or wait for it."))
        if old.role == Role.USER and old.owner_id != user.id:
            raise Conflict(_("Somebody else said this. You can only change your own words, and the characters'."))
        asks = old.role == Role.USER
        before = old.parent
        tree.show(chat, before)
        speakers = speakers_for(chat, text) if asks else []
        limits.reserve_replies(user, len(speakers))
        edited = Message.objects.create(
            owner=user,
            chat=chat,
            parent=before,
            depth=old.depth,
            replies_before=old.replies_before,
            witnesses=old.witnesses if not asks else present(chat),
            people=people(chat),
            role=old.role,
            persona_id=old.persona_id,
            character_id=old.character_id,
            key=key,
            text=text,
            is_hidden=old.is_hidden,
            edited_from=old,
            lore=old.lore,
            status=Status.DONE,
            finished_at=now(),
        )
        tree.follow(chat, edited)
        chat.active_at = now()
        chat.save(update_fields=["leaf", "active_at"])
        replies = ask_for_replies(user, chat, edited, speakers, is_directed=is_directed_by_model(chat, speakers))
        tell_moved(chat.id, chat.leaf_id)
    return Sent(edited, tuple(replies))


def rename_branch(user: User, message_id: UUID, name: str) -> Message:
    """What the path that begins with this message is called; "" for nothing.

    Raises `NotFound`, `NotAllowed` or `BadInput`.
    """
    message = access.get_message_for(user, message_id)
    access.get_participation_for(user, message.chat_id, access.WRITERS)
    message.branch_name = _name(name)
    message.save(update_fields=["branch_name"])
    return message


def make_canonical(user: User, message_id: UUID | None, chat_id: UUID) -> Chat:
    """The path through this message is the one that counts; None: whichever is shown. Raises as `select_message`."""
    with transaction.atomic():
        chat = access.lock_chat_for(user, chat_id)
        found = access.get_message_for(user, message_id, chat_id=chat_id) if message_id is not None else None
        chat.canonical = found
        chat.save(update_fields=["canonical"])
    return chat


def hide_message(user: User, message_id: UUID, is_hidden: bool) -> Message:
    """Keep a message from the characters, or tell them of it again. Raises `NotFound` or `NotAllowed`."""
    message = access.get_message_for(user, message_id)
    access.get_participation_for(user, message.chat_id, access.WRITERS)
    with transaction.atomic():
        message.is_hidden = is_hidden
        message.save(update_fields=["is_hidden"])
        transaction.on_commit(lambda: tasks.queue_remembering(message.chat_id))
    return message


def copy_to_new_chat(user: User, message_id: UUID) -> Chat:
    """A chat of one's own that begins with the path up to this message. Raises `NotFound` or `NotAllowed`."""
    message = access.get_message_for(user, message_id)
    readable = access.readable(user, message.chat_id, tree.path_to(message.id, limit=COPIED_MESSAGES))
    path = [one for one in readable if not one.is_live]
    with transaction.atomic():
        old = message.chat
        # Another person's character goes nowhere without them.
        characters = [one.character for one in cast(old) if one.character.owner_id in (None, user.id)]
        if not characters:
            raise NotAllowed(_("The characters here are somebody else’s, so only they can take them elsewhere."))
        title = _("%(title)s, from here") % {"title": old.title or old.character.name}
        new = open_chat(user, characters, title=texts.title(title, LONGEST_TITLE))
        # What the host wrote for the characters is the host's own.
        new.note = old.note if old.owner_id == user.id else ""
        new.turn_taking = old.turn_taking
        new.leaf = _copied(user, new, path)
        new.save(update_fields=["note", "turn_taking", "leaf"])
    return new


def bookmark(user: User, message_id: UUID, name: str = "") -> Bookmark:
    """The one there is gets this name. Raises `NotFound`, `BadInput` or `LimitReached`."""
    message = access.get_message_for(user, message_id)
    others = Bookmark.objects.filter(owner=user, chat_id=message.chat_id).exclude(message=message)
    if others.count() >= MOST_BOOKMARKS:
        raise LimitReached(
            _("A chat holds at most %(most)d bookmarks.") % {"most": MOST_BOOKMARKS}, limit=MOST_BOOKMARKS
        )
    found, _made = Bookmark.objects.update_or_create(
        owner=user, message=message, defaults={"chat_id": message.chat_id, "name": _name(name)}
    )
    return found


def remove_bookmark(user: User, message_id: UUID) -> None:
    """Raises `NotFound`."""
    message = access.get_message_for(user, message_id)
    Bookmark.objects.filter(owner=user, message=message).delete()


def _tell_moved(chat: Chat, before: UUID | None) -> None:
    if chat.leaf_id != before:
        tell_moved(chat.id, chat.leaf_id)


def _edited_before(user: User, old: Message, text: str, key: UUID | None) -> Sent | None:
    found = Message.objects.filter(owner=user, key=key).first() if key is not None else None
    if found is None:
        return None
    if found.edited_from_id != old.id or found.text != text:
        raise Conflict(_("This key was used for another message."))
    return Sent(found, tuple(asked_of(found, with_deleted=True)) if found.role == Role.USER else ())


def _copied(user: User, chat: Chat, path: list[Message]) -> Message | None:
    before: Message | None = None
    rows: list[Message] = []
    for message in path:
        copy = Message(
            id=uuid4(),
            owner=user,
            chat=chat,
            parent=before,
            depth=len(rows),
            replies_before=before.replies_before + (before.role == Role.CHARACTER) if before is not None else 0,
            witnesses=message.witnesses,
            people=[user.id],
            role=message.role,
            persona_id=message.persona_id,
            character_id=message.character_id,
            text=message.text,
            thinking=message.thinking,
            is_hidden=message.is_hidden,
            greeting=message.greeting,
            model=message.model,
            lore=message.lore,
            # It was remembered where it was said.
            awaits_memory=False,
            created_at=message.created_at,
            finished_at=message.finished_at or message.created_at,
            status=Status.DONE,
        )
        rows.append(copy)
        before = copy
    Message.objects.bulk_create(rows)
    for earlier, later in pairwise(rows):
        earlier.chosen = later
    Message.objects.bulk_update(rows[:-1], ["chosen"], batch_size=500)
    return before


def _name(name: str) -> str:
    tidy = " ".join(name.split())
    if len(tidy) > NAME_LENGTH:
        raise BadInput(_("A name has at most %(most)d letters.") % {"most": NAME_LENGTH}, most=NAME_LENGTH)
    return tidy
