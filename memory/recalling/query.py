"""What is asked of a character's memory, and what comes back. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

CountTokens = Callable[[str], int]


class Rule(StrEnum):
    FUSED = "fused"
    CLASSIC = "classic"  # requirements AZ-14..19 and ER-22, to the letter


class Reason(StrEnum):
    """Why a memory came up; the page has a sentence for each."""

    MEANING = "meaning"
    WORDS = "words"
    SPEAKER = "speaker"
    DATE = "date"
    TOPIC = "topic"
    UPDATE = "update"  # it says otherwise than another that came up, or was replaced by it
    PINNED = "pinned"
    RECAP = "recap"


@dataclass(frozen=True, slots=True)
class Query:
    """`text` is the message that is answered. `people` are all who will hear the answer: what one of them was not
    there for is not recalled. `person_names` and `character_names` are what they may be called in `text`.

    `chat_id` is the chat that the answer is for, and `known` are the messages (`source_id`) that its prompt already
    holds. `budget` is in tokens of `count`, which counts a line as the prompt will have it.
    """

    owner_id: UUID
    character_id: UUID
    text: str
    people: frozenset[UUID]
    person_names: tuple[str, ...]
    character_names: tuple[str, ...]
    now: datetime
    budget: int
    count: CountTokens
    chat_id: UUID | None = None
    known: frozenset[UUID] = frozenset()
    rule: Rule = Rule.FUSED


@dataclass(frozen=True, slots=True)
class Recollection:
    """One memory that came up. `score` is from 0 to 1, for people to read; `line` is what the prompt says of it,
    without its date."""

    memory_id: UUID
    source_id: UUID | None
    kind: str
    line: str
    said_at: datetime
    emotion: str
    score: float
    reasons: tuple[Reason, ...]
    tokens: int


@dataclass(frozen=True, slots=True)
class Recalled:
    """`memories` in the order of time, within the budget; `recap` is at most one derived text, labelled as such.
    `ranked` are the ids of what was found, best first, whether or not it fitted."""

    memories: tuple[Recollection, ...] = ()
    recap: Recollection | None = None
    ranked: tuple[UUID, ...] = ()
    embed_ms: float = 0.0
    search_ms: float = 0.0
