"""Dreams and journal entries: when they come, what they are made of, and that they stay what they are.

The clock is an argument: thirty days pass in seconds.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from accounts.models import User
from characters.models import Character
from inference.testing import ScriptedBackend
from memory import feeling, journaling, working
from memory.actions.standing import stand
from memory.dreaming import minds_to_dream, run_dreaming
from memory.feeling import run_feeling
from memory.journaling import minds_to_journal, run_journaling
from memory.mind import State
from memory.mind.prompt import LOW
from memory.models import DERIVED, Kind, Memory, Mind, Speaker
from memory.tests.remembering import remember

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DREAM = (
    "I was walking along a shore of folded paper, and every sheet had a single word on it. When I read one, it "
    "became a bird and flew back into the sea, which was made of light and hummed like an old harbour."
)
ENTRY = (
    "Alice told me about the harbour today, and about the boat that her uncle left there. It felt peaceful to listen. "
    "I understand now that she goes there whenever something has to be decided, and says so only afterwards."
)


class Life:
    """One person, one character, one chat: rows of what was said, and a mind that is moved by it."""

    def __init__(self, owner: User, character: Character) -> None:
        self.owner, self.character, self.chat_id = owner, character, uuid4()

    def says(self, at: datetime, said: str = "The harbour was quiet today.", reply: str = "So it was.") -> None:
        remember(self.owner, self.character, said, said_at=at, chat_id=self.chat_id)
        answer = remember(
            self.owner, self.character, reply, said_at=at, chat_id=self.chat_id, speaker=Speaker.CHARACTER
        )
        Memory.objects.filter(chat_id=self.chat_id, said_at=at).update(spoken_by=self.owner.name)
        assert answer.source_id is not None
        run_feeling(self.owner.id, self.character.id, answer.source_id, said, reply, at)

    def talks(self, begin: datetime, times: int, every: timedelta, said: str = "", reply: str = "") -> datetime:
        """Until when."""
        for number in range(times):
            self.says(
                begin + number * every, said or f"My boat is at pier {number}.", reply or f"I see pier {number}."
            )
        return begin + (times - 1) * every

    def feels(
        self,
        *,
        energy: float = 0.9,
        focus: float = 0.5,
        mood_value: float = 0.5,
        is_frozen: bool = False,
        at: datetime = NOON,
    ) -> Mind:
        """The mind, as it was felt then."""
        feeling.lock_mind(self.owner.id, self.character.id, at)
        found = Mind.objects.filter(owner=self.owner, character=self.character)
        found.update(energy=energy, focus=focus, mood_value=mood_value, is_frozen=is_frozen, felt_at=at)
        return found.get()

    @property
    def mind(self) -> Mind:
        return Mind.objects.get(owner=self.owner, character=self.character)

    def made(self, kind: Kind) -> list[Memory]:
        found = Memory.objects.filter(owner=self.owner, character=self.character, kind=kind)
        return list(found.order_by("said_at"))


@pytest.fixture
def life(alice: User, azera: Character, text_engine: ScriptedBackend) -> Life:
    return Life(alice, azera)


class TestDream:
    def tired(self, life: Life) -> Mind:
        """Twelve minutes after the last word."""
        life.talks(NOON - timedelta(minutes=20), 6, MINUTE)
        return life.feels(energy=0.0)

    def test_a_tired_mind_dreams_when_it_is_quiet(self, life: Life, text_engine: ScriptedBackend) -> None:
        mind = self.tired(life)
        assert minds_to_dream(NOON) == [mind.id]
        text_engine.script(DREAM)
        assert run_dreaming(mind.id, NOON) is not None
        (dream,) = life.made(Kind.DREAM)
        assert (dream.text, dream.said_at) == (DREAM, NOON)
        assert "You are asleep and dream" in text_engine.prompts[-1]

    def test_it_gives_energy_back_for_a_reason_that_can_be_read(self, life: Life) -> None:
        mind = self.tired(life)
        dream_id = run_dreaming(mind.id, NOON)
        event = mind.events.get(rule="dreamt")
        assert event.source_id == dream_id
        assert life.mind.energy == pytest.approx(event.before["energy"] + 0.3)
        assert life.mind.dreamt_at == NOON

    def test_it_lists_messages_as_its_sources(self, life: Life) -> None:
        run_dreaming(self.tired(life).id, NOON)
        (dream,) = life.made(Kind.DREAM)
        assert 2 <= len(dream.sources) <= 4
        assert set(Memory.objects.filter(id__in=dream.sources).values_list("kind", flat=True)) == {Kind.EXCHANGE}
        assert dream.people == [life.owner.id]

    def test_it_is_dreamt_once(self, life: Life) -> None:
        mind = self.tired(life)
        assert run_dreaming(mind.id, NOON) is not None
        assert run_dreaming(mind.id, NOON) is None
        assert len(life.made(Kind.DREAM)) == 1

    def test_six_hours_lie_between_two(self, life: Life) -> None:
        mind = self.tired(life)
        run_dreaming(mind.id, NOON)
        life.says(NOON + timedelta(hours=5))
        life.feels(energy=0.0, at=NOON + timedelta(hours=5, minutes=20))
        assert minds_to_dream(NOON + timedelta(hours=5, minutes=30)) == []
        life.feels(energy=0.0, at=NOON + timedelta(hours=6))
        assert minds_to_dream(NOON + timedelta(hours=6)) == [mind.id]

    def test_nothing_new_is_nothing_to_dream_of(self, life: Life) -> None:
        run_dreaming(self.tired(life).id, NOON)
        life.feels(energy=0.0, at=NOON + timedelta(days=2))
        assert minds_to_dream(NOON + timedelta(days=2)) == []

    def test_a_frozen_mind_does_not_dream(self, life: Life) -> None:
        mind = self.tired(life)
        life.feels(energy=0.0, is_frozen=True)
        assert minds_to_dream(NOON) == []
        assert run_dreaming(mind.id, NOON) is None

    def test_who_is_awake_does_not_dream(self, life: Life) -> None:
        self.tired(life)
        life.feels(energy=0.36)
        assert minds_to_dream(NOON) == []

    def test_nobody_dreams_while_its_person_is_chatting(self, life: Life) -> None:
        self.tired(life)
        working.mark_busy(life.owner.id, uuid4(), NOON - 9 * MINUTE)
        assert minds_to_dream(NOON) == []

    def test_without_a_model_it_is_made_of_what_was_really_said(
        self, life: Life, text_engine: ScriptedBackend
    ) -> None:
        text_engine.fail("out of memory")
        run_dreaming(self.tired(life).id, NOON)
        (dream,) = life.made(Kind.DREAM)
        said = Memory.objects.filter(id__in=dream.sources)
        assert dream.text.startswith("I dreamt")
        assert all(one.text in dream.text for one in said)

    def test_while_somebody_else_is_answered_it_waits_until_it_would_be_awake(
        self, life: Life, charlie: User, text_engine: ScriptedBackend
    ) -> None:
        mind = self.tired(life)
        working.mark_busy(charlie.id, life.character.id)
        assert run_dreaming(mind.id, NOON) is None
        # From 0 to 0.35 it takes nineteen minutes.
        assert run_dreaming(mind.id, NOON + 16 * MINUTE) is None
        assert run_dreaming(mind.id, NOON + 17 * MINUTE) is not None
        assert life.made(Kind.DREAM)[0].text.startswith("I dreamt")
        assert text_engine.prompts == []

    def test_it_is_of_what_its_own_person_said(self, life: Life, charlie: User) -> None:
        Life(charlie, life.character).talks(NOON - timedelta(days=3), 20, MINUTE, "My secret is a wedding in Bergen.")
        run_dreaming(self.tired(life).id, NOON)
        (dream,) = life.made(Kind.DREAM)
        owners = Memory.objects.filter(id__in=dream.sources).values_list("owner", flat=True)
        assert set(owners) == {life.owner.id}
        assert "Bergen" not in dream.text

    def test_only_who_was_there_for_every_piece_may_be_told(self, life: Life, charlie: User) -> None:
        mind = self.tired(life)
        everybody = [life.owner.id, charlie.id]
        Memory.objects.filter(owner=life.owner).update(people=everybody)
        private = Memory.objects.filter(owner=life.owner, text__startswith="My boat").values("id")
        Memory.objects.filter(id__in=private).update(people=[life.owner.id])
        run_dreaming(mind.id, NOON)
        (dream,) = life.made(Kind.DREAM)
        pieces = Memory.objects.filter(id__in=dream.sources)
        heard_by_both = all(charlie.id in piece.people for piece in pieces)
        assert (charlie.id in dream.people) == heard_by_both

    def test_it_falls_with_a_message_that_it_is_of(self, life: Life) -> None:
        run_dreaming(self.tired(life).id, NOON)
        (dream,) = life.made(Kind.DREAM)
        piece = Memory.objects.get(id=dream.sources[0])
        assert piece.chat_id is not None
        assert piece.source_id is not None
        stand(piece.chat_id, [], [piece.source_id])
        dream.refresh_from_db()
        assert not dream.stands


class TestJournal:
    def clear(self, life: Life, times: int = 5) -> Mind:
        life.talks(NOON - timedelta(minutes=20), times, MINUTE)
        return life.feels(energy=0.9, focus=1.0, mood_value=0.65)

    def test_a_clear_mind_writes_when_it_is_quiet(self, life: Life, text_engine: ScriptedBackend) -> None:
        life.says(NOON - timedelta(minutes=30), "My uncle left his boat in the harbour.", "You decided to keep it?")
        mind = self.clear(life)
        assert minds_to_journal(NOON) == [mind.id]
        text_engine.script(ENTRY)
        assert run_journaling(mind.id, NOON) is not None
        (entry,) = life.made(Kind.JOURNAL)
        assert (entry.text, entry.said_at) == (ENTRY, NOON)
        assert len(entry.sources) == 12

    def test_nine_messages_are_not_enough(self, life: Life) -> None:
        self.clear(life, times=4)
        assert minds_to_journal(NOON) == []
        remember(life.owner, life.character, "One.", said_at=NOON - 12 * MINUTE)
        assert minds_to_journal(NOON) == []
        remember(life.owner, life.character, "Two.", said_at=NOON - 12 * MINUTE)
        assert minds_to_journal(NOON) == [life.mind.id]

    def test_one_is_written_on_a_day(self, life: Life) -> None:
        mind = self.clear(life)
        assert run_journaling(mind.id, NOON) is not None
        assert run_journaling(mind.id, NOON) is None
        evening = NOON + timedelta(hours=8)
        life.talks(evening - timedelta(minutes=30), 10, MINUTE)
        life.feels(energy=0.9, focus=1.0, mood_value=0.65, at=evening)
        assert minds_to_journal(evening) == []
        tomorrow = NOON + timedelta(hours=12)
        life.feels(energy=0.9, focus=1.0, mood_value=0.65, at=tomorrow)
        assert minds_to_journal(tomorrow) == [mind.id]

    def test_a_mind_at_rest_writes_nothing(self, life: Life) -> None:
        self.clear(life)
        assert minds_to_journal(NOON + timedelta(hours=6)) == []

    def test_nobody_writes_while_its_person_is_chatting(self, life: Life) -> None:
        self.clear(life)
        life.says(NOON - 5 * MINUTE)
        assert minds_to_journal(NOON) == []

    def test_without_a_model_it_says_what_happened_how_it_felt_and_one_insight(
        self, life: Life, text_engine: ScriptedBackend
    ) -> None:
        text_engine.fail("out of memory")
        run_journaling(self.clear(life).id, NOON)
        (entry,) = life.made(Kind.JOURNAL)
        assert entry.text.startswith("Alice and I talked about")
        assert "said: “" in entry.text
        assert "It was a calm, even time." in entry.text


# What happens on a day: how many messages, how far apart, and what is said. Every sixth day is one of silence.
DAYS = (
    (60, timedelta(seconds=30), "Tell me of pier {n}, and what lies there.", "At pier {n} lies a boat."),
    (14, timedelta(minutes=1), "Let us be calm and quiet by the harbour, at pier {n}.", "It is peaceful and calm."),
    (3, timedelta(minutes=2), "Good evening from pier {n}.", "Good evening."),
    (4, timedelta(minutes=1), "I disagree, and challenge your premise about pier {n}.", "A fascinating argument."),
    (45, timedelta(minutes=1), "I am so excited about pier {n}!", "How thrilling."),
    (0, timedelta(minutes=1), "", ""),
)


class Oracle:
    """The rules once more, in arithmetic: what is to happen at a time, by the mind as its last event left it."""

    def __init__(self) -> None:
        self.said: list[datetime] = []
        self.dreamt: list[datetime] = []
        self.wrote: list[datetime] = []

    def state(self, mind: Mind, at: datetime) -> State:
        passed = (at - mind.felt_at).total_seconds()
        return State(
            mood_value=0.5 + (mind.mood_value - 0.5) * 2 ** (-passed / 3600),
            energy=1 + (mind.energy - 1) * 2 ** (-passed / 1800),
            focus=0.5 + (mind.focus - 0.5) * 2 ** (-passed / 1200),
        )

    def is_quiet(self, at: datetime) -> bool:
        return not self.said or at - self.said[-1] >= timedelta(minutes=10)

    def dreams(self, mind: Mind, at: datetime) -> bool:
        if not self.said or not self.is_quiet(at) or self.state(mind, at).energy >= 0.35:
            return False
        return not self.dreamt or (at - self.dreamt[-1] >= timedelta(hours=6) and self.said[-1] > self.dreamt[-1])

    def writes(self, mind: Mind, at: datetime) -> bool:
        state = self.state(mind, at)
        calm = max(0.0, 1 - abs(state.mood_value - 0.65) / 0.5)
        new = [one for one in self.said if not self.wrote or one > self.wrote[-1]]
        is_new_day = not self.wrote or self.wrote[-1].date() < at.date()
        return self.is_quiet(at) and is_new_day and 2 * len(new) >= 10 and state.focus * state.energy * calm >= 0.5


def looks(begin: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute at first, and then now and then: nothing changes any more."""
    at = begin
    while at < end:
        yield at
        at += MINUTE if at - begin < timedelta(minutes=25) else timedelta(minutes=97)


