"""What the lists of chats show: rows in, values out."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from characters.access import tags_for
from characters.models import Tag
from characters.pages.tags import TagChoice, TagMark, choices, marks
from chats import access
from chats.models import CastMember, Message, Part, Participant, Role
from chats.pages.faces import face
from core.errors import NotFound

SIDEBAR_CHATS = 60
PAGE_CHATS = 50
SNIPPET = 80
FACES = 2
MOST_UNREAD = 99


@dataclass(frozen=True, slots=True)
class Face:
    name: str
    hue: int
    portrait: str


@dataclass(frozen=True, slots=True)
class ChatRow:
    """`faces` are those of the first characters who are there. `unread` is a number as it is shown, or ""."""

    id: UUID
    title: str
    url: str
    name: str
    hue: int
    portrait: str
    faces: tuple[Face, ...]
    snippet: str
    updated_at: datetime
    is_live: bool
    unread: str
    unread_label: str
    tags: tuple[TagMark, ...]
    folder_id: UUID | None
    is_pinned: bool
    is_archived: bool
    is_host: bool


@dataclass(frozen=True, slots=True)
class FolderRows:
    """`number` says how many chats are in it, of which `rows` are those that the list has room for."""

    id: UUID
    name: str
    is_open: bool
    number: int
    rows: tuple[ChatRow, ...]
    has_unread: bool


@dataclass(frozen=True, slots=True)
class Sidebar:
    """`unread` is the number of chats in which something was said that they have not read."""

    pinned: tuple[ChatRow, ...] = ()
    folders: tuple[FolderRows, ...] = ()
    rest: tuple[ChatRow, ...] = ()
    archived: int = 0
    has_more: bool = False

    def __iter__(self) -> Iterator[ChatRow]:
        """All of them, the newest first."""
        rows = chain(self.pinned, *(folder.rows for folder in self.folders), self.rest)
        return iter(sorted(rows, key=lambda row: row.updated_at, reverse=True))

    def __bool__(self) -> bool:
        return bool(self.pinned or self.folders or self.rest or self.archived)

    @property
    def has_rows(self) -> bool:
        """Whether there is a chat outside the archive."""
        return any(True for _row in self)

    @property
    def unread(self) -> int:
        return sum(1 for row in self if row.unread)

    @property
    def is_sorted(self) -> bool:
        """Whether there is anything that the rest has to be told from."""
        return bool(self.pinned or self.folders)


@dataclass(frozen=True, slots=True)
class ChatPage:
    """One page of a long list; `next` is the id after which the next one begins."""

    rows: tuple[ChatRow, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class FolderChoice:
    id: UUID
    name: str
    is_on: bool
    number: int = 0


@dataclass(frozen=True, slots=True)
class PlaceMenu:
    """What can be done with one chat in the list."""

    row: ChatRow
    folders: tuple[FolderChoice, ...]
    tags: list[TagChoice]
    may_rename: bool
    folder: FolderChoice | None = field(default=None)


def sidebar(user: User, tag: Tag | None = None) -> Sidebar:
    """What is pinned, their folders, and the chats used last; with a tag, only those that have it."""
    found = access.participations_for(user).filter(archived_at=None)
    if tag is not None:
        found = found.filter(chat__tags=tag)
    newest = _with_all(user, found).order_by("-is_pinned", "-chat__active_at", "chat_id")
    there = list(newest[: SIDEBAR_CHATS + 1])
    has_more, there = len(there) > SIDEBAR_CHATS, there[:SIDEBAR_CHATS]
    rows = {row.id: row for row in _rows(user, there)}
    numbers, archived = _numbers(user)
    among: defaultdict[UUID | None, list[Participant]] = defaultdict(list)
    for one in there:
        if not one.is_pinned:
            among[one.folder_id].append(one)
    folders = []
    for folder in access.folders_for(user):
        inside = tuple(rows[one.chat_id] for one in _in_order(among[folder.id]))
        if tag is None or inside:
            has_unread = any(row.unread for row in inside)
            folders.append(
                FolderRows(folder.id, folder.name, folder.is_open, numbers.get(folder.id, 0), inside, has_unread)
            )
    return Sidebar(
        pinned=tuple(rows[one.chat_id] for one in there if one.is_pinned),
        folders=tuple(folders),
        rest=tuple(rows[one.chat_id] for one in among[None]),
        archived=archived,
        has_more=has_more,
    )


def sidebar_tags(user: User) -> tuple[TagMark, ...]:
    """Those that some chat of theirs has."""
    return marks(tags_for(user).filter(chats__isnull=False).distinct())


def page(
    user: User,
    *,
    archived: bool = False,
    after: UUID | None = None,
    tag: Tag | None = None,
    folder_id: UUID | None = None,
) -> ChatPage:
    """All of their chats, or those in the archive, the newest first, from behind one on. Raises `NotFound`."""
    found = access.participations_for(user).filter(archived_at__isnull=not archived)
    if after is not None:
        last = access.get_chat_for(user, after)
        found = found.filter(
            Q(chat__active_at__lt=last.active_at) | Q(chat__active_at=last.active_at, chat_id__gt=last.id)
        )
    if tag is not None:
        found = found.filter(chat__tags=tag)
    if folder_id is not None:
        found = found.filter(folder=access.get_folder_for(user, folder_id))
    there = list(_with_all(user, found).order_by("-chat__active_at", "chat_id")[: PAGE_CHATS + 1])
    rows = _rows(user, there[:PAGE_CHATS])
    return ChatPage(tuple(rows), rows[-1].id if len(there) > PAGE_CHATS else None)


def place_menu(user: User, chat_id: UUID) -> PlaceMenu:
    """Raises `NotFound`."""
    for row in _rows(user, list(_with_all(user, access.participations_for(user).filter(chat_id=chat_id)))):
        there = access.get_participation_for(user, chat_id)
        folders = folder_choices(user, row.folder_id)
        mine = next((folder for folder in folders if folder.is_on), None)
        tags = choices(user, {tag.id for tag in row.tags})
        return PlaceMenu(row, folders, tags, there.part in access.WRITERS, mine)
    raise NotFound


def folder_choices(user: User, on: UUID | None = None) -> tuple[FolderChoice, ...]:
    numbers, _archived = _numbers(user)
    return tuple(
        FolderChoice(folder.id, folder.name, folder.id == on, numbers.get(folder.id, 0))
        for folder in access.folders_for(user)
    )


def unread(user: User, chat_ids: Collection[UUID]) -> dict[UUID, int]:
    """How much somebody else has said in these chats that they have not read: 0 to 100, which stands for more.

    Their own words, greetings and replies without a word do not count.
    """
    said = Message.objects.filter(chat=OuterRef("chat"), finished_at__gt=OuterRef("read_at"), trash=None)
    said = said.filter(greeting=None, created_at__gte=Coalesce(OuterRef("since"), F("created_at")))
    said = said.exclude(text="").exclude(role=Role.USER, owner=user)
    # No more rows are read of each chat than can be shown.
    each = ArraySubquery(said.order_by("finished_at").values_list(Value(1))[: MOST_UNREAD + 1])
    found = access.participations_for(user).filter(chat__in=chat_ids).annotate(said=each)
    return {chat_id: len(each) for chat_id, each in found.values_list("chat_id", "said")}


def unread_label(number: int) -> str:
    if number > MOST_UNREAD:
        return _("More than %(n)d unread") % {"n": MOST_UNREAD}
    return ngettext("%(n)d unread", "%(n)d unread", number) % {"n": number}


def _with_all(user: User, found: QuerySet[Participant]) -> QuerySet[Participant]:
    """With what their rows show, in as many queries for one as for all; without the cards, which have megabytes."""
    cast = CastMember.objects.filter(left_at=None).select_related("character").order_by("position", "joined_at")
    return (
        found.select_related("chat__character", "chat__leaf")
        .defer("chat__note", "chat__leaf__thinking", "chat__leaf__lore", "chat__leaf__brought", "draft")
        .prefetch_related(Prefetch("chat__cast", cast), Prefetch("chat__tags", tags_for(user)))
    )


def _rows(user: User, there: list[Participant]) -> list[ChatRow]:
    numbers = unread(user, [one.chat_id for one in there])
    return [_row(one, numbers.get(one.chat_id, 0)) for one in there]


def _row(there: Participant, number: int) -> ChatRow:
    chat, leaf = there.chat, there.chat.leaf
    if leaf is not None and there.since is not None and leaf.created_at < there.since:
        leaf = None
    is_live = leaf is not None and leaf.is_live
    snippet = " ".join(leaf.text[: SNIPPET * 2].split())[:SNIPPET] if leaf is not None else ""
    if is_live:
        snippet = _("is writing")
    characters = [member.character for member in chat.cast.all()] or [chat.character]
    writing = [one for one in characters if is_live and leaf is not None and one.id == leaf.character_id]
    return ChatRow(
        id=chat.id,
        title=chat.title or _("New chat"),
        url=reverse("chats:detail", args=[chat.id]),
        name=(writing or [chat.character])[0].name,
        hue=chat.character.hue,
        portrait=face(there.user_id, chat.id, chat.character),
        faces=tuple(Face(one.name, one.hue, face(there.user_id, chat.id, one)) for one in characters[:FACES]),
        snippet=snippet,
        updated_at=chat.active_at,
        is_live=is_live,
        unread="" if not number else str(number) if number <= MOST_UNREAD else f"{MOST_UNREAD}+",
        unread_label=unread_label(number) if number else "",
        tags=marks(chat.tags.all()),
        folder_id=there.folder_id,
        is_pinned=there.is_pinned,
        is_archived=there.archived_at is not None,
        is_host=there.part == Part.OWNER,
    )


def _in_order(there: list[Participant]) -> list[Participant]:
    """As `actions.organising.IN_FOLDER` says it to the database; these come by when they were used."""
    return sorted(there, key=lambda one: (one.position is None, one.position or 0.0))


def _numbers(user: User) -> tuple[dict[UUID, int], int]:
    """How many chats each folder has, and how many the archive."""
    in_list = Count("pk", filter=Q(archived_at=None))
    counted = access.participations_for(user).values("folder").annotate(here=in_list, all=Count("pk")).order_by()
    rows = list(counted.values_list("folder", "here", "all"))
    return {folder: here for folder, here, _all in rows if folder is not None}, sum(
        every - here for _folder, here, every in rows
    )
