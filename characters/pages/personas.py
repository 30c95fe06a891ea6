"""What the pages show of personas: rows in, values out."""

from dataclasses import dataclass
from uuid import UUID

from wcwidth import iter_graphemes

from accounts.models import User
from characters import access
from characters.models import Persona
from characters.portrayal import persona_picture


@dataclass(frozen=True, slots=True)
class PersonaView:
    """`symbol` is what stands for it where there is no picture, and never empty. `bound` names characters."""

    id: UUID
    name: str
    symbol: str
    hue: int
    picture: str
    description: str
    is_default: bool
    bound: tuple[str, ...] = ()


def persona(someone: Persona, bound: tuple[str, ...] = ()) -> PersonaView:
    return PersonaView(
        id=someone.id,
        name=someone.name,
        symbol=someone.symbol or next(iter_graphemes(someone.name), ""),
        hue=someone.hue,
        picture=persona_picture(someone),
        description=someone.description,
        is_default=someone.is_default,
        bound=bound,
    )


def personas(user: User) -> list[PersonaView]:
    """Theirs, the default first, each with the characters that are bound to it."""
    bound: dict[UUID, list[str]] = {}
    for character in access.own_characters_for(user).filter(persona__isnull=False):
        if character.persona_id is not None:
            bound.setdefault(character.persona_id, []).append(character.name)
    return [persona(someone, tuple(bound.get(someone.id, ()))) for someone in access.personas_for(user)]


def choices(user: User) -> list[PersonaView]:
    """Whom they may speak as, the default first."""
    return [persona(someone) for someone in access.personas_for(user)]
