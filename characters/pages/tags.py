"""What the pages show of tags: rows in, values out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import ngettext

from accounts.models import User
from characters import access
from characters.models import Tag


@dataclass(frozen=True, slots=True)
class TagView:
    """`chats` and `characters` say how many have it."""

    id: UUID
    name: str
    hue: int
    chats: str
    characters: str


@dataclass(frozen=True, slots=True)
class TagMark:
    id: UUID
    name: str
    hue: int


@dataclass(frozen=True, slots=True)
class TagChoice:
    id: UUID
    name: str
    hue: int
    is_on: bool


def tags(user: User) -> list[TagView]:
    counted = access.tags_for(user).annotate(
        in_chats=Count("chats", distinct=True),
        on_characters=Count("characters", filter=Q(characters__deleted_at=None), distinct=True),
    )
    return [
        TagView(tag.id, tag.name, tag.hue, _chats(tag.in_chats), _characters(tag.on_characters)) for tag in counted
    ]


def marks(tags: Iterable[Tag]) -> tuple[TagMark, ...]:
    return tuple(TagMark(tag.id, tag.name, tag.hue) for tag in tags)


def choices(user: User, on: Collection[UUID]) -> list[TagChoice]:
    """Every tag of theirs, with whether it is among those that are `on`."""
    return [TagChoice(tag.id, tag.name, tag.hue, tag.id in on) for tag in access.tags_for(user)]


def _chats(number: int) -> str:
    return ngettext("%(n)d chat", "%(n)d chats", number) % {"n": number}


def _characters(number: int) -> str:
    return ngettext("%(n)d character", "%(n)d characters", number) % {"n": number}
