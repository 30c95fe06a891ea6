"""What the REST API says of chats: rows in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from chats import access
from chats.models import CastMember, Chat
from chats.pages.sidebar import unread


@dataclass(frozen=True, slots=True)
class Described:
    """`characters` are those who are in it now; `unread` counts to 100, which stands for more. `model` "" and the
    numbers None are the character's own."""

    id: UUID
    title: str
    character_id: UUID
    characters: tuple[UUID, ...]
    persona_id: UUID
    role: str
    leaf_id: UUID | None
    unread: int
    folder_id: UUID | None
    tags: tuple[UUID, ...]
    is_pinned: bool
    is_archived: bool
    turn_taking: str
    speakers_most: int
    goes_on_for: int
    model: str
    temperature: float | None
    top_p: float | None
    max_tokens: int | None
    note: str
    remembers: bool
    recalls: bool
    created_at: datetime
    active_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is where the next page begins; None at the end."""

    chats: tuple[Described, ...]
    after: UUID | None


def page(user: User, most: int, after: UUID | None) -> Page:
    """The chats used last, from behind one on. Raises `NotFound`."""
    found = access.chats_for(user).order_by("-active_at", "id")
    if after is not None:
        last = access.get_chat_for(user, after)
        found = found.filter(Q(active_at__lt=last.active_at) | Q(active_at=last.active_at, id__gt=last.id))
    rows = list(found[: most + 1])
    shown = rows[:most]
    return Page(described(user, shown), shown[-1].id if len(rows) > most else None)


def described(user: User, chats: Sequence[Chat]) -> tuple[Described, ...]:
    ids = [chat.id for chat in chats]
    places = {there.chat_id: there for there in access.participations_for(user).filter(chat__in=ids)}
    casts: dict[UUID, list[UUID]] = {}
    for chat_id, character_id in CastMember.objects.filter(chat__in=ids, left_at=None).values_list(
        "chat_id", "character_id"
    ):
        casts.setdefault(chat_id, []).append(character_id)
    tagged: dict[UUID, list[UUID]] = {}
    for chat_id, tag_id in Chat.tags.through.objects.filter(chat__in=ids, tag__owner=user).values_list(
        "chat_id", "tag_id"
    ):
        tagged.setdefault(chat_id, []).append(tag_id)
    numbers = unread(user, ids)
    return tuple(
        Described(
            id=chat.id,
            title=chat.title,
            character_id=chat.character_id,
            characters=tuple(casts.get(chat.id, ())),
            persona_id=places[chat.id].persona_id,
            role=places[chat.id].part,
            leaf_id=chat.leaf_id,
            unread=numbers.get(chat.id, 0),
            folder_id=places[chat.id].folder_id,
            tags=tuple(tagged.get(chat.id, ())),
            is_pinned=places[chat.id].is_pinned,
            is_archived=places[chat.id].archived_at is not None,
            turn_taking=chat.turn_taking,
            speakers_most=chat.speakers_most,
            goes_on_for=chat.goes_on_for,
            model=chat.language_model.name if chat.language_model is not None else "",
            temperature=chat.temperature,
            top_p=chat.top_p,
            max_tokens=chat.max_tokens,
            note=chat.note,
            remembers=chat.remembers,
            recalls=chat.recalls,
            created_at=chat.created_at,
            active_at=chat.active_at,
        )
        for chat in chats
    )
