"""Forgetting, which is final: the page waits before it asks for it. Each answers a receipt that says how much went.

The messages stay in their chats. They are never remembered again.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import BadInput, NotFound
from core.events import group_of_person, publish_on_commit
from memory import access, erasing
from memory.events import MemoryForgotten
from memory.holding import hold
from memory.models import Forgetting, Forgotten, Kind, Memory, Mind


def forget_memory(user: User, memory_id: UUID) -> Forgetting:
    """One memory, with the message it stands in. Raises `NotFound`."""
    with transaction.atomic():
        hold([user.id])
        memory = access.lock_memory_for(user, memory_id)
        return _forget(user, "memory", memory.character_id, erasing.whole(user.id, [memory.id]))


def forget_topic(user: User, character_id: UUID, memory_ids: Collection[UUID]) -> Forgetting:
    """Those of what a search showed that are still there. Raises `NotFound` if none is."""
    with transaction.atomic():
        hold([user.id])
        found = access.held_for(user, character_id).filter(id__in=memory_ids).values_list("id", flat=True)
        return _forget(user, "topic", character_id, erasing.whole(user.id, found))


def forget_range(user: User, character_id: UUID, since: datetime, until: datetime) -> Forgetting:
    """What was said from `since` on and before `until`. Raises `BadInput`, or `NotFound` if nothing was."""
    if since >= until:
        raise BadInput(_("The end must come after the beginning."))
    with transaction.atomic():
        hold([user.id])
        found = access.held_for(user, character_id).filter(said_at__gte=since, said_at__lt=until)
        return _forget(user, "range", character_id, erasing.whole(user.id, found.values_list("id", flat=True)))


def forget_chat(user: User, chat_id: UUID) -> Forgetting:
    """All that was said in a chat until now, by every character that heard it. Raises `NotFound`."""
    with transaction.atomic():
        hold([user.id])
        found = access.held_for(user).filter(chat_id=chat_id)
        said = found.filter(kind=Kind.EXCHANGE).order_by("said_at", "id").values_list("character", flat=True)
        # The receipt stands with the character that heard it first.
        first = said.first() or found.values_list("character", flat=True).first()
        ids = erasing.whole(user.id, found.values_list("id", flat=True))
        return _forget(user, "chat", first, ids, chats={chat_id})


def forget_character(user: User, character_id: UUID) -> Forgetting:
    """All that a character knows of them, and how it feels about them. Raises `NotFound` if there is nothing."""
    with transaction.atomic():
        hold([user.id])
        found = access.held_for(user, character_id)
        chats = set(found.filter(chat_id__isnull=False).order_by().values_list("chat_id", flat=True).distinct())
        ids = set(found.values_list("id", flat=True))
        receipt = _forget(user, "character", character_id, ids, chats={one for one in chats if one is not None})
        Mind.objects.filter(owner=user, character_id=character_id).delete()
    return receipt


def forget_messages(source_ids: Collection[UUID]) -> None:
    """What is deleted for good is in nobody's memory, nor is what was made of it. Without a receipt: that was deleted
    long before."""
    heard = Memory.objects.filter(kind=Kind.EXCHANGE, source_id__in=source_ids).order_by("owner")
    for owner_id in list(heard.values_list("owner", flat=True).distinct()):
        with transaction.atomic():
            hold([owner_id])
            ids = heard.filter(owner=owner_id).values_list("id", flat=True)
            erasing.erase(owner_id, erasing.whole(owner_id, ids))
            # They are not there any more, so nobody can remember them again.
            Forgotten.objects.filter(owner=owner_id, source_id__in=source_ids).delete()


def _forget(
    user: User, scope: str, character_id: UUID | None, memory_ids: Collection[UUID], chats: Collection[UUID] = ()
) -> Forgetting:
    if not memory_ids:
        raise NotFound
    touched = set(Memory.objects.filter(id__in=memory_ids).order_by().values_list("character", flat=True).distinct())
    counts = erasing.erase(user.id, memory_ids, chats)
    receipt = Forgetting.objects.create(owner=user, character_id=character_id, scope=scope, counts=dict(counts))
    for one in touched:
        publish_on_commit(group_of_person(user.id), MemoryForgotten(character_id=one, forgetting_id=receipt.id))
    return receipt
