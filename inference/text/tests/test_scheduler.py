"""Rules that hold whatever arrives, and whoever leaves: nobody starves, no slot has two holders, no token is lost."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from inference.text.pace import Pace
from inference.text.parking import Parked, Parking
from inference.text.scheduler import PATIENCE_STEPS, QUANTUM_TOKENS, Feed, Scheduler
from inference.text.sequence import Sequence

BATCH = 24


class Steady(Pace):
    """So many tokens a step, whatever they cost."""

    def __init__(self, tokens: int) -> None:
        super().__init__(BATCH, tokens, tokens)

    def cost(self, start: int) -> float:
        return 1.0

    def chunk(self, start: int, left: int, seconds: float) -> int:
        return min(left, max(int(min(seconds, self._alone)), 1))


@dataclass
class Machine:
    """A scheduler and a model of what a library would do: caches are lists of tokens, replies count upwards."""

    slots: int = 2
    reading: int = 8
    steps: int = 0
    finished: list[Sequence] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parking = Parking(10_000)
        self.scheduler = Scheduler(self.slots, self.parking)
        self.caches: list[list[int]] = [[] for _ in range(self.slots)]

    def step(self) -> list[Feed]:
        self.steps += 1
        for placement in self.scheduler.place():
            cache = self.caches[placement.slot]
            if placement.park:
                assert cache == placement.parked_tokens
                self.parking.put(Parked(placement.park, placement.parked_tokens, bytearray(len(cache))))
            if placement.copied_from is not None:
                cache = list(self.caches[placement.copied_from])
            if placement.loaded is not None:
                cache = placement.loaded.tokens
            self.caches[placement.slot] = cache[: placement.keep]
        self.check()
        batches = self.scheduler.step(Steady(self.reading))
        feeds = [feed for batch in batches for feed in batch]
        assert len({feed.slot for feed in feeds}) == len(feeds)
        for feed in feeds:
            cache = self.caches[feed.slot]
            assert len(cache) == feed.start
            cache += feed.tokens
            samples = feed.samples
            self.scheduler.computed(feed)
            if samples:
                self.scheduler.told(feed.sequence, 1000 + len(feed.sequence.tokens))
                if feed.sequence.full:
                    self.drop(feed.sequence)
        return feeds

    def drop(self, sequence: Sequence) -> None:
        self.scheduler.drop(sequence)
        self.finished.append(sequence)

    def check(self) -> None:
        """What must hold between any two steps."""
        running = self.scheduler.running
        assert len({sequence.slot for sequence in running}) == len(running) <= self.slots
        assert not {one.number for one in running} & {one.number for one in self.scheduler.waiting}
        for sequence in running:
            assert sequence.slot is not None
            assert self.caches[sequence.slot] == sequence.tokens[: sequence.computed]
            assert sequence.left >= 1

    def until_done(self, *sequences: Sequence, steps: int = 100_000) -> int:
        before = self.steps
        while not all(sequence in self.finished for sequence in sequences):
            self.step()
            assert self.steps - before <= steps, "somebody starves"
        return self.steps - before


def asked(prompt: int, most: int = 3, user: str = "", conversation: str = "") -> Sequence:
    return Sequence(list(range(prompt)), most, user, conversation)


arrivals = st.lists(
    st.tuples(
        st.integers(0, 5),  # steps until it arrives
        st.integers(1, 90),  # prompt
        st.integers(1, 200),  # reply
        st.sampled_from(["", "ann", "ben", "cem"]),
        st.sampled_from(["", "one", "two"]),
        st.none() | st.integers(0, 60),  # cancelled so many steps later
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(arrivals, st.integers(1, 4), st.integers(1, BATCH))
def test_everybody_gets_their_reply_or_leaves_and_every_slot_is_free_in_the_end(
    plan: list[tuple[int, int, int, str, str, int | None]], slots: int, reading: int
) -> None:
    machine, everybody, leaving = Machine(slots, reading), [], {}
    for pause, prompt, most, user, conversation, cancelled in plan:
        for _ in range(pause):
            machine.step()
        sequence = asked(prompt, most, user, conversation)
        everybody.append(sequence)
        machine.scheduler.add(sequence)
        if cancelled is not None:
            leaving[sequence.number] = machine.steps + cancelled
    patience = machine.steps + 50 + 20 * sum(len(one.tokens) + one.most for one in everybody)
    while len(machine.finished) < len(everybody):
        for sequence in everybody:
            if leaving.get(sequence.number) == machine.steps and sequence not in machine.finished:
                machine.drop(sequence)
                assert sequence not in machine.scheduler.running
                assert sequence not in machine.scheduler.waiting
        machine.step()
        assert machine.steps < patience, "somebody starves"
    for sequence in everybody:
        prompt = sequence.prompt_tokens
        assert sequence.tokens[prompt:] == list(range(1000 + prompt, 1000 + len(sequence.tokens)))
        assert sequence.number in leaving or len(sequence.tokens) == prompt + sequence.most
    assert len(machine.scheduler.slots.free) == slots


def test_a_long_prompt_does_not_hold_up_those_who_speak() -> None:
    machine = Machine()
    speaker, reader = asked(4, most=60), asked(400)
    machine.scheduler.add(speaker)
    machine.step()
    machine.step()
    machine.scheduler.add(reader)
    told = len(speaker.tokens)
    for _ in range(20):
        machine.step()
        told += 1
        assert len(speaker.tokens) == told
    assert reader.computed == 20 * machine.reading


def test_those_who_come_at_the_same_moment_begin_together() -> None:
    machine = Machine(slots=3, reading=8)
    first, second, third = (asked(6, most=9) for _ in range(3))
    machine.scheduler.add(first)
    machine.step()
    for later in (second, third):
        machine.scheduler.add(later)
    machine.step()
    assert [len(one.tokens) - one.prompt_tokens for one in (first, second, third)] == [1, 1, 1]
    machine.step()
    assert [len(one.tokens) - one.prompt_tokens for one in (first, second, third)] == [2, 2, 2]


def test_a_short_prompt_is_read_before_a_long_one_that_came_first() -> None:
    machine = Machine()
    long, short = asked(400), asked(6)
    machine.scheduler.add(long)
    machine.step()
    machine.scheduler.add(short)
    machine.step()
    assert len(short.tokens) > short.prompt_tokens


def short_prompts(machine: Machine) -> Iterator[None]:
    """Somebody new with a short prompt in every step."""
    while True:
        machine.scheduler.add(asked(machine.reading, most=1))
        yield


def test_a_long_prompt_is_read_in_the_end_however_many_short_ones_come() -> None:
    machine = Machine(slots=3)
    long = asked(200)
    machine.scheduler.add(long)
    others = short_prompts(machine)
    while long not in machine.finished:
        next(others)
        machine.step()
        assert machine.steps < 300, "it starves"


def test_one_user_with_much_to_ask_does_not_hold_up_another() -> None:
    machine = Machine(slots=2)
    for _ in range(10):
        machine.scheduler.add(asked(4, most=30, user="busy"))
    machine.step()
    other = asked(4, most=30, user="other")
    machine.scheduler.add(other)
    machine.until_done(other, steps=70)
    assert len(machine.finished) <= 4


def test_whoever_has_spoken_long_gives_way_and_goes_on_later_without_reading_again() -> None:
    machine = Machine(slots=1)
    talker, other = asked(40, most=QUANTUM_TOKENS * 3), asked(40, most=5)
    machine.scheduler.add(talker)
    machine.step()
    machine.scheduler.add(other)
    machine.until_done(other, steps=QUANTUM_TOKENS + PATIENCE_STEPS + 30)
    assert talker in machine.scheduler.waiting
    spoken = len(talker.tokens)
    machine.step()
    assert len(talker.tokens) == spoken + 1
    machine.until_done(talker, steps=QUANTUM_TOKENS * 3)


def test_a_cancelled_one_frees_its_slot_for_the_very_next_step() -> None:
    machine = Machine(slots=1)
    first, second = asked(5, most=50), asked(5)
    for sequence in (first, second):
        machine.scheduler.add(sequence)
    machine.step()
    machine.drop(first)
    assert [feed.sequence for feed in machine.step()] == [second]
