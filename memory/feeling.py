"""The rows of a mind: what an exchange does to one, what it is like now, and what it would be without something."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from core.events import group_of_person, publish_on_commit
from inference.emotion.emotion import Feeling
from inference.registry import emotion_classifier
from memory import wall
from memory.events import MindChanged
from memory.mind import (
    ANYWHERE,
    STRONG,
    Bounds,
    Effect,
    Moment,
    Range,
    Standing,
    State,
    Step,
    appraise,
    feeling_prompt,
    replay,
)
from memory.models import Memory, Mind, MindEvent, Speaker

FROZEN, THAWED, BOUNDED = "frozen", "thawed", "bounded"
# What its person did to a mind, and not what moved it.
SETTINGS = frozenset({FROZEN, THAWED, BOUNDED})
CAUSE_LENGTH = 200
# What was said since then still is this conversation.
PAST = timedelta(hours=1)
MOST_MOMENTS = 2
BATCH = 500


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing to write down: the name of a rule, what it met, and what it does."""

    rule: str
    cause: str
    step: Step


# --- what an exchange does ------------------------------------------------------------------------------------------


def run_feeling(owner_id: UUID, character_id: UUID, source_id: UUID, said: str, reply: str, now: datetime) -> bool:
    """Move the character's mind by what a person said to it and what it answered. `source_id` is the reply.

    Safe to call twice: the second time nothing moves, and it answers False. A frozen mind does not move either.
    """
    felt = MindEvent.objects.filter(mind__owner_id=owner_id, mind__character_id=character_id, source_id=source_id)
    # Most replies are asked about twice: before `done`, and when they are remembered.
    if felt.exists():
        return False
    classifier = emotion_classifier()
    matches = appraise(said, reply, classifier.classify(said), classifier.classify(reply))
    with transaction.atomic():
        mind = lock_mind(owner_id, character_id, now)
        if mind.is_frozen or felt.exists():
            return False
        happenings = [Happening(one.rule.name, one.cause, Step(now, one.rule.effect)) for one in matches]
        record(mind, happenings, source_id)
    return True


def lock_mind(owner_id: UUID, character_id: UUID, now: datetime) -> Mind:
    """The mind, made if there is none yet, and held until the transaction ends."""
    begins = {**State().as_json(), "felt_at": now}
    Mind.objects.get_or_create(owner_id=owner_id, character_id=character_id, defaults=begins)
    return Mind.objects.select_for_update(no_key=True).get(owner_id=owner_id, character_id=character_id)


def record(mind: Mind, happenings: Sequence[Happening], source_id: UUID | None = None) -> None:
    """Let these move a mind that is locked, in their order, and write each down. Open pages are told on commit."""
    standing = standing_of(mind)
    events = []
    for number, one in enumerate(happenings, start=_last_number(mind) + 1):
        standing, change = standing.taking(one.step)
        events.append(
            MindEvent(
                owner_id=mind.owner_id,
                mind=mind,
                number=number,
                rule=one.rule,
                cause=one.cause[:CAUSE_LENGTH],
                source_id=source_id,
                effect=_effect_as_json(one.step),
                before=change.before.as_json(),
                after=change.after.as_json(),
                at=standing.at,
            )
        )
    MindEvent.objects.bulk_create(events)
    _put(mind, standing, source_id)


def undo(mind: Mind, event: MindEvent, now: datetime) -> None:
    """Let a mind that is locked be as if this event had not been; what came after it is told anew."""
    earlier = mind.events.filter(number__lt=event.number, rule=BOUNDED).order_by("-number").first()
    bounds = ANYWHERE if earlier is None else step_of(earlier).bounds or ANYWHERE
    # Nothing moves a frozen mind, so it was not frozen then.
    before = Standing(State.from_json(event.before), event.at, bounds=bounds)
    later = list(mind.events.filter(number__gt=event.number, undone_at=None).order_by("number"))
    standing, changes = replay(before, map(step_of, later))
    for one, change in zip(later, changes, strict=True):
        one.before, one.after = change.before.as_json(), change.after.as_json()
    MindEvent.objects.bulk_update(later, ["before", "after"], batch_size=BATCH)
    MindEvent.objects.filter(id=event.id).update(undone_at=now)
    _put(mind, standing, None)


# --- what it is like now --------------------------------------------------------------------------------------------


def state_of(owner_id: UUID, character_id: UUID, now: datetime) -> State:
    """How the character feels about this person, drifted to now; before they first talked, as every mind begins."""
    with wall.inside(owner_id):
        mind = Mind.objects.filter(owner_id=owner_id, character_id=character_id).first()
    return State() if mind is None else standing_of(mind).state_at(now)


