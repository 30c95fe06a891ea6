"""How a model's context is shared between the parts of a prompt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class TokenBudget:
    """Shares of a context of `context` tokens: 20 % system and persona, 25 % recalled, 35 % history, 20 % reply.

    The shares are promises to the smaller sections, not walls: what a section leaves over
    goes to history, and the persona is never cut (it takes from history instead).
    """

    context: int

    @property
    def system(self) -> int:
        return self.context * 20 // 100

    @property
    def recalled(self) -> int:
        return self.context * 25 // 100

    @property
    def reply(self) -> int:
        return self.context * 20 // 100

    def history(self, *, spent: int) -> int:
        """Tokens left for history once `spent` tokens hold everything else but the reply."""
        return max(0, self.context - self.reply - spent)


def fit_newest(items: Sequence[T], costs: Sequence[int], room: int) -> list[T]:
    """The longest run of newest items that costs at most `room`, in their order."""
    kept = 0
    for cost in reversed(costs):
        if cost > room:
            break
        room -= cost
        kept += 1
    return list(items[len(items) - kept :])


def fit_first(items: Sequence[T], costs: Sequence[int], room: int) -> list[T]:
    """Items in order of worth, as many as fit in `room`; one that is too long is passed over."""
    kept = []
    for item, cost in zip(items, costs, strict=True):
        if cost <= room:
            room -= cost
            kept.append(item)
    return kept
