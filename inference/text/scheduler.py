"""Who computes what in the next step. Pure bookkeeping: no clock, no library, no thread.

Time is counted in steps. A step gives every sequence that speaks one token, and a little time to those that still
read their prompt, so that a long prompt never stalls the others' words.
"""

from collections.abc import Iterator
from collections.abc import Sequence as Items
from dataclasses import dataclass

from inference.text.pace import Pace
from inference.text.parking import Parking
from inference.text.sequence import Sequence
from inference.text.slots import Placement, Slots

# A reader is served before one with this many tokens less to read for each step that it has waited longer.
READER_AGING_TOKENS = 16
# A user's first sequence goes before another user's second, until that one has waited so many steps more.
FAIR_STEPS = 200
# Whoever has spoken so many tokens gives up its slot to one that has waited for one so many steps.
QUANTUM_TOKENS = 128
PATIENCE_STEPS = 16


@dataclass(frozen=True, slots=True)
class Feed:
    """The tokens that one sequence adds to a batch: `count` of them from `start` on. With the last, one is sampled."""

    sequence: Sequence
    slot: int
    start: int
    count: int

    @property
    def tokens(self) -> Items[int]:
        return self.sequence.tokens[self.start : self.start + self.count]

    @property
    def samples(self) -> bool:
        return self.start + self.count == len(self.sequence.tokens)


class Scheduler:
    def __init__(self, slots: int, parking: Parking) -> None:
        self.slots = Slots(slots, parking)
        self.waiting: list[Sequence] = []

    @property
    def running(self) -> list[Sequence]:
        return self.slots.holders

    def add(self, sequence: Sequence) -> None:
        """Let it wait for a slot."""
        self.waiting.append(sequence)

    def place(self) -> Iterator[Placement]:
        """Give slots to those who wait: free ones first, then those of whoever has spoken longest.

        Each placement must be carried out before the next is asked for: that may copy what this one brought.
        """
        while self.waiting:
            first = min(self.waiting, key=self._turn)
            if not self.slots.free and not self._yield_to(first):
                break
            self.waiting.remove(first)
            first.waited = 0
            yield self.slots.take(first)

    def step(self, pace: Pace) -> list[list[Feed]]:
        """The next step: batches to be computed in this order.

        First a token for each who speaks. Then prompts, each for itself: together they would be no faster, and what
        one of them cost could not be told. Those with least left to read come first, so that a short prompt need not
        wait for a long one; but whoever has waited moves up.
        """
        readers = [sequence for sequence in self.running if not sequence.speaks]
        speakers = [sequence for sequence in self.running if sequence.speaks]
        # Who has only just begun lets those who came at the same moment begin as well: together they are faster.
        amid = sum(speaker.told > 1 or speaker.waited > 0 for speaker in speakers)
        if readers and not amid:
            speakers = []
        batches = [[_feed(speaker, 1) for speaker in speakers]] if speakers else []
        batches += [[feed] for feed in self._reading(readers, pace, pace.allowed(amid))]
        for sequence in (*self.waiting, *self.running):
            sequence.waited += 1
        for feed in (feed for feeds in batches for feed in feeds):
            feed.sequence.waited = 0
        return batches

    def _reading(self, readers: list[Sequence], pace: Pace, seconds: float) -> Iterator[Feed]:
        """The first reader goes on in any case, the others if there is time."""
        for number, reader in enumerate(sorted(readers, key=lambda one: one.left - READER_AGING_TOKENS * one.waited)):
            count = pace.chunk(reader.computed, reader.left, seconds)
            took = count * pace.cost(reader.computed)
            if number and took > seconds:
                return
            seconds -= took
            yield _feed(reader, count)

    def computed(self, feed: Feed) -> None:
        """The cache now holds these tokens."""
        feed.sequence.computed = self.slots[feed.slot].filled = feed.start + feed.count

    def forget(self, sequence: Sequence) -> None:
        """Its slot turned out to be empty: it has all to read again."""
        if sequence.slot is not None:
            sequence.computed = self.slots[sequence.slot].filled = 0

    def told(self, sequence: Sequence, token: int) -> None:
        """The model has said `token`."""
        sequence.tokens.append(token)
        sequence.told += 1

    def drop(self, sequence: Sequence, *, known: bool = True) -> None:
        """It ends here, running or waiting. See `Slots.leave` for `known`."""
        if sequence in self.waiting:
            self.waiting.remove(sequence)
        self.slots.leave(sequence, known=known)

    def _turn(self, sequence: Sequence) -> tuple[int, int]:
        """Who is next: the lowest. Fair between users, and older first; waiting outweighs both in the end."""
        mine = sum(running.user == sequence.user for running in self.running) if sequence.user else 0
        return mine * FAIR_STEPS - sequence.waited, sequence.number

    def _yield_to(self, first: Sequence) -> bool:
        """Free a slot for one that has waited long enough. Whoever loses it waits, and goes on from a saved cache."""
        if first.waited < PATIENCE_STEPS:
            return False
        spoken = [sequence for sequence in self.running if sequence.told >= QUANTUM_TOKENS]
        if not spoken:
            return False
        longest = max(spoken, key=lambda one: (sum(other.user == one.user for other in self.running), one.told))
        self.slots.leave(longest)
        longest.waited = 0
        self.waiting.append(longest)
        return True


def _feed(sequence: Sequence, tokens: int) -> Feed:
    if sequence.slot is None:
        raise AssertionError(f"sequence {sequence.number} has no slot")
    return Feed(sequence, sequence.slot, sequence.computed, tokens)
