"""Where somebody keeps their chats: what they have read, folders, pins and the archive. Nobody else notices."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import hold
from accounts.models import User
from characters import texts
from characters.actions.tags import chosen_tags
from characters.models import Tag
from chats import access
from chats.actions.moving import tell_moved
from chats.actions.sending import cancel_reply
from chats.events import ChatChanged
from chats.models import Chat, Folder, Message, Participant, Role
from core.errors import Conflict, LimitReached, NotFound
from core.events import group_of_person, publish_on_commit
from core.jobs import LIVE

MOST_FOLDERS = 50
NAME_LENGTH = 60
# More than a page of the list shows.
MOST_AT_ONCE = 200
# Of a folder: first what was put at a place by hand, then by when it was used.
IN_FOLDER = (F("position").asc(nulls_last=True), F("chat__active_at").desc(), F("chat_id").asc())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is None stays as it is. `position` counts from 0 among the chats of its folder, without this one, and
    past the end is the end; `before` is one of these that it shall stand before."""

    folder_id: UUID | None = None
    leaves_folder: bool = False
    position: int | None = None
    before: UUID | None = None
    is_pinned: bool | None = None
    is_archived: bool | None = None
    is_read: bool | None = None


def mark_read(user: User, chat_id: UUID) -> bool:
    """All that was said until now. False: there was nothing they had not read. Raises `NotFound`."""
    there = access.get_participation_for(user, chat_id)
    # A row is written, and open pages are told, only where something has changed.
    unread = Exists(Message.objects.filter(chat=OuterRef("chat"), finished_at__gt=OuterRef("read_at")))
    changed = Participant.objects.filter(unread, pk=there.pk).update(read_at=now())
    if changed:
        _tell(user, [chat_id])
    return bool(changed)


def place_chat(user: User, chat_id: UUID, place: Place) -> Participant:
    """All of it, or nothing. Raises `NotFound` or `Conflict`."""
    with transaction.atomic():
        hold(user)
        access.get_participation_for(user, chat_id)
        if place.folder_id is not None or place.leaves_folder:
            move_chats(user, [chat_id], place.folder_id)
        if place.position is not None or place.before is not None:
            _put(user, chat_id, place.position or 0, place.before)
        if place.is_pinned is not None:
            pin_chats(user, [chat_id], place.is_pinned)
        if place.is_archived is not None:
            archive_chats(user, [chat_id], place.is_archived)
        if place.is_read is not None:
            mark_chats(user, [chat_id], is_read=place.is_read)
        return access.get_participation_for(user, chat_id)


def move_chats(user: User, chat_ids: Collection[UUID], folder_id: UUID | None) -> None:
    """Into a folder of theirs; None: into none. There they stand by when they were used. Raises `NotFound`."""
    with transaction.atomic():
        hold(user)
        folder = access.get_folder_for(user, folder_id) if folder_id is not None else None
        _change(user, chat_ids, lambda there: there.exclude(folder=folder).update(folder=folder, position=None))


def pin_chats(user: User, chat_ids: Collection[UUID], is_pinned: bool) -> None:
    """Raises `NotFound`."""
    _change(user, chat_ids, lambda there: there.update(is_pinned=is_pinned))


def archive_chats(user: User, chat_ids: Collection[UUID], is_archived: bool) -> None:
    """Out of the list and onto the shelf of those that are over, or back. Raises `NotFound`."""
    _change(user, chat_ids, lambda there: there.update(archived_at=now() if is_archived else None))


def mark_chats(user: User, chat_ids: Collection[UUID], *, is_read: bool) -> None:
    """Unread: as if the last thing that somebody else said had come just now. Raises `NotFound`."""
    if is_read:
        _change(user, chat_ids, lambda there: there.update(read_at=now()))
        return

    def unread(there: QuerySet[Participant]) -> None:
        said = access.messages_for(user).filter(chat__in=there.values("chat"), finished_at__isnull=False)
        said = said.exclude(text="").exclude(role=Role.USER, owner=user)
        newest = said.order_by("chat", "-finished_at").distinct("chat").values_list("chat_id", "finished_at")
        for chat_id, finished_at in newest:
            if finished_at is not None:
                there.filter(chat=chat_id).update(read_at=finished_at - timedelta(microseconds=1))

    _change(user, chat_ids, unread)


