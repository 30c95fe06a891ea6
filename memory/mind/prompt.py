"""What a character is told of how it feels, and of how whoever writes to it does. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inference.emotion.emotion import Emotion, Feeling
from memory.mind.moods import Mood
from memory.mind.state import State

# Surer than this, and the answer has to do with it.
STRONG = 0.6
MOST_MOMENTS = 2
# Of each moment: it is a reminder and not a recollection.
MOMENT_LENGTH = 120
LOW, HIGH = 0.35, 0.75

ANSWERS: Mapping[Emotion, str] = {
    Emotion.SADNESS: "They are sad. Respond with empathy, validation, and gentle support.",
    Emotion.FEAR: "They are afraid. Respond calmly, take it seriously, and reassure them.",
    Emotion.ANGER: "They are angry. Stay calm, take it seriously, and do not argue about how they feel.",
    Emotion.DISGUST: "Something disgusts them. Take it seriously.",
    Emotion.JOY: "They are happy. Be glad with them.",
    Emotion.LOVE: "They are affectionate. Be warm.",
}
UNITS = (("year", 365), ("month", 30), ("week", 7), ("day", 1))


@dataclass(frozen=True, slots=True)
class Moment:
    """Something the person said when they felt as they do now."""

    text: str
    said_at: datetime


def feeling_prompt(state: State, feeling: Feeling, moments: Sequence[Moment], now: datetime) -> str:
    """For the prompt's "How you feel"; "" where there is nothing to say. `feeling` is that of the message to answer,
    and `moments` are told only where it is strong."""
    lines = [_of_oneself(state)]
    answer = ANSWERS.get(feeling.emotion)
    if answer is not None and feeling.confidence > STRONG:
        lines.append(answer)
        lines += [f"They felt this way {ago(one.said_at, now)}: “{_cut(one.text)}”" for one in moments[:MOST_MOMENTS]]
    return "\n".join(line for line in lines if line)


def ago(then: datetime, now: datetime) -> str:
    """In English, as the prompt is."""
    passed = max(now - then, timedelta())
    for unit, days in UNITS:
        number = passed.days // days
        if number:
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    hours = passed.seconds // 3600
    return f"{hours} hour{'s' if hours > 1 else ''} ago" if hours else "a moment ago"


def _of_oneself(state: State) -> str:
    energy = "low" if state.energy < LOW else "high" if state.energy > HIGH else "medium"
    if state.mood == Mood.NEUTRAL and energy != "low":
        return ""
    return f"You feel {state.mood}. Your energy is {energy}."


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOMENT_LENGTH else line[: MOMENT_LENGTH - 1].rstrip() + "…"
