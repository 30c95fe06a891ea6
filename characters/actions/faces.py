"""The picture that a character shows."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from characters import access, files, pictures
from characters.actions.characters import save_card
from characters.cards.card import Asset as CardAsset
from characters.cards.card import Card, with_changes
from characters.models import Asset, Character, Draft, Version
from characters.pictures import Box, Picture, PictureRefused
from characters.versions import stored
from core.errors import BadInput


def set_face(user: User, character_id: UUID, content: bytes, box: Box | None, base: int) -> Version:
    """A version that shows this picture, or the part of it in `box`. What is a draft stays one, and shows it too.

    `base` is the number of the version that was looked at. Raises `BadInput` for what is no picture, `NotFound`, or
    `Conflict` if there is a newer version.
    """
    access.get_own_character_for(user, character_id)
    try:
        picture = pictures.re_encode(content) if box is None else pictures.cropped(content, box)
    except PictureRefused as refused:
        raise BadInput(refused.sentence(_)) from refused
    digest = files.put_picture(picture)
    ext = picture.media_type.removeprefix("image/")
    uri = files.address(digest, ext)
    with transaction.atomic():
        character = access.lock_character_for(user, character_id)
        _keep(user, character, uri, picture)
        draft = Draft.objects.filter(character=character).select_related("base").first()
        version = save_card(user, character_id, with_face(character.card, uri, ext), base, _("Another picture"))
        if draft is not None:
            # One that was made of an older version still is: the editor shows what was saved meanwhile.
            draft.base = version if draft.base.number == base else draft.base
            draft.text = stored(with_face(draft.card, uri, ext))
            draft.save(update_fields=["base", "text", "updated_at"])
    return version


def with_face(card: Card, uri: str, ext: str) -> Card:
    """The card with this as its main icon, in the place of the one before."""
    face = CardAsset("icon", uri, "main", ext)
    place = next((asset for asset in card.assets if asset.is_face), None)
    if place is None:
        return with_changes(card, assets=(face, *card.assets))
    assets = tuple(replace(asset, uri=uri, ext=ext) if asset is place else asset for asset in card.assets)
    return with_changes(card, assets=assets)


def _keep(owner: User, character: Character, uri: str, picture: Picture) -> None:
    Asset.objects.get_or_create(
        character=character,
        uri=uri,
        defaults={
            "owner": owner,
            "digest": picture.digest,
            "media_type": picture.media_type,
            "size_bytes": len(picture.content),
            "width": picture.width,
            "height": picture.height,
        },
    )
