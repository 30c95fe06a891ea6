"""Verbs of the editor: begin a character, keep what is not saved, save it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction

from accounts.models import User
from characters import access
from characters.actions.characters import create_character, save_card
from characters.cards.card import Card
from characters.cards.extras import Extras, with_extras
from characters.edits import Edit, applied
from characters.models import Character, Draft, Version
from characters.sections import renamed
from characters.versions import stored
from core.errors import Conflict
from weights.models import CAN_ANSWER, LanguageModel

TEMPLATE = Path(__file__).parent.parent / "personas" / "_template.md"
# What the template calls whoever it is about.
PLACEHOLDER = "Name"


@dataclass(frozen=True, slots=True)
class Telling:
    """How a character is told here. None and "": as the operator chose, and as the model's own file says."""

    language_model: UUID | None = None
    prompt_format: str = ""
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    persona: UUID | None = None


def begin(user: User, name: str, *, from_template: bool) -> Character:
    """A new character, with the template's sections or none. Raises `BadInput` or `LimitReached`."""
    card = Card(name, description=template_for(name) if from_template else "")
    # Every one begins in another colour; the same name in the same.
    hue = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 360
    return create_character(user, with_extras(card, Extras(hue=hue)))


def template_for(name: str) -> str:
    sheet = renamed(TEMPLATE.read_text(), PLACEHOLDER, name)
    return sheet.replace(f"You are {PLACEHOLDER},", f"You are {name},").replace(f"\n{PLACEHOLDER}:", f"\n{name}:")


def save(user: User, character_id: UUID, edit: Edit, telling: Telling, base: int) -> Version:
    """The next version, and how it is told; without any change the newest version is answered.

    Raises `NotFound`, `BadInput`, or `Conflict` where `base` is not the newest version: the edit is then a draft.
    """
    # A stranger, and a number that never was, are found out before anything is read.
    card = access.get_version_for(user, character_id, base).card
    after = applied(card, edit)
    try:
        with transaction.atomic():
            version = save_card(user, character_id, after, base)
            # What was a draft is saved with it.
            Draft.objects.filter(character_id=character_id).delete()
            _tell(user, character_id, telling)
    except Conflict:
        keep_draft(user, character_id, edit, base)
        raise
    return version


def keep_draft(user: User, character_id: UUID, edit: Edit, base: int) -> Draft | None:
    """What is not saved yet, made from version `base`. None: it says what that version says, so there is none.

    Raises `NotFound`, or `BadInput` for one that is too large.
    """
    version = access.get_version_for(user, character_id, base)
    text = stored(applied(version.card, edit))
    with transaction.atomic():
        character = access.lock_character_for(user, character_id)
        if text == version.text and character.version_id == version.id:
            Draft.objects.filter(character=character).delete()
            return None
        draft, _created = Draft.objects.update_or_create(
            character=character, defaults={"owner": user, "base": version, "text": text}
        )
    return draft


def discard_draft(user: User, character_id: UUID) -> None:
    """Raises `NotFound`."""
    with transaction.atomic():
        character = access.lock_character_for(user, character_id)
        Draft.objects.filter(character=character).delete()


def telling_of(character: Character) -> Telling:
    return Telling(
        language_model=character.language_model_id,
        prompt_format=character.prompt_format,
        temperature=character.temperature,
        top_p=character.top_p,
        max_tokens=character.max_tokens,
        persona=character.persona_id,
    )


def _tell(user: User, character_id: UUID, telling: Telling) -> None:
    """What is not theirs to choose, or is gone meanwhile, is as if nothing had been chosen."""
    character = access.get_own_character_for(user, character_id)
    models, personas = LanguageModel.objects.filter(**CAN_ANSWER), access.personas_for(user)
    if telling.language_model != character.language_model_id:
        character.language_model = models.filter(id=telling.language_model).first() if telling.language_model else None
    character.persona = personas.filter(id=telling.persona).first() if telling.persona else None
    character.prompt_format = telling.prompt_format
    character.temperature = telling.temperature
    character.top_p = telling.top_p
    character.max_tokens = telling.max_tokens
    character.save(update_fields=["language_model", "persona", "prompt_format", "temperature", "top_p", "max_tokens"])
