"""What comes of lorebooks in a conversation, and why. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from characters.lore.decorators import UiPrompt
from characters.lore.entry import Book, Entry
from characters.lore.position import Position
from characters.lore.state import State
from inference.text.prompt import Role


class Why(StrEnum):
    # Brought up:
    MATCHED = "matched"
    CONSTANT = "constant"
    STICKY = "sticky"
    DECORATED = "activated by its decorator"
    KEPT = "kept since it matched before"
    # Not:
    DISABLED = "disabled"
    UNMATCHED = "not matched"
    SECONDARY = "the secondary keys say no"
    PATTERN = "a pattern cannot be used"
    SUPPRESSED = "suppressed by its decorator"
    SPENT = "has matched before"
    GREETING = "belongs to another greeting"
    ICON = "belongs to another user icon"
    TOO_EARLY = "too few replies"
    NOT_THIS_TURN = "only every so many replies"
    CONTEXT_FULL = "the context is full"
    EXCLUDED = "an excluded key is there"
    ADDITIONAL = "an additional key is missing"
    DELAYED = "too few messages"
    COOLDOWN = "on cooldown"
    WAITS = "waits for recursion"
    GROUP = "lost its group"
    PROBABILITY = "probability"
    BUDGET = "over the budget"


ACTIVE = frozenset({Why.MATCHED, Why.CONSTANT, Why.STICKY, Why.DECORATED, Why.KEPT})


@dataclass(frozen=True, slots=True)
class Placed:
    """`depth` counts messages from the end (0: after the last) and means something only at Position.AT_DEPTH.

    `trims_first`: it would rather go than anything else, should the context turn out full.
    """

    book: Book
    entry: Entry
    position: Position
    depth: int
    role: Role
    content: str
    tokens: int
    trims_first: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why `entry` is there or not. `key` is the one that decided, `message` the number of the message with it (None:
    in no single message), `sweep` when it was settled; from the second on, other entries may have brought it up."""

    book: Book
    entry: Entry
    why: Why
    key: str = ""
    message: int | None = None
    sweep: int = 0

    @property
    def active(self) -> bool:
        return self.why in ACTIVE

    def __str__(self) -> str:
        if not self.key:
            return self.why
        where = f" in message {self.message}" if self.message is not None else ""
        return f"{self.why}: {self.key!r}{where}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A key that never matches, for its pattern cannot be run."""

    book: Book
    entry: Entry
    key: str
    error: str


@dataclass(frozen=True, slots=True)
class Activation:
    """`placed` in the order of the prompt; `reasons` for every entry, in the order of the books."""

    placed: tuple[Placed, ...]
    reasons: tuple[Reason, ...]
    state: State
    problems: tuple[Problem, ...] = ()
    disabled_prompts: frozenset[UiPrompt] = frozenset()

    @property
    def tokens(self) -> int:
        return sum(placed.tokens for placed in self.placed)
