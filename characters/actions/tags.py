"""Verbs on tags: make one, change it, remove it, put some on a character."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import hold
from accounts.models import User
from characters import access, texts
from characters.models import Tag
from core.errors import Conflict, LimitReached, NotFound

NAME_LENGTH = 40
MOST_TAGS = 50
# Neighbours on the wheel of colours are far apart in a list: the golden angle, in degrees.
TURN = 137


@dataclass(frozen=True, slots=True, kw_only=True)
class TagChanges:
    """What is None stays as it is."""

    name: str | None = None
    hue: int | None = None


def create_tag(user: User, name: str, hue: int | None = None) -> Tag:
    """Without a colour it gets one that the others do not have. Raises `BadInput`, `Conflict` or `LimitReached`."""
    name = texts.line(name, _("Name"), NAME_LENGTH)
    with transaction.atomic():
        hold(user)
        _require_free(user, name)
        number = access.tags_for(user).count()
        if number >= MOST_TAGS:
            raise LimitReached(
                ngettext(
                    "You have %(most)d tag, which is as many as there may be. Delete one to make room.",
                    "You have %(most)d tags, which is as many as there may be. Delete one to make room.",
                    MOST_TAGS,
                )
                % {"most": MOST_TAGS},
                most=MOST_TAGS,
            )
        degrees = Tag._meta.get_field("hue").get_default() + number * TURN
        return Tag.objects.create(owner=user, name=name, hue=degrees % 360 if hue is None else texts.hue(hue))


def change_tag(user: User, tag_id: UUID, changes: TagChanges) -> Tag:
    """Raises `NotFound`, `BadInput` or `Conflict`."""
    with transaction.atomic():
        hold(user)
        tag = access.get_tag_for(user, tag_id)
        if changes.name is not None:
            tag.name = texts.line(changes.name, _("Name"), NAME_LENGTH)
            _require_free(user, tag.name, but=tag)
        if changes.hue is not None:
            tag.hue = texts.hue(changes.hue)
        tag.save(update_fields=["name", "hue"])
    return tag


def delete_tag(user: User, tag_id: UUID) -> None:
    """What had it stays, without it. Raises `NotFound`."""
    access.get_tag_for(user, tag_id).delete()


def tag_character(user: User, character_id: UUID, tag_ids: Collection[UUID], new: str = "") -> list[Tag]:
    """A character of theirs has these tags and no others; `new` as in `chosen_tags`, which says what is raised."""
    with transaction.atomic():
        character = access.lock_character_for(user, character_id)
        tags = chosen_tags(user, tag_ids, new)
        character.tags.set(tags)
    return tags


def chosen_tags(user: User, tag_ids: Collection[UUID], new: str = "") -> list[Tag]:
    """Those of these ids, and the one that is called `new`, which is made if there is none.

    Call inside a transaction. Raises `NotFound` if one of them is not theirs, and what `create_tag` raises.
    """
    found = {tag.id: tag for tag in access.tags_for(user).filter(id__in=tag_ids)}
    if len(found) != len(set(tag_ids)):
        raise NotFound
    if new.strip():
        name = texts.line(new, _("Name"), NAME_LENGTH)
        tag = _called(user, name) or create_tag(user, name)
        found[tag.id] = tag
    return sorted(found.values(), key=lambda tag: tag.name)


def _require_free(user: User, name: str, but: Tag | None = None) -> None:
    there = _called(user, name)
    if there is not None and there != but:
        raise Conflict(_("You have a tag called “%(name)s” already.") % {"name": there.name})


def _called(user: User, name: str) -> Tag | None:
    """Upper and lower case are alike, by PostgreSQL's rules, which are those of the constraint."""
    return access.tags_for(user).annotate(low=Lower("name")).filter(low=Lower(Value(name))).first()
