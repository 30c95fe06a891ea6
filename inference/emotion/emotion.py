"""What a text feels like: which of seven emotions, and how surely."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Emotion(StrEnum):
    JOY = "joy"
    SADNESS = "sadness"
    ANGER = "anger"
    FEAR = "fear"
    SURPRISE = "surprise"
    DISGUST = "disgust"
    LOVE = "love"
    NEUTRAL = "neutral"


# How much each makes a moment worth remembering, from 0 to 1 (memory/importance.py).
WEIGHTS: Mapping[Emotion, float] = {
    Emotion.SADNESS: 1.0,
    Emotion.LOVE: 1.0,
    Emotion.FEAR: 0.9,
    Emotion.ANGER: 0.9,
    Emotion.JOY: 0.8,
    Emotion.DISGUST: 0.7,
    Emotion.SURPRISE: 0.6,
    Emotion.NEUTRAL: 0.0,
}
PLEASANT = frozenset({Emotion.JOY, Emotion.LOVE})
UNPLEASANT = frozenset({Emotion.SADNESS, Emotion.ANGER, Emotion.FEAR, Emotion.DISGUST})


@dataclass(frozen=True, slots=True)
class Feeling:
    """`scores` has those emotions that were found at all, each from 0 to 1; `confidence` is that of `emotion`.

    Where none was found, `emotion` is neutral and `confidence` 0.
    """

    emotion: Emotion
    confidence: float
    scores: Mapping[Emotion, float]


NONE = Feeling(Emotion.NEUTRAL, 0.0, {})


class EmotionClassifier(Protocol):
    def classify(self, text: str) -> Feeling: ...
