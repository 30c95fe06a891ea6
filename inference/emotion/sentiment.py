"""How a message sounds."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sentiment:
    """`compound` is from -1 (bitter) to 1 (delighted); the three others are shares of the text and add up to 1."""

    compound: float
    positive: float
    negative: float
    neutral: float


class SentimentAnalyzer(Protocol):
    def analyze(self, text: str) -> Sentiment: ...
