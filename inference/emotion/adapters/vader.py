"""VADER: a lexicon and a few rules, for English. A tenth of a millisecond for a sentence, 3 ms for 4,000 words.

C. J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", 2014.
"""

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from inference.emotion.sentiment import Sentiment, SentimentAnalyzer


def build() -> SentimentAnalyzer:
    return VaderAnalyzer()


class VaderAnalyzer:
    def __init__(self) -> None:
        self._analyzer = SentimentIntensityAnalyzer()

    def analyze(self, text: str) -> Sentiment:
        found = self._analyzer.polarity_scores(text)
        return Sentiment(found["compound"], found["pos"], found["neg"], found["neu"])
