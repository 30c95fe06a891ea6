"""How a mind came to be what it is: its events, one after the other, from the first state on. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from memory.mind.moods import Effect
from memory.mind.state import ANYWHERE, Bounds, Change, State, drift, moved

NOTHING = Effect()


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to a mind at one time: a rule's effect, or that it was frozen, thawed or bounded."""

    at: datetime
    effect: Effect = NOTHING
    is_frozen: bool | None = None
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` is as it was at `at`."""

    state: State
    at: datetime
    is_frozen: bool = False
    bounds: Bounds = ANYWHERE

    def state_at(self, time: datetime) -> State:
        """A frozen mind does not drift, and time before `at` changes nothing."""
        if self.is_frozen:
            return self.state
        return drift(self.state, (time - self.at).total_seconds(), self.bounds)

    def taking(self, step: Step) -> tuple["Standing", Change]:
        """Where it stands afterwards, and what the step itself changed."""
        at = max(step.at, self.at)
        before = self.state_at(at)
        bounds = self.bounds if step.bounds is None else step.bounds
        after = moved(before, step.effect, bounds)
        is_frozen = self.is_frozen if step.is_frozen is None else step.is_frozen
        return Standing(after, at, is_frozen, bounds), Change(before, after)


def replay(first: Standing, steps: Iterable[Step]) -> tuple[Standing, tuple[Change, ...]]:
    """Where `first` stands after all steps, and what each changed."""
    changes = []
    for step in steps:
        first, change = first.taking(step)
        changes.append(change)
    return first, tuple(changes)
