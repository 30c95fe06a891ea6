"""Verbs on the marketplace that readers have: take, follow, save for later, report."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from characters import access
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.models import Asset, Character, Favourite, Publication, Report, Version
from characters.versions import add_version, adopt
from core.errors import BadInput, Conflict, NotFound

LONGEST_REPORT = 1_000
FOLLOWED_AT_ONCE = 500
OPEN_REPORTS_PER_USER = 50


def take(user: User, publication_id: UUID, follows: bool = False) -> Character:
    """Their own copy of the approved version; again, the one they have. Their own and built-in ones need no copy.

    With `follows` it takes on what is approved next, as long as they do not edit it. Raises `NotFound`, or
    `LimitReached` where they have as many characters as they may have.
    """
    with transaction.atomic():
        publication, version = _held(user, publication_id)
        if publication.owner_id in {None, user.id}:
            return publication.character
        copy = _copies_of(publication).filter(owner=user).first()
        if copy is not None:
            return copy
        copy = create_character(user, version.card, _taken_from(publication))
        copy.origin, copy.was_taken, copy.follows = publication, True, follows
        copy.save(update_fields=["origin", "was_taken", "follows"])
        _copy_assets(publication, version.card, [copy])
        adopt(copy, _newest(copy))
        Publication.objects.filter(pk=publication.pk).update(takes=F("takes") + 1)
    return copy


def follow(user: User, character_id: UUID, follows: bool) -> Character:
    """Whether their copy takes on what is approved next; from now on it is at the newest.

    Raises `NotFound`, or `Conflict` for a character that was never taken, and for one that they have edited.
    """
    with transaction.atomic():
        # The publication first: whoever approves holds it while copies take the version on.
        origin_id = access.get_own_character_for(user, character_id).origin_id
        held = Publication.objects.select_for_update(no_key=True)
        publication = held.filter(pk=origin_id).first() if origin_id is not None else None
        character = access.lock_character_for(user, character_id)
        if not character.was_taken or publication is None or character.origin_id != publication.pk:
            raise Conflict(_("There is nobody to take updates from."))
        if follows and _newest(character).digest not in _digests(publication):
            raise Conflict(_("You have made this character your own: an update would undo what you changed."))
        character.follows = follows
        character.save(update_fields=["follows"])
        if follows and publication.is_listed and publication.version is not None:
            _bring_up_to_date(publication, publication.version, [character])
    return character


def follow_updates(publication: Publication) -> int:
    """Every copy that follows and is as it was taken gets the approved version; the number of those that did.

    Once they have, there is nothing to do. A copy with a draft is being edited, and is left alone.
    """
    version = publication.version
    if version is None or not publication.is_listed:
        return 0
    told = 0
    behind = _copies_of(publication).filter(follows=True, draft__isnull=True).exclude(version__digest=version.digest)
    ids = list(behind.order_by("id").values_list("id", flat=True))
    for first in range(0, len(ids), FOLLOWED_AT_ONCE):
        with transaction.atomic():
            rows = Character.objects.select_for_update(no_key=True).filter(
                id__in=ids[first : first + FOLLOWED_AT_ONCE], follows=True, deleted_at=None
            )
            told += _bring_up_to_date(publication, version, rows.order_by("id"))
    return told


def toggle_favourite(user: User, publication_id: UUID) -> bool:
    """Save it for later, or no longer; whether it is saved now. Raises `NotFound`."""
    saved = Favourite.objects.filter(owner=user, publication_id=publication_id).exists()
    set_favourite(user, publication_id, wanted=not saved)
    return not saved


def set_favourite(user: User, publication_id: UUID, wanted: bool) -> None:
    """The count moves with the row, so it is the number of rows whoever does this at once. Raises `NotFound`."""
    with transaction.atomic():
        if wanted:
            publication = _listed(user, publication_id)
            _row, changed = Favourite.objects.get_or_create(owner=user, publication=publication)
        else:
            # Also of one that has been taken down since.
            changed = Favourite.objects.filter(owner=user, publication_id=publication_id).delete()[0] > 0
            if not changed:
                access.get_publication_for(user, publication_id)
        if changed:
            step = 1 if wanted else -1
            Publication.objects.filter(pk=publication_id).update(favourites=F("favourites") + step)


def report(user: User, publication_id: UUID, kind: Report.Kind, text: str) -> Report:
    """One open report of each person: another changes it. Raises `NotFound` or `BadInput`."""
    publication = _listed(user, publication_id)
    if publication.owner_id == user.id:
        raise BadInput(_("This character is yours. You can take it out of the marketplace yourself."))
    if len(text) > LONGEST_REPORT:
        raise BadInput(_("A report may have 1,000 characters."))
    if kind == Report.Kind.OTHER and not text.strip():
        raise BadInput(_("Say in your own words what is wrong."))
    mine = Report.objects.filter(owner=user, state=Report.State.OPEN)
    if mine.exclude(publication=publication).count() >= OPEN_REPORTS_PER_USER:
        raise BadInput(_("You have 50 open reports. Once moderators have looked at them you can make more."))
    row, _created = Report.objects.update_or_create(
        owner=user,
        publication=publication,
        state=Report.State.OPEN,
        defaults={"kind": kind, "text": text.strip(), "version": publication.version},
    )
    return row


def _held(user: User, publication_id: UUID) -> tuple[Publication, Version]:
    """Held until the transaction ends: an approval meanwhile finds the copy, and brings it up to date."""
    access.get_publication_for(user, publication_id)
    Publication.objects.select_for_update(no_key=True).get(pk=publication_id)
    # Read again: it may have waited for an approval.
    publication = _listed(user, publication_id)
    if publication.version is None:
        raise NotFound
    return publication, publication.version


def _listed(user: User, publication_id: UUID) -> Publication:
    publication = access.get_publication_for(user, publication_id)
    if not publication.is_listed:
        raise NotFound
    return publication


def _copies_of(publication: Publication) -> QuerySet[Character]:
    return Character.objects.filter(origin=publication, was_taken=True, deleted_at=None)


def _digests(publication: Publication) -> set[str]:
    """Of everything that its author has ever saved."""
    return set(Version.objects.filter(character_id=publication.character_id).values_list("digest", flat=True))


def _bring_up_to_date(publication: Publication, version: Version, copies: Iterable[Character]) -> int:
    """Those that say something the author has said; the number of those that did not say this yet."""
    said = _digests(publication)
    behind = [copy for copy in copies if (told := _newest(copy).digest) != version.digest and told in said]
    _copy_assets(publication, version.card, behind)
    for copy in behind:
        add_version(copy, version.card, _taken_from(publication))
    return len(behind)


def _copy_assets(publication: Publication, card: Card, copies: list[Character]) -> None:
    """The files that this card names, and no others: what its author has uploaded since is nobody's business.

    Files are shared, being kept by their content. Sealed ones stay with the author: nobody has looked at them.
    """
    named = {asset.uri for asset in card.assets}
    assets = list(Asset.objects.filter(character_id=publication.character_id, uri__in=named, is_sealed=False))
    rows = [
        Asset(
            owner_id=copy.owner_id,
            character=copy,
            uri=asset.uri,
            digest=asset.digest,
            media_type=asset.media_type,
            size_bytes=asset.size_bytes,
            width=asset.width,
            height=asset.height,
        )
        for copy in copies
        for asset in assets
        if copy.owner_id is not None
    ]
    Asset.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["character", "uri"],
        update_fields=["digest", "media_type", "size_bytes", "width", "height", "is_sealed"],
    )


def _newest(character: Character) -> Version:
    newest = character.versions.first()
    if newest is None:
        raise NotFound
    return newest


def _taken_from(publication: Publication) -> str:
    return _("By %(author)s, from the marketplace") % {"author": publication.author}
