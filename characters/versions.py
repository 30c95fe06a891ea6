"""How the versions of a character are written, and what the row repeats of the newest one."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from characters import limits, texts
from characters.cards.card import Card
from characters.cards.extras import extras
from characters.models import Asset, Character, Version
from characters.models.character import Rating, card_text
from characters.report import Refused, sentence
from core.errors import BadInput

NAME_LENGTH = 80


def new_character(owner: User, card: Card, note: str = "") -> Character:
    """A character of `owner`'s with this as its first version. Raises `BadInput` or `LimitReached`."""
    checked(card)
    with transaction.atomic():
        limits.reserve_character(owner)
        character = Character.objects.create(owner=owner, name=texts.title(card.name, NAME_LENGTH))
        add_version(character, card, note)
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
    character.name = texts.title(card.name, NAME_LENGTH)
    character.tagline = own.tagline
    character.hue = own.shown_hue
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


def checked(card: Card) -> str:
    """The card's text, fit to be kept. Raises `BadInput`."""
    if not card.name.strip():
        raise BadInput(_("The character needs a name."))
    return stored(card)


def stored(card: Card) -> str:
    """The card's text, as a draft keeps it, which may be nameless. Raises `BadInput` for one that is too large."""
    try:
        return card_text(card)
    except Refused as refused:
        raise BadInput(sentence(refused, _)) from refused
