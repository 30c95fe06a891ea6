"""Texts put together from what was really said, for when no model writes them. Pure.

The sentences are words of those who were there, in quotation marks and under their names; nothing is made up but
what joins them.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import log

from inference.emotion.emotion import WEIGHTS, Emotion
from memory.topics import leading, topics_of
from memory.truth.clauses import sentences
from memory.truth.gate import content_words, refusal, seen

WORDS = 200
# Of one sentence: what is longer is cut.
SENTENCE_WORDS = 40
LEAST_WORDS = 3
# How much each says of a sentence, beside the importance of its message, which is from 0.5 to 1.
EMOTION, CENTRALITY, DECISION = 0.4, 0.5, 0.4
DECIDED = re.compile(
    r"\b(?:decided?|decision|will|i'll|we'll|going to|gonna|promised?|agreed?|plan(?:s|ned|ning)?|chose|chosen|"
    r"settled on|made up my mind|accept(?:ed)?|signed|booked|quit|moving|moved|married|engaged|starting|"
    r"from now on)\b",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+|(?<=[。！？])")
# Scripts without spaces: two of their letters are about a word.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")
UNSPACED_END = re.compile(r"(?<=[。！？])(?!\Z)")
FELT = {
    Emotion.JOY: "It was a happy time.",
    Emotion.LOVE: "There was much tenderness in it.",
    Emotion.SADNESS: "There was sadness in it.",
    Emotion.FEAR: "There was worry in it.",
    Emotion.ANGER: "There was anger in it.",
    Emotion.DISGUST: "Some of it was hard to bear.",
    Emotion.SURPRISE: "Some of it I did not expect.",
    Emotion.NEUTRAL: "It was a calm, even time.",
}
INSIGHTS = (
    "What stays with me is how much lies in a few words.",
    "I see that what is said in passing is often what matters.",
    "I notice what {name} comes back to, and it tells me what is dear.",
    "I learn more about {name} from what is asked than from what is told.",
)
PLACES = (
    "a house with too many doors",
    "a shore where the water stood still",
    "a train without other passengers",
    "a garden that grew while I looked at it",
    "a library whose books were all blank",
    "a street that turned back into itself",
)
TURNS = (
    "Then everything was under water, and still I could breathe.",
    "Then the walls were gone, and there was only light.",
    "Then it was snowing upwards.",
    "Then I was very small, and it was very far away.",
    "Then somebody closed a window, and it was night.",
)
ENDINGS = (
    "When I woke, the words were still there.",
    "I woke before I could answer.",
    "I do not know what it meant.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One message: who said it, and how much it weighs. `is_mine`: the character said it."""

    speaker: str
    text: str
    said_at: datetime
    is_mine: bool = False
    importance: float = 0.5
    emotion: str = Emotion.NEUTRAL.value
    confidence: float = 0.0

    @property
    def feeling(self) -> float:
        """How much is felt in it, from 0 to 1."""
        return WEIGHTS[Emotion(self.emotion)] * self.confidence


@dataclass(frozen=True, slots=True)
class _Sentence:
    line: int
    text: str
    words: frozenset[str]
    is_decision: bool


def summary(lines: Sequence[Line], words: int = WORDS) -> str:
    """The sentences that matter most, in their order, within so many words; "" if nothing is worth telling."""
    found = [_Sentence(at, *_cut(text)) for at, line in enumerate(lines) for text in _told(line.text)]
    chosen = _chosen(lines, found, words)
    parts = []
    for at, group in groupby(sorted(chosen, key=found.index), key=lambda one: one.line):
        parts.append((lines[at].speaker, " ".join(one.text for one in group)))
    told = []
    for speaker, several in groupby(parts, key=lambda part: part[0]):
        told.append(f"{speaker}: “{' '.join(text for _speaker, text in several)}”")
    return "\n".join(told)


def dream(fragments: Sequence[Line], seed: str) -> str:
    """A dream of these fragments, always the same for one `seed`; "" where none of them can be told."""
    chance = random.Random(seed)  # noqa: S311  a dream is no secret
    heard = [(line, quote) for line in fragments if (quote := _best(line))]
    if not heard:
        return ""
    images = [topic.words for line in fragments for topic in leading(topics_of(line.text, line.said_at), 2)]
    places, turns = chance.sample(PLACES, 1), chance.sample(TURNS, len(TURNS))
    told = [f"I dreamt that I was in {places[0]}."]
    if len(images) > 1:
        told.append(f"There was {images[0]} in it, and it was the same as {images[-1]}, as it is in dreams.")
    for number, (line, quote) in enumerate(heard):
        if number:
            told.append(turns[(number - 1) % len(turns)])
        whose = "my own voice" if line.is_mine else f"{line.speaker}'s voice"
        told.append(f"I heard {whose}, from far away: “{quote}”")
    told.append(chance.choice(ENDINGS))
    return " ".join(told)


