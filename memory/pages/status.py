"""How a character feels about one person, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.timezone import now

from accounts.models import User
from core.errors import NotFound
from memory import access, feeling, wall
from memory.mind import Standing, State
from memory.models import Kind, Mind
from memory.pages.entries import whose

DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Status:
    """As it is at this moment; all values are from 0 to 1. `bounds` are those that are narrower than that.

    `moved_at` is None before anything has moved it: it then is as every mind begins. `character_id` is None for
    whoever has not talked to anybody yet.
    """

    character_id: UUID | None
    mood: str
    mood_value: float
    energy: float
    focus: float
    clarity: float
    affection: float
    is_frozen: bool
    bounds: Mapping[str, list[float]]
    moved_at: datetime | None


def status(user: User, character_id: UUID | None) -> Status:
    """None: of the character that they talked to last. Raises `NotFound` for one that they cannot talk to."""
    if character_id is None:
        character_id = _last_talked_to(user)
    else:
        whose(user, character_id)
    mind = _mind(user, character_id) if character_id is not None else None
    standing = feeling.standing_of(mind) if mind is not None else Standing(State(), now())
    state = standing.state_at(now())
    return Status(
        character_id=character_id,
        mood=state.mood,
        mood_value=round(state.mood_value, DECIMALS),
        energy=round(state.energy, DECIMALS),
        focus=round(state.focus, DECIMALS),
        clarity=round(state.clarity, DECIMALS),
        affection=round(state.affection, DECIMALS),
        is_frozen=standing.is_frozen,
        bounds=feeling.bounds_as_json(standing.bounds),
        moved_at=mind.felt_at if mind is not None else None,
    )


def _mind(user: User, character_id: UUID) -> Mind | None:
    try:
        return access.get_mind_for(user, character_id)
    except NotFound:
        return None


def _last_talked_to(user: User) -> UUID | None:
    """Where nothing is to be remembered of what they said, it has still moved somebody."""
    with wall.inside(user.pk):
        said = access.memories_for(user).filter(kind=Kind.EXCHANGE).values_list("character_id", flat=True).first()
        moved = Mind.objects.filter(owner=user).order_by("-felt_at").values_list("character_id", flat=True).first()
    return said or moved
