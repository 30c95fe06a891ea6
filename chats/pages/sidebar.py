"""What the list of chats shows: rows in, values out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from characters.access import tags_for
from characters.models import Tag
from characters.pages.tags import TagMark, marks
from characters.portrayal import portrait
from chats.access import chats_for
from chats.models import Chat

SIDEBAR_CHATS = 60
SNIPPET = 80


@dataclass(frozen=True, slots=True)
class ChatRow:
    id: UUID
    title: str
    url: str
    name: str
    hue: int
    portrait: str
    snippet: str
    updated_at: datetime
    is_live: bool
    tags: tuple[TagMark, ...]


def sidebar(user: User, tag: Tag | None = None) -> list[ChatRow]:
    """The chats used last, the newest first; with a tag, only those that have it."""
    # Without the cards, each of which may have megabytes.
    found = chats_for(user).defer("character__version__text").prefetch_related("tags")
    if tag is not None:
        found = found.filter(tags=tag)
    return [_row(user, chat) for chat in found[:SIDEBAR_CHATS]]


def sidebar_tags(user: User) -> tuple[TagMark, ...]:
    """Those that some chat of theirs has."""
    return marks(tags_for(user).filter(chats__isnull=False).distinct())


def _row(user: User, chat: Chat) -> ChatRow:
    leaf = chat.leaf
    is_live = leaf is not None and leaf.is_live
    snippet = " ".join(leaf.text[: SNIPPET * 2].split())[:SNIPPET] if leaf is not None else ""
    if is_live:
        snippet = _("is writing")
    return ChatRow(
        id=chat.id,
        title=chat.title or _("New chat"),
        url=reverse("chats:detail", args=[chat.id]),
        name=chat.character.name,
        hue=chat.character.hue,
        portrait=portrait(chat.character),
        snippet=snippet,
        updated_at=chat.active_at,
        is_live=is_live,
        tags=marks(tag for tag in chat.tags.all() if tag.owner_id == user.id),
    )
