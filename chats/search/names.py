"""Chats by their titles and their branches' names, and characters by name and tagline, for one person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from characters import spelling
from characters.access import characters_for
from characters.models import Character
from chats import access
from chats.models import CastMember, Chat, Message, Participant
from chats.search.snippets import folded
from chats.search.wish import MOST_WORDS, TEXT_LENGTH

# Among so many of the newest it is looked for slips of the finger and for accents.
MOST_READ = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NamedChat:
    """A chat by its title, or a branch of it by its name: `branch` begins with the message `message_id`."""

    chat: Chat
    branch: str = ""
    message_id: UUID | None = None
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A character that somebody may talk to, or has met in a chat: the newest such one. Of another's private character
    only the name is theirs to see."""

    character: Character
    chat_id: UUID | None
    is_theirs: bool


def chats(user: User, text: str, limit: int) -> list[NamedChat]:
    """Those with all the words in their title, or in the names of the characters they began with, and branches with
    them in their name; the most recently used first."""
    words = _words(text)
    if not words:
        return []
    there = access.participations_for(user).select_related("chat__character").order_by("-chat__active_at")
    named = _all_of(there, words, "chat__title", "chat__character__name")[:limit]
    branches = access.messages_for(user).exclude(branch_name="").select_related("chat__character")
    branches = branches.order_by("-created_at")
    branched = _all_of(branches, words, "branch_name")[:limit]
    found = [_chat(one) for one in named] + [_branch(one) for one in branched]
    if not found:
        titles = _alike(there[:MOST_READ], words, lambda one: f"{one.chat.title} {one.chat.character.name}")
        names = _alike(branches[:MOST_READ], words, lambda one: one.branch_name)
        found = [_chat(one) for one in titles] + [_branch(one) for one in names]
    return found[:limit]


def characters(user: User, text: str, limit: int) -> list[Known]:
    """Those with all the words in their name or tagline: first by name."""
    words = _words(text)
    if not words:
        return []
    own = characters_for(user).select_related(None).order_by("-updated_at")
    met = met_by(user)
    strange = Character.objects.filter(id__in=met.values("character")).exclude(Q(owner=user) | Q(owner=None))
    gone = Character.objects.filter(id__in=met.values("character"), owner=user).exclude(deleted_at=None)
    others = (strange | gone).order_by("-updated_at")
    named = [*_all_of(own, words, "name")[:limit], *_all_of(others, words, "name")[:limit]]
    told = _all_of(own, words, "name", "tagline")[:limit]
    found = list(dict.fromkeys([*named, *told]))
    if not found:
        found = _alike(own[:MOST_READ], words, lambda one: f"{one.name} {one.tagline}")
        found += _alike(others[:MOST_READ], words, lambda one: one.name)
    found = found[:limit]
    newest = _newest_chats(user, found)
    return [Known(one, newest.get(one.id), one.owner_id in (None, user.id)) for one in found]


def met_by(user: User) -> QuerySet[CastMember]:
    """Places of characters in their chats. Who left one of somebody else's may have done so before they came."""
    there = CastMember.objects.filter(chat__in=access.participations_for(user).values("chat"))
    return there.filter(Q(left_at=None) | Q(chat__owner=user))


def _newest_chats(user: User, found: list[Character]) -> dict[UUID, UUID]:
    """The chat used last with each of these."""
    places = CastMember.objects.filter(
        character__in=found, left_at=None, chat__in=access.participations_for(user).values("chat")
    )
    return dict(places.order_by("chat__active_at").values_list("character_id", "chat_id"))


def _chat(place: Participant) -> NamedChat:
    return NamedChat(place.chat, is_archived=place.archived_at is not None)


def _branch(message: Message) -> NamedChat:
    return NamedChat(message.chat, message.branch_name, message.id)


def _words(text: str) -> list[str]:
    """As they were typed: names are compared letter by letter."""
    clean = text[:TEXT_LENGTH].replace("\0", " ").encode(errors="ignore").decode()
    return clean.split()[:MOST_WORDS]


RowT = TypeVar("RowT", Participant, Message, Character)


def _all_of(rows: QuerySet[RowT], words: list[str], *columns: str) -> QuerySet[RowT]:
    """Those in which every word stands in one of the columns."""
    for word in words:
        somewhere = Q()
        for column in columns:
            somewhere |= Q((f"{column}__icontains", word))
        rows = rows.filter(somewhere)
    return rows


def _alike(rows: Iterable[T], words: list[str], name: Callable[[T], str]) -> list[T]:
    typed = [folded(word) for word in words]
    return [row for row in rows if _is_like(typed, folded(name(row)))]


def _is_like(typed: list[str], name: str) -> bool:
    """Whether every word stands in the name, as it is or with slips of the finger."""
    known = spelling.words(name)
    return all(word in name or spelling.nearest(word, known, spelling.mistakes(word)) for word in typed)
