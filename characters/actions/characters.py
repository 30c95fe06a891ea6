"""Verbs on characters: make one, save a version, go back to one, delete and bring back."""

from uuid import UUID

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from characters import access, limits, versions
from characters.actions import publishing
from characters.cards.card import Card
from characters.models import Character, Version
from core.errors import Conflict


def create_character(owner: User, card: Card, note: str = "") -> Character:
    """A character of `owner`'s with this as its first version. Raises `BadInput` or `LimitReached`."""
    return versions.new_character(owner, card, note)


def save_card(user: User, character_id: UUID, card: Card, base: int, note: str = "") -> Version:
    """The next version. Without any change there is none: the newest is answered. A draft stays one.

    `base` is the number of the version that was edited: raises `Conflict` if there is a newer one, so that two
    windows do not undo each other. Raises `NotFound` or `BadInput`.
    """
    text = versions.checked(card)
    with transaction.atomic():
        character = access.lock_character_for(user, character_id)
        newest = character.versions.first()
        if newest is not None and newest.number != base:
            raise Conflict(
                _("This character was saved elsewhere meanwhile. What you wrote is kept as a draft."),
                newest=newest.number,
            )
        if newest is not None and newest.digest == versions.digest_of(text):
            return newest
        version = versions.add_version(character, card, note)
        if character.was_taken:
            # It is their own now; what is approved next is somebody else's.
            character.follows = False
            character.save(update_fields=["follows"])
        publishing.requeue(character, version)
    return version


def restore_version(user: User, character_id: UUID, number: int) -> Version:
    """An earlier version saved again as the newest one. A draft stays. Raises `NotFound`."""
    old = access.get_version_for(user, character_id, number)
    with transaction.atomic():
        character = access.lock_character_for(user, character_id)
        newest = character.versions.first()
        base = newest.number if newest is not None else 0
        return save_card(user, character_id, old.card, base, _("Version %(number)d again") % {"number": number})


def delete_character(user: User, character_id: UUID) -> None:
    """Out of every list, and out of the marketplace. Its chats stay, and go on. Raises `NotFound`."""
    with transaction.atomic():
        character = access.lock_character_for(user, character_id)
        publishing.take_back(character)
        character.deleted_at = now()
        character.save(update_fields=["deleted_at"])


def undelete_character(user: User, character_id: UUID) -> Character:
    """Raises `NotFound`, or `Conflict` where a copy of the same publication has taken its place."""
    with transaction.atomic():
        limits.reserve_character(user)
        character = access.get_deleted_character_for(user, character_id)
        copies = Character.objects.filter(owner=user, deleted_at=None, origin_id=character.origin_id)
        if character.origin_id is not None and copies.exists():
            raise Conflict(_("You have this character again already."))
        character.deleted_at = None
        character.save(update_fields=["deleted_at"])
    return character
