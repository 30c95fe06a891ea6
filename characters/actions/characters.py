"""Verbs on characters: make one, save a version, go back to one, delete and bring back."""

import hashlib
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from characters import access
from characters.actions import publishing
from characters.cards.card import Card
from characters.cards.extras import extras
from characters.models import Asset, Character, Draft, Version
from characters.models.character import Rating, card_text
from characters.report import Refused, sentence
from core.errors import BadInput, Conflict, LimitReached

NAME_LENGTH = 80
DEFAULT_HUE = 30


def create_character(owner: User, card: Card, note: str = "") -> Character:
    """A character of `owner`'s with this as its first version. Raises `BadInput` or `LimitReached`."""
    checked(card)
    with transaction.atomic():
        _reserve(owner)
        character = Character.objects.create(owner=owner, name=_name(card))
        add_version(character, card, note)
    return character


def save_card(user: User, character_id: UUID, card: Card, base: int, note: str = "") -> Version:
    """The next version. Without any change there is none: the newest is answered. What was a draft is saved with it.

    `base` is the number of the version that was edited: raises `Conflict` if there is a newer one, so that two
    windows do not undo each other. Raises `NotFound` or `BadInput`.
    """
    text = checked(card)
    with transaction.atomic():
        character = access.lock_character_for(user, character_id)
        newest = character.versions.first()
        if newest is not None and newest.number != base:
            raise Conflict(
                _("This character was saved elsewhere meanwhile. What you wrote is kept as a draft."),
                newest=newest.number,
            )
        Draft.objects.filter(character=character).delete()
        if newest is not None and newest.digest == digest_of(text):
            return newest
        version = add_version(character, card, note)
        if character.was_taken:
            # It is their own now; what is approved next is somebody else's.
            character.follows = False
            character.save(update_fields=["follows"])
        publishing.requeue(character, version)
    return version


def restore_version(user: User, character_id: UUID, number: int) -> Version:
    """An earlier version saved again as the newest one. Raises `NotFound`."""
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
        character = access.get_deleted_character_for(user, character_id)
        copies = Character.objects.filter(owner=user, deleted_at=None, origin_id=character.origin_id)
        if character.origin_id is not None and copies.exists():
            raise Conflict(_("You have this character again already."))
        _reserve(user)
        character.deleted_at = None
        character.save(update_fields=["deleted_at"])
    return character


def add_version(character: Character, card: Card, note: str = "") -> Version:
    """One more version of a character that the caller holds, which becomes the newest. Raises `BadInput`."""
    text = checked(card)
    last = character.versions.first()
    version = Version.objects.create(
        owner=character.owner,
        character=character,
        number=last.number + 1 if last is not None else 1,
        text=text,
        digest=digest_of(text),
        note=note[:200],
    )
    adopt(character, version)
    return version


def adopt(character: Character, version: Version) -> None:
    """The row says what this version says."""
    card = version.card
    own = extras(card)
    character.version = version
    character.name = _name(card)
    character.tagline = own.tagline
    character.hue = DEFAULT_HUE if own.hue is None else own.hue
    character.rating = own.rating or Rating.EVERYONE
    character.language = own.language
    character.face = face_of(character, card)
    character.save(update_fields=["version", "name", "tagline", "hue", "rating", "language", "face", "updated_at"])


def face_of(character: Character, card: Card) -> str:
    """The digest of the picture that this card of the character shows; "" without one."""
    icons = [asset for asset in card.assets if asset.type == "icon"]
    for icon in sorted(icons, key=lambda asset: not asset.is_face):
        kept = Asset.objects.filter(character=character, uri=icon.uri, is_sealed=False).first()
        if kept is not None:
            return kept.digest
    return ""


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _name(card: Card) -> str:
    name = " ".join(card.name.split()) or _("Nameless")
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"


def checked(card: Card) -> str:
    """The card's text, fit to be kept. Raises `BadInput`."""
    if not card.name.strip():
        raise BadInput(_("The character needs a name."))
    try:
        return card_text(card)
    except Refused as refused:
        raise BadInput(sentence(refused, _)) from refused


def _reserve(owner: User) -> None:
    """Raises `LimitReached`. Plans will set the number; an operator can already."""
    most = settings.CHARACTERS_PER_USER
    # Held until the transaction ends, so that two requests do not both take the last place.
    User.objects.select_for_update(no_key=True).get(id=owner.id)
    if most and access.own_characters_for(owner).count() >= most:
        raise LimitReached(
            ngettext(
                "You have %(most)d character, which is as many as there may be. Delete one to make room.",
                "You have %(most)d characters, which is as many as there may be. Delete one to make room.",
                most,
            )
            % {"most": most},
            most=most,
        )