def tag_chats(user: User, chat_ids: Collection[UUID], tag_id: UUID, is_on: bool) -> Tag:
    """Put a tag of theirs on these chats, or take it off. Raises `NotFound`."""
    with transaction.atomic():
        (tag,) = chosen_tags(user, [tag_id])
        chats = Chat.objects.filter(id__in=_theirs(user, chat_ids))
        if is_on:
            tag.chats.add(*chats)
        else:
            tag.chats.remove(*chats)
        _tell(user, chat_ids)
    return tag


def delete_chats(user: User, chat_ids: Collection[UUID]) -> None:
    """All of these into the trash, or none. Raises `NotFound`, `NotAllowed` where they are not the host of one, or
    `LimitReached`."""
    _theirs(user, chat_ids)
    for chat_id in chat_ids:
        access.get_participation_for(user, chat_id, access.HOST)
    live = Message.objects.filter(chat__in=chat_ids, status__in=LIVE, trash=None)
    for reply_id in live.values_list("id", flat=True):
        cancel_reply(user, reply_id)
    with transaction.atomic():
        # In one order, whoever else does this: two of them cannot wait for each other.
        for chat_id in sorted(set(chat_ids)):
            access.lock_chat_for(user, chat_id, access.HOST)
        Chat.objects.filter(id__in=chat_ids).update(trashed_at=now())
        for chat_id in chat_ids:
            tell_moved(chat_id, None)
        _tell_everybody(chat_ids)


def restore_chats(user: User, chat_ids: Collection[UUID]) -> None:
    """All of these out of the trash. Raises `NotFound` if one of them is not there."""
    with transaction.atomic():
        there = access.trashed_chats_for(user).filter(id__in=chat_ids)
        if not chat_ids or there.order_by().update(trashed_at=None) != len(set(chat_ids)):
            raise NotFound
        for chat in Chat.objects.filter(id__in=chat_ids):
            tell_moved(chat.id, chat.leaf_id)
        _tell_everybody(chat_ids)


def make_folder(user: User, name: str) -> Folder:
    """Below the others. Raises `BadInput`, `Conflict` or `LimitReached`."""
    name = texts.line(name, _("Name"), NAME_LENGTH)
    with transaction.atomic():
        hold(user)
        _require_free(user, name)
        found = access.folders_for(user)
        if found.count() >= MOST_FOLDERS:
            raise LimitReached(
                _("You have %(most)d folders, which is as many as there may be. Delete one to make room.")
                % {"most": MOST_FOLDERS},
                most=MOST_FOLDERS,
            )
        last = found.aggregate(last=Max("position"))["last"]
        return Folder.objects.create(owner=user, name=name, position=0 if last is None else last + 1)


def rename_folder(user: User, folder_id: UUID, name: str) -> Folder:
    """Raises `NotFound`, `BadInput` or `Conflict`."""
    name = texts.line(name, _("Name"), NAME_LENGTH)
    with transaction.atomic():
        hold(user)
        folder = access.get_folder_for(user, folder_id)
        _require_free(user, name, but=folder)
        folder.name = name
        folder.save(update_fields=["name"])
    return folder


def change_folder(
    user: User,
    folder_id: UUID,
    *,
    name: str | None = None,
    position: int | None = None,
    is_open: bool | None = None,
) -> None:
    """What is None stays as it is; all of it, or nothing. Raises `NotFound`, `BadInput` or `Conflict`."""
    with transaction.atomic():
        if name is not None:
            rename_folder(user, folder_id, name)
        if position is not None:
            put_folder(user, folder_id, position)
        if is_open is not None:
            fold(user, folder_id, is_open)


def fold(user: User, folder_id: UUID, is_open: bool) -> None:
    """Raises `NotFound`."""
    folder = access.get_folder_for(user, folder_id)
    folder.is_open = is_open
    folder.save(update_fields=["is_open"])