def standing_of(mind: Mind) -> Standing:
    state = State(mind.mood, mind.mood_value, mind.energy, mind.focus, mind.affection)
    return Standing(state, mind.felt_at, mind.is_frozen, bounds_from_json(mind.bounds))


def step_of(event: MindEvent) -> Step:
    """What an event does, wherever it stands."""
    effect = dict(event.effect)
    bounds = effect.pop("bounds", None)
    return Step(
        event.at,
        is_frozen=effect.pop("is_frozen", None),
        bounds=None if bounds is None else bounds_from_json(bounds),
        effect=Effect(**effect),
    )


def feeling_for(
    owner_id: UUID,
    character_id: UUID,
    text: str,
    now: datetime,
    listeners: frozenset[UUID] | None = None,
    known: AbstractSet[UUID] = frozenset(),
) -> str:
    """What the prompt of an answer to `text` says of how the character and the person feel; "" if nothing.

    Past moments are told only if `listeners` (everybody who hears the answer) were there for them, and never where it
    is None. `known` are messages that the prompt holds anyway.
    """
    feeling = emotion_classifier().classify(text)
    moments: list[Moment] = []
    if listeners is not None and feeling.confidence > STRONG:
        moments = past_moments(owner_id, character_id, feeling, listeners, now, known)
    return feeling_prompt(state_of(owner_id, character_id, now), feeling, moments, now)


def past_moments(
    owner_id: UUID,
    character_id: UUID,
    feeling: Feeling,
    listeners: frozenset[UUID],
    now: datetime,
    known: AbstractSet[UUID] = frozenset(),
) -> list[Moment]:
    """When this person plainly felt the same before, the latest first."""
    with wall.inside(owner_id):
        found = (
            Memory.exchanges(owner_id, character_id)
            .filter(
                author_id=owner_id,
                speaker=Speaker.PERSON,
                emotion=feeling.emotion,
                confidence__gt=STRONG,
                said_at__lt=now - PAST,
                people__contains=list(listeners),
            )
            .exclude(source_id__in=known)
        )
        return [Moment(one.text, one.said_at) for one in found.order_by("-said_at")[:MOST_MOMENTS]]


# --- rows and values ------------------------------------------------------------------------------------------------


def bounds_from_json(json: Mapping[str, Sequence[float]]) -> Bounds:
    return Bounds(**{name: Range(low, high) for name, (low, high) in json.items()})


def bounds_as_json(bounds: Bounds) -> dict[str, list[float]]:
    """Only those that are narrower than from 0 to 1."""
    ranges = {
        "mood_value": bounds.mood_value,
        "energy": bounds.energy,
        "focus": bounds.focus,
        "affection": bounds.affection,
    }
    return {name: [one.low, one.high] for name, one in ranges.items() if one != Range()}


def _effect_as_json(step: Step) -> dict[str, object]:
    """Only what it does at all."""
    effect = step.effect
    found: dict[str, object] = {
        name: value
        for name, value in (
            ("mood", effect.mood or None),
            ("mood_value", effect.mood_value),
            ("energy", effect.energy or None),
            ("focus", effect.focus or None),
            ("affection", effect.affection or None),
            ("is_frozen", step.is_frozen),
        )
        if value is not None
    }
    if step.bounds is not None:
        found["bounds"] = bounds_as_json(step.bounds)
    return found


def _last_number(mind: Mind) -> int:
    return mind.events.order_by("-number").values_list("number", flat=True).first() or 0


def _put(mind: Mind, standing: Standing, source_id: UUID | None) -> None:
    state = standing.state
    mind.mood, mind.mood_value = state.mood, state.mood_value
    mind.energy, mind.focus, mind.affection = state.energy, state.focus, state.affection
    mind.felt_at, mind.is_frozen, mind.bounds = standing.at, standing.is_frozen, bounds_as_json(standing.bounds)
    mind.save(
        update_fields=["mood", "mood_value", "energy", "focus", "affection", "felt_at", "is_frozen", "bounds"],
    )
    publish_on_commit(
        group_of_person(mind.owner_id),
        MindChanged(
            character_id=mind.character_id,
            message_id=source_id,
            mood=state.mood,
            mood_value=_percent(state.mood_value),
            energy=_percent(state.energy),
            focus=_percent(state.focus),
            clarity=_percent(state.clarity),
            affection=_percent(state.affection),
            is_frozen=standing.is_frozen,
        ),
    )


def _percent(value: float) -> int:
    return round(value * 100)
