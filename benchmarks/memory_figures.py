"""What the benchmarks of recall measure of each question, and how they print it."""

import random
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from benchmarks.memory_data import ADVERSARIAL, CATEGORIES, Conversation, Question
from characters.models import Character

MAIN_BUDGET = 1000
RESAMPLED = 1000
COLUMNS = (
    "R@5 R@10 R@20 hit@10 all@10 nDCG@10 MRR R|500 R|1000 R|2000 all|1000 sessR@10 sessany@5".split()
)  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """A conversation as one person's memories; `names` are the turns by the id of their memory."""

    conversation: Conversation
    owner: User
    character: Character
    names: dict[UUID, str]
    sessions: dict[str, int]


@dataclass(frozen=True)
class Asked:
    loaded: Loaded
    question: Question
    rendering: str
    text: str


@dataclass(frozen=True)
class Figures:
    asked: Asked
    values: dict[str, float]
    tokens_recap: int = 0


def mean(figures: Iterable[Figures], column: str) -> float:
    found = [one.values[column] for one in figures]
    return statistics.fmean(found) if found else float("nan")


def answerable(figures: Iterable[Figures]) -> list[Figures]:
    """All but the questions that have no answer: the best that can be said to those is that one was never told."""
    return [one for one in figures if one.asked.question.category != ADVERSARIAL]


def interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % by bootstrap over questions."""
    chance = random.Random(0)
    means = sorted(statistics.fmean(chance.choices(values, k=len(values))) for _ in range(RESAMPLED))
    return means[int(RESAMPLED * 0.025)], means[int(RESAMPLED * 0.975)]


def table(title: str, figures: Sequence[Figures]) -> None:
    columns = [column for column in COLUMNS if column in figures[0].values]
    print(f"\n{title}")
    print(f"{'':14}{'n':>5} " + "".join(f"{column:>10}" for column in columns))
    kinds = {name: [f for f in figures if f.asked.question.category == at] for at, name in CATEGORIES.items()}
    for name, some in {"all answerable": answerable(figures), **kinds}.items():
        if some:
            line = "".join(f"{100 * mean(some, column):10.1f}" for column in columns)
            print(f"{name:14}{len(some):5} {line}")
    own = answerable(figures)
    conversations = dict.fromkeys(one.asked.loaded.conversation.name for one in own)
    by_one = {name: [one for one in own if one.asked.loaded.conversation.name == name] for name in conversations}
    print("each one R@10: " + ", ".join(f"{name} {100 * mean(some, 'R@10'):.1f}" for name, some in by_one.items()))
    for column in ("R@10", f"R|{MAIN_BUDGET}"):
        low, high = interval([one.values[column] for one in own])
        print(f"95 % of {column}: {100 * low:.1f} to {100 * high:.1f}")
