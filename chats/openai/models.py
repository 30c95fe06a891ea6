"""Characters as models: what they are called, and which one a name means."""

import re
import unicodedata

from accounts.models import User
from characters.access import characters_for
from characters.models import Character
from chats.openai.errors import NoSuchModel
from core.json import JsonObject
from core.rows import id_of

ID_LETTERS = 8


def model_id(character: Character) -> str:
    """Its name, and the beginning of its id: two may have one name, and a name may change."""
    return f"{_slug(character.name)}-{character.id.hex[:ID_LETTERS]}"


def models_of(user: User) -> list[JsonObject]:
    return [shown(character) for character in characters_for(user).defer("version__text")]


def shown(character: Character) -> JsonObject:
    return {
        "id": model_id(character),
        "object": "model",
        "created": int(character.created_at.timestamp()),
        "owned_by": "you" if character.owner_id else "cognitia",
        "name": character.name,
    }


def character_of(user: User, name: str) -> Character:
    """By what the list calls it, by its id, or by its name alone where one has it. Raises `NoSuchModel`."""
    found = characters_for(user)
    names = dict(found.values_list("id", "name"))
    matching = (
        [id_ for id_ in names if id_ == id_of(name)],
        [id_ for id_ in names if id_.hex[:ID_LETTERS] == name.rpartition("-")[2].lower()],
        [id_ for id_, own in names.items() if _slug(own) == _slug(name)],
    )
    for those in matching:
        if len(those) == 1:
            return found.get(id=those[0])
    raise NoSuchModel


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "character"
