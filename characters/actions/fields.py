"""Verbs on characters by the names of their fields, as programs have them."""

from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from characters import access
from characters.actions.characters import create_character, save_card
from characters.cards.card import Card, Changes, with_changes
from characters.cards.extras import Rating, extras, with_extras
from characters.models import Character
from core.errors import Conflict

OF_THE_CARD = (
    "name", "description", "personality", "scenario", "first_message", "alternate_greetings", "example_dialogue",
    "system_prompt", "post_history_instructions", "creator_notes", "tags",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterChanges:
    """What is None stays as it is. `prompt_format` is one of `inference.text.formats.FORMATS`, or empty."""

    name: str | None = None
    description: str | None = None
    personality: str | None = None
    scenario: str | None = None
    first_message: str | None = None
    alternate_greetings: tuple[str, ...] | None = None
    example_dialogue: str | None = None
    system_prompt: str | None = None
    post_history_instructions: str | None = None
    creator_notes: str | None = None
    tags: tuple[str, ...] | None = None
    tagline: str | None = None
    hue: int | None = None
    rating: Rating | None = None
    language: str | None = None
    voice: str | None = None
    prompt_format: str | None = None


def make_character(user: User, changes: CharacterChanges) -> Character:
    """Raises `BadInput` or `LimitReached`."""
    with transaction.atomic():
        character = create_character(user, applied(Card(""), changes))
        _tell(character, changes)
    return access.get_own_character_for(user, character.id)


def change_character(user: User, character_id: UUID, changes: CharacterChanges, base: int | None = None) -> Character:
    """One more version, if the card says something else now. A draft of the editor's stays one.

    Raises `NotFound`, `BadInput`, or `Conflict` if `base` is given and not the number of the newest version.
    """
    with transaction.atomic():
        character = access.lock_character_for(user, character_id)
        newest = character.versions.first()
        number = newest.number if newest is not None else 0
        if base is not None and base != number:
            raise Conflict(_("There is a newer version of this character. Look at it first."), newest=number)
        save_card(user, character_id, applied(character.card, changes), number)
        _tell(character, changes)
    return access.get_own_character_for(user, character_id)


def applied(card: Card, changes: CharacterChanges) -> Card:
    """The card saying what is not None; whatever else it holds is kept."""
    said = {name: value for name in OF_THE_CARD if (value := getattr(changes, name)) is not None}
    own = extras(card)
    wanted = replace(
        own,
        tagline=own.tagline if changes.tagline is None else changes.tagline,
        hue=own.hue if changes.hue is None else changes.hue,
        rating=own.rating if changes.rating is None else changes.rating,
        language=own.language if changes.language is None else changes.language,
        voice=own.voice if changes.voice is None else changes.voice,
    )
    after = with_changes(card, **cast(Changes, said))
    return after if wanted == own else with_extras(after, wanted)


def _tell(character: Character, changes: CharacterChanges) -> None:
    if changes.prompt_format is not None:
        Character.objects.filter(id=character.id).update(prompt_format=changes.prompt_format)
