"""What a person does to how a character feels about them: hold it, let it go, narrow it, undo what moved it."""

from uuid import UUID

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from characters.access import get_character_for
from core.errors import BadInput, NotFound
from core.rows import one
from memory import access, feeling
from memory.feeling import BOUNDED, FROZEN, SETTINGS, THAWED, Happening
from memory.mind import Bounds, Step
from memory.models import Mind


def freeze_mind(user: User, character_id: UUID) -> Mind:
    """Neither words nor time move it from here on. Raises `NotFound`."""
    return _set_frozen(user, character_id, is_frozen=True)


def thaw_mind(user: User, character_id: UUID) -> Mind:
    """It goes on from where it was held. Raises `NotFound`."""
    return _set_frozen(user, character_id, is_frozen=False)


def set_bounds(user: User, character_id: UUID, bounds: Bounds) -> Mind:
    """How far each value may go from now on; one that is beyond moves to the nearest bound.

    Raises `NotFound`, and `BadInput` for a bound that is not from 0 to 1 or a lower one above its upper.
    """
    for between in (bounds.mood_value, bounds.energy, bounds.focus, bounds.affection):
        if not 0 <= between.low <= between.high <= 1:
            raise BadInput(_("A value goes from 0 to 1. Choose a lower end that is not above the upper."))
    with transaction.atomic():
        mind = _hold(user, character_id)
        if feeling.standing_of(mind).bounds != bounds:
            feeling.record(mind, [Happening(BOUNDED, "", Step(now(), bounds=bounds))])
    return mind


def undo_event(user: User, character_id: UUID, event_id: UUID) -> Mind:
    """The mind becomes as if this had not moved it. A second time changes nothing.

    Raises `NotFound`, and `BadInput` for what a person has set: that is set otherwise.
    """
    with transaction.atomic():
        mind = access.lock_mind_for(user, character_id)
        event = one(mind.events.all(), id=event_id)
        if event.rule in SETTINGS:
            raise BadInput(_("You set this yourself. Thaw the mood, or change its limits, instead."))
        if event.undone_at is None:
            feeling.undo(mind, event, now())
    return mind


def _set_frozen(user: User, character_id: UUID, *, is_frozen: bool) -> Mind:
    with transaction.atomic():
        mind = _hold(user, character_id)
        if mind.is_frozen != is_frozen:
            rule = FROZEN if is_frozen else THAWED
            feeling.record(mind, [Happening(rule, "", Step(now(), is_frozen=is_frozen))])
    return mind


def _hold(user: User, character_id: UUID) -> Mind:
    """The mind, locked. Of a character they may talk to it can be set before they have said a word."""
    try:
        return access.lock_mind_for(user, character_id)
    except NotFound:
        character = get_character_for(user, character_id)
    return feeling.lock_mind(user.id, character.id, now())
