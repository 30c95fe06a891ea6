"""The characters that everybody has."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from characters import persona
from characters.actions import publishing
from characters.cards.card import Card
from characters.cards.extras import Extras, with_extras
from characters.models import Character
from characters.models.character import card_text
from characters.versions import add_version, digest_of

SHEETS = Path(__file__).parent.parent / "personas"


@dataclass(frozen=True, slots=True)
class BuiltIn:
    slug: str
    extras: Extras


BUILT_IN = (
    BuiltIn(
        "azera",
        Extras(
            tagline="Fixes it first, explains it second.",
            hue=232,
            language="en",
            openers=("Hello, who are you?", "Can you help me with Python?", "My build is broken again."),
        ),
    ),
    BuiltIn(
        "areza",
        Extras(
            tagline="Keeper of a thousand dungeons.",
            hue=300,
            language="en",
            openers=("Hello, who are you?", "I open the door.", "Tell me a story."),
        ),
    ),
)


def seed_characters() -> list[Character]:
    """The built-in characters as their sheets say today; those that are there already are brought up to date."""
    return [_seed(built_in) for built_in in BUILT_IN]


def _seed(built_in: BuiltIn) -> Character:
    sheet = (SHEETS / f"{built_in.slug}.md").read_text()
    card = with_extras(Card(persona.parse(sheet).name, description=sheet), built_in.extras)
    with transaction.atomic():
        character, _created = Character.objects.get_or_create(
            slug=built_in.slug,
            owner=None,
            defaults={"name": card.name, "portrait": f"img/portraits/{built_in.slug}.webp"},
        )
        newest = character.versions.first()
        if newest is None or newest.digest != digest_of(card_text(card)):
            add_version(character, card)
        publishing.list_built_in(character)
    return character