def put_folder(user: User, folder_id: UUID, position: int) -> list[Folder]:
    """At this place among the others, from 0; past the end is the end. Answers all in order. Raises `NotFound`."""
    with transaction.atomic():
        hold(user)
        folder = access.get_folder_for(user, folder_id)
        folders = list(access.folders_for(user).exclude(id=folder.id))
        folders.insert(max(0, position), folder)
        for number, one in enumerate(folders):
            one.position = number
        Folder.objects.bulk_update(folders, ["position"])
    return folders


def delete_folder(user: User, folder_id: UUID) -> None:
    """Its chats stay, in no folder. Raises `NotFound`."""
    with transaction.atomic():
        hold(user)
        folder = access.get_folder_for(user, folder_id)
        Participant.objects.filter(folder=folder).update(folder=None, position=None)
        folder.delete()


def _put(user: User, chat_id: UUID, position: int, before: UUID | None) -> None:
    """At this place of its folder, in which all keep theirs from now on."""
    there = access.get_participation_for(user, chat_id)
    if there.folder_id is None:
        raise Conflict(_("Chats without a folder stand by when they were used. Put this one into a folder first."))
    # As the list shows them: what is pinned or archived stands elsewhere, and keeps its place after these.
    beside = access.participations_for(user).filter(folder=there.folder_id).exclude(pk=there.pk)
    shown = beside.filter(is_pinned=False, archived_at=None).order_by(*IN_FOLDER)
    others = beside.exclude(is_pinned=False, archived_at=None).order_by(*IN_FOLDER)
    ordered = list(shown)
    if before is not None:
        position = next((at for at, one in enumerate(ordered) if one.chat_id == before), -1)
        if position < 0:
            raise NotFound
    ordered.insert(max(0, position), there)
    ordered += others
    for number, one in enumerate(ordered):
        one.position = float(number)
    Participant.objects.bulk_update(ordered, ["position"], batch_size=500)
    _tell(user, [chat_id])


def _theirs(user: User, chat_ids: Collection[UUID]) -> list[UUID]:
    """These, if every one is theirs to keep. Raises `NotFound` or `LimitReached`."""
    wanted = set(chat_ids)
    if len(wanted) > MOST_AT_ONCE:
        raise LimitReached(
            ngettext(
                "At most %(most)d chat can be changed at once.",
                "At most %(most)d chats can be changed at once.",
                MOST_AT_ONCE,
            )
            % {"most": MOST_AT_ONCE},
            most=MOST_AT_ONCE,
        )
    found = list(access.participations_for(user).filter(chat__in=wanted).values_list("chat_id", flat=True))
    if not wanted or len(found) != len(wanted):
        raise NotFound
    return found


def _change(user: User, chat_ids: Collection[UUID], change: Callable[[QuerySet[Participant]], object]) -> None:
    with transaction.atomic():
        hold(user)
        change(Participant.objects.filter(user=user, chat__in=_theirs(user, chat_ids)))
        _tell(user, chat_ids)


def _tell(user: User, chat_ids: Iterable[UUID]) -> None:
    """Their other pages. One hint is enough: each makes a page look at the whole list again."""
    for chat_id in list(chat_ids)[:1]:
        publish_on_commit(group_of_person(user.id), ChatChanged(chat_id=chat_id))


def _tell_everybody(chat_ids: Collection[UUID]) -> None:
    """As `_tell`, for all who are in one of these chats."""
    people = Participant.objects.filter(chat__in=chat_ids, left_at=None)
    for user_id, chat_id in people.order_by("user").distinct("user").values_list("user_id", "chat_id"):
        publish_on_commit(group_of_person(user_id), ChatChanged(chat_id=chat_id))


def _require_free(user: User, name: str, but: Folder | None = None) -> None:
    there = access.folders_for(user).annotate(low=Lower("name")).filter(low=Lower(Value(name))).first()
    if there is not None and there != but:
        raise Conflict(_("You have a folder called “%(name)s” already.") % {"name": there.name})
