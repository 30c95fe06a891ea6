"""Moods by name: where each lies between bad and good, and what it does to energy, focus and affection. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Mood(StrEnum):
    EXCITED = "excited"
    AFFECTIONATE = "affectionate"
    HAPPY = "happy"
    ENGAGED = "engaged"
    CALM = "calm"
    SURPRISED = "surprised"
    CONTENT = "content"
    NEUTRAL = "neutral"
    TIRED = "tired"
    LOW = "low"
    CONCERNED = "concerned"
    IRRITATED = "irritated"
    DISGUSTED = "disgusted"
    SAD = "sad"
    HURT = "hurt"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule does. `mood` and `mood_value` are taken on as they are, the others are added."""

    mood: str = ""
    mood_value: float | None = None
    energy: float = 0.0
    focus: float = 0.0
    affection: float = 0.0


# What each exchange takes, whatever was said.
TALKING = -0.03

# Beside what the exchange itself takes: excitement lifts energy by 0.12 in all, calm leaves it where it is.
EFFECTS: dict[Mood, Effect] = {
    mood: Effect(mood.value, value, energy, focus, affection)
    for mood, value, energy, focus, affection in (
        (Mood.EXCITED, 0.9, +0.15, +0.05, 0.0),
        (Mood.AFFECTIONATE, 0.8, +0.03, 0.0, +0.02),
        (Mood.HAPPY, 0.75, +0.05, 0.0, +0.01),
        (Mood.ENGAGED, 0.7, 0.0, +0.2, 0.0),
        (Mood.CALM, 0.65, -TALKING, +0.05, 0.0),
        (Mood.SURPRISED, 0.6, +0.03, +0.1, 0.0),
        (Mood.CONCERNED, 0.4, -0.07, +0.05, 0.0),
        (Mood.IRRITATED, 0.3, +0.02, -0.1, -0.01),
        (Mood.DISGUSTED, 0.3, -0.02, -0.05, -0.01),
        (Mood.SAD, 0.25, -0.07, -0.1, 0.0),
        (Mood.HURT, 0.25, -0.05, -0.1, -0.04),
    )
}