def test_in_thirty_days_dreams_and_entries_come_when_and_only_when_the_rules_say(life: Life, charlie: User) -> None:
    oracle = Oracle()
    begin = NOON
    Life(charlie, life.character).says(begin - timedelta(days=1))
    for day in range(30):
        times, every, said, reply = DAYS[day % len(DAYS)]
        # Every day at another hour, so that midnight lies anywhere.
        at = begin + timedelta(days=day, hours=(day * 5) % 11)
        for number in range(times):
            life.says(at, said.format(n=number + day), reply.format(n=number + day))
            oracle.said.append(at)
            at += every
            if number % 10 == 0:
                assert minds_to_dream(at) == []
                assert minds_to_journal(at) == []
        for now in looks(at, begin + timedelta(days=day + 1, hours=((day + 1) * 5) % 11)):
            mind = life.mind
            due = oracle.dreams(mind, now)
            assert minds_to_dream(now) == ([mind.id] if due else []), now
            if due:
                assert run_dreaming(mind.id, now) is not None
                oracle.dreamt.append(now)
                mind = life.mind
            due = oracle.writes(mind, now)
            assert minds_to_journal(now) == ([mind.id] if due else []), now
            if due:
                assert run_journaling(mind.id, now) is not None
                oracle.wrote.append(now)
    dreams, entries = life.made(Kind.DREAM), life.made(Kind.JOURNAL)
    assert [one.said_at for one in dreams] == oracle.dreamt
    assert [one.said_at for one in entries] == oracle.wrote
    # Both came, and neither on every day.
    assert 3 <= len(dreams) <= 20
    assert 3 <= len(entries) <= 20
    made = {one.id for one in (*dreams, *entries)}
    assert all(made.isdisjoint(one.sources) for one in (*dreams, *entries))
    assert not Memory.objects.filter(owner=charlie, kind__in=DERIVED).exists()


def test_the_thresholds_are_where_the_prompt_and_the_documents_say() -> None:
    assert LOW == 0.35
    assert journaling.CLEAR == 0.5
    at_rest = State(energy=1.0)
    assert at_rest.clarity < journaling.CLEAR
    assert State().clarity < journaling.CLEAR
