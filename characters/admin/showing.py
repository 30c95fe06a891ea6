"""A version as moderators look at it: rows in, values out. All that its card says is among them."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from characters import portrayal
from characters.cards.card import Card
from characters.cards.extras import extras
from characters.diff import Difference, Part, differences
from characters.lore.reading import read_card_book
from characters.models import Asset, Character, Decision, Publication, Version
from characters.models.character import Rating
from characters.report import Refused

LINK = re.compile(r"\b(?:https?|ftp)://[^\s\"'<>()\[\]{}\\]+", re.IGNORECASE)
MOST_LINKS = 500
# Told apart from the other texts of a card.
ELSEWHERE = frozenset("name tagline description rating first_message alternate_greetings group_only_greetings".split())


@dataclass(frozen=True, slots=True)
class Text:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """`pictures` are digests, the face first; `sealed` the addresses of files that are never served.

    `changes` are those since the version that everybody saw before; None where there was none.
    """

    name: str
    tagline: str
    rating: str
    hue: int
    number: int
    digest: str
    saved_at: datetime
    portrait: str
    pictures: tuple[str, ...]
    sealed: tuple[str, ...]
    profile: SafeString
    greetings: tuple[Text, ...]
    lore: tuple[Text, ...]
    texts: tuple[Text, ...]
    links: tuple[str, ...]
    before: int | None
    changes: tuple[Change, ...] | None


def shown(character: Character, version: Version, before: Version | None = None) -> Shown:
    card = version.card
    own = extras(card)
    kept = _assets(character, card)
    return Shown(
        name=card.name,
        tagline=own.tagline,
        rating=str(Rating(own.rating).label) if own.rating else str(Rating.EVERYONE.label),
        hue=character.hue if own.hue is None else own.hue,
        number=version.number,
        digest=version.digest,
        saved_at=version.created_at,
        portrait=portrayal.portrait(character) if character.portrait else "",
        pictures=tuple(asset.digest for asset in kept if not asset.is_sealed),
        sealed=tuple(asset.uri for asset in kept if asset.is_sealed),
        profile=portrayal.rendered(card.description),
        greetings=_greetings(card),
        lore=_lore(card),
        texts=_texts(card),
        links=links(version.text),
        before=before.number if before is not None else None,
        changes=_changes(before, version) if before is not None else None,
    )


def pictures_of(character: Character, version: Version) -> dict[str, Asset]:
    """The pictures that this version shows, by their digests. Sealed files are none."""
    return {asset.digest: asset for asset in _assets(character, version.card) if not asset.is_sealed}


def decisions_on(publication: Publication) -> list[Decision]:
    """The newest first."""
    return list(Decision.objects.filter(publication=publication))


def links(text: str) -> tuple[str, ...]:
    """The addresses in a text, each once, in their order."""
    found = (match[0].rstrip(".,;:!?*_") for match in LINK.finditer(text))
    return tuple(dict.fromkeys(found))[:MOST_LINKS]


def _assets(character: Character, card: Card) -> list[Asset]:
    """In the card's order, but the face first."""
    places = {asset.uri: number for number, asset in reversed(list(enumerate(card.assets)))}
    faces = {asset.uri for asset in card.assets if asset.type == "icon" and asset.is_face}
    rows = Asset.objects.filter(character=character, uri__in=places)
    return sorted(rows, key=lambda row: (row.uri not in faces, places[row.uri]))


def _greetings(card: Card) -> tuple[Text, ...]:
    said = [(_("First message"), card.first_message)]
    said += [(_("Greeting %(n)d") % {"n": n}, text) for n, text in enumerate(card.alternate_greetings, 2)]
    said += [(_("In groups, %(n)d") % {"n": n}, text) for n, text in enumerate(card.group_only_greetings, 1)]
    return tuple(Text(label, text) for label, text in said if text)


def _lore(card: Card) -> tuple[Text, ...]:
    if card.book is None:
        return ()
    try:
        entries = read_card_book(card.book).book.entries
    except Refused:  # the texts have it as it is written
        return ()
    return tuple(Text(", ".join(entry.keys) or entry.comment or str(entry.uid), entry.content) for entry in entries)


def _texts(card: Card) -> tuple[Text, ...]:
    """What differs from a card that says nothing is all that it says."""
    said = differences(Card(""), card)
    return tuple(Text(_(one.label), _after(one)) for one in said if one.field not in ELSEWHERE and _after(one))


def _after(difference: Difference) -> str:
    return "".join(part.text for part in difference.parts if part.kind != "removed")


def _changes(before: Version, version: Version) -> tuple[Change, ...]:
    return tuple(Change(_(one.label), one.parts) for one in differences(before.card, version.card))
