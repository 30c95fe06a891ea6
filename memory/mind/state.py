"""A mind at one time, what time makes of it, and what a rule does to it. Pure.

Time is a formula and not a tick: what has drifted for a week is one power of two, and two drifts in a row are the same
as one of their sum. The page moves its bars by the same numbers (`DRIFTS`).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from memory.mind.moods import Effect, Mood

Json = Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class Range:
    low: float = 0.0
    high: float = 1.0

    def clamp(self, value: float) -> float:
        return min(max(value, self.low), self.high)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far each value may go. A value whose rest lies outside rests at the nearest bound."""

    mood_value: Range = Range()
    energy: Range = Range()
    focus: Range = Range()
    affection: Range = Range()


@dataclass(frozen=True, slots=True)
class Drift:
    """Towards `rest`, by half the way in `half_life` seconds."""

    rest: float
    half_life: float

    def after(self, value: float, seconds: float, bounds: Range) -> float:
        rest = bounds.clamp(self.rest)
        return rest + (value - rest) * math.exp2(-seconds / self.half_life)


MINUTE = 60.0
ANYWHERE = Bounds()
# Affection is not among them: no absence makes it less.
DRIFTS: Mapping[str, Drift] = {
    "mood_value": Drift(0.5, 60 * MINUTE),
    "energy": Drift(1.0, 30 * MINUTE),
    "focus": Drift(0.5, 20 * MINUTE),
}

# A mood this near the middle is none.
EVEN = 0.05
TIRED = 0.25
# Where calm is (AZ-60), and how far from it nothing of it is left.
CALMEST, UPSET = 0.65, 0.5


@dataclass(frozen=True, slots=True)
class State:
    """All values from 0 to 1. What it begins with is what AZ-37 says."""

    mood: str = Mood.NEUTRAL.value
    mood_value: float = 0.5
    energy: float = 0.7
    focus: float = 0.5
    affection: float = 0.5

    @property
    def calm(self) -> float:
        """1 in a calm mood (0.65); it falls evenly to both sides, to 0 at a distance of 0.5."""
        return max(0.0, 1.0 - abs(self.mood_value - CALMEST) / UPSET)

    @property
    def clarity(self) -> float:
        """Focus, energy and calm together; where one of them is missing, there is none."""
        return self.focus * self.energy * self.calm

    def as_json(self) -> dict[str, str | float]:
        return asdict(self)

    @classmethod
    def from_json(cls, json: Json) -> "State":
        return cls(
            mood=str(json["mood"]),
            mood_value=float(json["mood_value"]),
            energy=float(json["energy"]),
            focus=float(json["focus"]),
            affection=float(json["affection"]),
        )


@dataclass(frozen=True, slots=True)
class Change:
    before: State
    after: State


def drift(state: State, seconds: float, bounds: Bounds = ANYWHERE) -> State:
    """What it is after so long without a word; less than no time changes nothing."""
    seconds = max(0.0, seconds)
    return _named(
        replace(
            state,
            mood_value=DRIFTS["mood_value"].after(state.mood_value, seconds, bounds.mood_value),
            energy=DRIFTS["energy"].after(state.energy, seconds, bounds.energy),
            focus=DRIFTS["focus"].after(state.focus, seconds, bounds.focus),
        )
    )


def moved(state: State, effect: Effect, bounds: Bounds = ANYWHERE) -> State:
    """What is added to affection counts fully in the middle and less towards the end that it goes to: trust that has
    grown for months is not won in a day of thanks, nor lost by one word."""
    room = 1.0 - state.affection if effect.affection > 0 else state.affection
    return within(
        State(
            mood=effect.mood or state.mood,
            mood_value=state.mood_value if effect.mood_value is None else effect.mood_value,
            energy=state.energy + effect.energy,
            focus=state.focus + effect.focus,
            affection=state.affection + effect.affection * 2 * room,
        ),
        bounds,
    )


def within(state: State, bounds: Bounds) -> State:
    return _named(
        State(
            mood=state.mood,
            mood_value=bounds.mood_value.clamp(state.mood_value),
            energy=bounds.energy.clamp(state.energy),
            focus=bounds.focus.clamp(state.focus),
            affection=bounds.affection.clamp(state.affection),
        )
    )


def update(state: State, effects: Iterable[Effect], bounds: Bounds = ANYWHERE) -> tuple[State, tuple[Change, ...]]:
    """The state after all of them, in their order, and what each of them changed."""
    changes = []
    for effect in effects:
        after = moved(state, effect, bounds)
        changes.append(Change(state, after))
        state = after
    return state, tuple(changes)


def _named(state: State) -> State:
    """A mood that has worn off is none, and a place without a mood is named by where it lies."""
    if abs(state.mood_value - DRIFTS["mood_value"].rest) < EVEN:
        name = Mood.TIRED if state.energy < TIRED else Mood.NEUTRAL
    elif state.mood not in (Mood.NEUTRAL, Mood.TIRED, Mood.CONTENT, Mood.LOW):
        return state
    else:
        name = Mood.CONTENT if state.mood_value > DRIFTS["mood_value"].rest else Mood.LOW
    return replace(state, mood=name.value)
