"""What of the ranked memories a prompt has room for. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from memory.recalling.query import CountTokens

# Nothing that is worth a line fits in less.
LEAST_TOKENS = 8
# A line longer than this is told in part: what is asked, and as much around it as fits.
LONGEST = 700
SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Item:
    """A line that may stand in the prompt."""

    memory_id: str
    line: str
    said_at: datetime


def heading(day: date) -> str:
    """What stands over all that was said on that day."""
    return f"[{day.day} {day:%B %Y}]"


@dataclass(slots=True)
class Packing:
    """Lines that fit into a budget of tokens. A day's heading is counted with the first of its lines, and a line break
    with every line."""

    budget: int
    count: CountTokens
    chosen: dict[str, tuple[Item, int]] = field(default_factory=dict)
    days: set[date] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        return self.budget < LEAST_TOKENS

    def add(self, items: Sequence[Item]) -> bool:
        """All of them, or none; True: they are in. One that is in already costs nothing."""
        new: dict[str, tuple[Item, int]] = {}
        days: set[date] = set()
        for item in items:
            if item.memory_id in self.chosen or item.memory_id in new:
                continue
            tokens = self.count(f"{item.line}\n")
            day = item.said_at.date()
            if day not in self.days | days:
                tokens += self.count(f"{heading(day)}\n")
                days.add(day)
            new[item.memory_id] = (item, tokens)
        cost = sum(tokens for _item, tokens in new.values())
        if cost > self.budget:
            return False
        self.chosen |= new
        self.days |= days
        self.budget -= cost
        return True

    def in_time(self) -> list[tuple[Item, int]]:
        return sorted(self.chosen.values(), key=lambda pair: (pair[0].said_at, pair[0].memory_id))


def excerpt(text: str, words: Sequence[str], longest: int = LONGEST) -> str:
    """The text in one line; of a long one the sentences around what is asked, word for word. `words` are stems."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    sentences = [" ".join(part.split()) for part in SENTENCE.split(text) if part.strip()]
    begins = [word.strip("'")[:6].lower() for word in words]
    told = [sum(begin in sentence.lower() for begin in begins) for sentence in sentences]
    first = last = max(range(len(sentences)), key=lambda at: (told[at], -at))
    length = len(sentences[first])
    while True:
        # What comes after says more of it than what came before.
        after = last + 1 < len(sentences) and length + len(sentences[last + 1]) + 1 <= longest
        before = first > 0 and length + len(sentences[first - 1]) + 1 <= longest
        if after:
            last += 1
            length += len(sentences[last]) + 1
        elif before:
            first -= 1
            length += len(sentences[first]) + 1
        else:
            break
    part = " ".join(sentences[first : last + 1])
    if len(part) > longest:
        part = part[:longest].rsplit(" ", 1)[0]
        last = -1
    return f"{'… ' if first else ''}{part}{'' if last + 1 == len(sentences) else ' …'}"


def beginning(text: str, budget: int, count: CountTokens) -> str:
    """As many whole sentences as fit; "" if not even one does."""
    kept = ""
    for sentence in SENTENCE.split(" ".join(text.split())):
        longer = f"{kept} {sentence}".strip()
        if count(longer) > budget:
            break
        kept = longer
    return kept