def entry(lines: Sequence[Line], seed: str) -> str:
    """A page of a journal: what happened, how it felt, and one thing seen in it; "" where nothing can be told."""
    chance = random.Random(seed)  # noqa: S311
    theirs = [line for line in lines if not line.is_mine]
    told = sorted((line for line in lines if _best(line)), key=_weight, reverse=True)[:3]
    if not told:
        return ""
    name = theirs[-1].speaker if theirs else "They"
    named = leading([topic for line in lines for topic in topics_of(line.text, line.said_at)], 3)
    about = f" about {_listed([topic.words for topic in named])}" if named else ""
    page = [f"{name} and I talked{about}."]
    for line in sorted(told, key=lambda one: one.said_at):
        page.append(f"{'I' if line.is_mine else line.speaker} said: “{_best(line)}”")
    page.append(FELT[_felt(lines)])
    page.append(chance.choice(INSIGHTS).format(name=name))
    return " ".join(page)


def size(text: str) -> int:
    """How many words it has, also where it has no spaces."""
    return len(text.split()) + len(UNSPACED.findall(text)) // 2


def can_be_told(text: str) -> bool:
    """Whether there is a sentence in it that may stand in one of these texts."""
    return bool(_told(text))


def within(text: str, words: int) -> str:
    """Whole sentences of it, at most so many words; the first one is cut if it alone has more."""
    kept: list[str] = []
    left = words
    for one in SENTENCE_END.split(" ".join(text.split())):
        if size(one) > left:
            break
        left -= size(one)
        kept.append(one)
    return " ".join(kept) or _first(text, words)


def _chosen(lines: Sequence[Line], found: Sequence[_Sentence], words: int) -> list[_Sentence]:
    worth = _worth(lines, found)
    chosen: list[_Sentence] = []
    left, speaker_words = words, max((len(line.speaker.split()) for line in lines), default=0)
    for at in sorted(range(len(found)), key=lambda one: (-worth[one], one)):
        one = found[at]
        cost = size(one.text) + speaker_words
        same = any(len(one.words & other.words) >= 0.8 * len(one.words | other.words) for other in chosen)
        if cost <= left and not same:
            left -= cost
            chosen.append(one)
    return chosen


def _worth(lines: Sequence[Line], found: Sequence[_Sentence]) -> list[float]:
    """More for what weighs, is felt, is decided, and is what the others are about, too."""
    occurs = Counter(word for one in found for word in one.words)
    rarity = {word: log(1 + len(found) / count) for word, count in occurs.items()}
    shared = [sum(rarity[word] for word in one.words if occurs[word] > 1) / (len(one.words) + 2) for one in found]
    most = max(shared, default=0.0) or 1.0
    return [
        lines[one.line].importance
        + EMOTION * lines[one.line].feeling
        + CENTRALITY * central / most
        + DECISION * one.is_decision
        for one, central in zip(found, shared, strict=True)
    ]


def _told(text: str) -> list[str]:
    """Its sentences, but not those that are only a sign, a secret, or an order to whoever reads them."""
    return [
        one
        for one in sentences(UNSPACED_END.sub("\n", seen(text)))
        if size(one) >= LEAST_WORDS and content_words(one) and refusal(one) is None
    ]


def _cut(text: str) -> tuple[str, frozenset[str], bool]:
    short = text if size(text) <= SENTENCE_WORDS else f"{_first(text, SENTENCE_WORDS)}…"
    return short, content_words(short), bool(DECIDED.search(short)) and not short.endswith("?")


def _first(text: str, words: int) -> str:
    """So many words of it."""
    return text[: 2 * words] if UNSPACED.search(text) else " ".join(text.split()[:words])


def _best(line: Line) -> str:
    """The sentence of it that says most."""
    found = _told(line.text)
    return _cut(max(found, key=lambda one: len(content_words(one))))[0] if found else ""


def _weight(line: Line) -> float:
    return line.importance + EMOTION * line.feeling


def _felt(lines: Iterable[Line]) -> Emotion:
    felt: Counter[Emotion] = Counter()
    for line in lines:
        felt[Emotion(line.emotion)] += round(100 * line.feeling)
    strongest = felt.most_common(1)
    return strongest[0][0] if strongest and strongest[0][1] else Emotion.NEUTRAL


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
