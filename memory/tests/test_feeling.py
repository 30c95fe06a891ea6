"""The rows of a mind: moved by exchanges, by nothing else, and for reasons that can be taken back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from characters.models import Character
from core.errors import BadInput, NotFound
from core.events import Event, group_of_person
from memory import events, feeling
from memory.actions import minding
from memory.feeling import run_feeling, standing_of, state_of, step_of
from memory.mind import Bounds, Range, Standing, State, replay
from memory.models import Kind, Memory, Mind, MindEvent, Speaker

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
EXCITING = "Tell me something that makes you truly excited!"


def talk(
    user: User,
    character: Character,
    said: str = "Hello.",
    reply: str = "Hello.",
    at: datetime = NOON,
    source: UUID | None = None,
) -> None:
    run_feeling(user.id, character.id, source or uuid4(), said, reply, at)


def mind_of(user: User, character: Character) -> Mind:
    return Mind.objects.get(owner=user, character=character)


def replayed(mind: Mind) -> Standing:
    """What its events, told from the first state on, make of it."""
    told = list(mind.events.order_by("number"))
    first = Standing(State.from_json(told[0].before), told[0].at)
    return replay(first, [step_of(one) for one in told if one.undone_at is None])[0]


def assert_same(found: State, expected: State) -> None:
    assert found.mood == expected.mood
    for name in ("mood_value", "energy", "focus", "affection"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-9)


class TestExchange:
    def test_before_the_first_word_it_is_as_every_mind_begins(self, alice: User, azera: Character) -> None:
        assert state_of(alice.id, azera.id, NOON) == State("neutral", 0.5, 0.7)

    def test_every_change_has_its_rule_its_cause_and_the_values_around_it(self, alice: User, azera: Character) -> None:
        source = uuid4()
        talk(alice, azera, EXCITING, "Storms.", source=source)
        talked, asked = MindEvent.objects.order_by("number")
        assert (talked.rule, talked.cause, talked.source_id, talked.number) == ("talked", "", source, 1)
        assert talked.before["energy"] == 0.7
        assert talked.after["energy"] == pytest.approx(0.67)
        assert (asked.rule, asked.cause, asked.before) == ("asked: excited", "excited", talked.after)
        assert (asked.after["mood"], asked.after["mood_value"]) == ("excited", 0.9)
        assert_same(standing_of(mind_of(alice, azera)).state, State.from_json(asked.after))

    def test_the_same_reply_moves_it_once(self, alice: User, azera: Character) -> None:
        source = uuid4()
        talk(alice, azera, EXCITING, "Storms.", source=source)
        before = state_of(alice.id, azera.id, NOON)
        talk(alice, azera, EXCITING, "Storms.", source=source)
        assert state_of(alice.id, azera.id, NOON) == before
        assert MindEvent.objects.count() == 2

    def test_six_rapid_messages_take_energy_each(self, alice: User, azera: Character) -> None:
        talk(alice, azera)
        start = state_of(alice.id, azera.id, NOON).energy
        for number in range(1, 7):
            talk(alice, azera, at=NOON + timedelta(seconds=number))
        end = state_of(alice.id, azera.id, NOON + timedelta(seconds=6)).energy
        assert start - end == pytest.approx(6 * 0.03, abs=0.005)

    def test_two_idle_minutes_give_energy_back(self, alice: User, azera: Character) -> None:
        for _ in range(6):
            talk(alice, azera)
        tired = state_of(alice.id, azera.id, NOON).energy
        assert tired + 0.01 < state_of(alice.id, azera.id, NOON + timedelta(minutes=2)).energy < 1
        assert state_of(alice.id, azera.id, NOON + timedelta(days=1)).energy == pytest.approx(1)

    def test_a_reply_that_is_read_late_does_not_turn_time_back(self, alice: User, azera: Character) -> None:
        talk(alice, azera)
        talk(alice, azera, at=NOON - timedelta(hours=1))
        assert mind_of(alice, azera).felt_at == NOON
        assert_same(standing_of(mind_of(alice, azera)).state, replayed(mind_of(alice, azera)).state)

    def test_open_pages_are_told(
        self,
        alice: User,
        azera: Character,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        told: list[tuple[str, Event]] = []
        monkeypatch.setattr("core.events.publish", lambda group, event: told.append((group, event)))
        source = uuid4()
        with django_capture_on_commit_callbacks(execute=True):
            talk(alice, azera, EXCITING, "Storms.", source=source)
        [(group, event)] = told
        assert group == group_of_person(alice.id)
        assert isinstance(event, events.MindChanged)
        assert (event.mood, event.mood_value, event.energy, event.focus) == ("excited", 90, 82, 55)
        assert (event.message_id, event.character_id) == (source, azera.id)


class TestPersonsHand:
    def test_nothing_moves_a_frozen_mind(self, alice: User, azera: Character) -> None:
        talk(alice, azera, EXCITING, "Storms.")
        minding.freeze_mind(alice, azera.id)
        held = standing_of(mind_of(alice, azera)).state
        talk(alice, azera, "Reflect on something that worries you deeply", "Fog.", NOON + timedelta(days=2))
        assert state_of(alice.id, azera.id, NOON + timedelta(days=9999)) == held

    def test_a_thawed_one_goes_on_from_where_it_was(self, alice: User, azera: Character) -> None:
        minding.freeze_mind(alice, azera.id)
        held = standing_of(mind_of(alice, azera)).state
        mind = minding.thaw_mind(alice, azera.id)
        assert_same(standing_of(mind).state, held)
        assert state_of(alice.id, azera.id, mind.felt_at + timedelta(hours=1)).energy > held.energy

    def test_freezing_twice_is_freezing_once(self, alice: User, azera: Character) -> None:
        minding.freeze_mind(alice, azera.id)
        minding.freeze_mind(alice, azera.id)
        assert MindEvent.objects.count() == 1

    def test_values_stay_within_the_limits_of_their_person(self, alice: User, azera: Character) -> None:
        minding.set_bounds(alice, azera.id, Bounds(energy=Range(0.4, 0.6), mood_value=Range(0.5, 0.8)))
        later = mind_of(alice, azera).felt_at + timedelta(seconds=1)
        talk(alice, azera, EXCITING, "Storms.", at=later)
        found = state_of(alice.id, azera.id, later)
        assert found.mood_value == pytest.approx(0.8)
        assert found.energy == pytest.approx(0.6)
        assert state_of(alice.id, azera.id, later + timedelta(days=1)).energy == pytest.approx(0.6)
        assert_same(standing_of(mind_of(alice, azera)).state, replayed(mind_of(alice, azera)).state)

    @pytest.mark.parametrize("between", [Range(0.6, 0.5), Range(-0.1, 0.5), Range(0.5, 1.1), Range(float("nan"), 1)])
    def test_limits_make_sense(self, alice: User, azera: Character, between: Range) -> None:
        with pytest.raises(BadInput):
            minding.set_bounds(alice, azera.id, Bounds(energy=between))

    def test_undone_it_is_as_if_it_had_not_been(self, alice: User, azera: Character) -> None:
        talk(alice, azera, "Thank you!", "Any time.")
        talk(alice, azera, EXCITING, "Storms.", NOON + timedelta(minutes=5))
        talk(alice, azera, at=NOON + timedelta(minutes=9))
        undone = MindEvent.objects.get(rule="asked: excited")
        minding.undo_event(alice, azera.id, undone.id)
        mind = mind_of(alice, azera)
        assert mind.mood == "neutral"
        assert_same(standing_of(mind).state, replayed(mind).state)
        last = mind.events.order_by("-number")[0]
        assert_same(State.from_json(last.after), standing_of(mind).state)

    def test_a_second_undo_and_the_same_reply_again_change_nothing(self, alice: User, azera: Character) -> None:
        source = uuid4()
        talk(alice, azera, EXCITING, "Storms.", source=source)
        undone = MindEvent.objects.get(rule="asked: excited")
        minding.undo_event(alice, azera.id, undone.id)
        before = standing_of(mind_of(alice, azera)).state
        minding.undo_event(alice, azera.id, undone.id)
        talk(alice, azera, EXCITING, "Storms.", source=source)
        assert standing_of(mind_of(alice, azera)).state == before

    def test_what_somebody_set_is_set_otherwise(self, alice: User, azera: Character) -> None:
        minding.freeze_mind(alice, azera.id)
        with pytest.raises(BadInput):
            minding.undo_event(alice, azera.id, MindEvent.objects.get().id)


class TestTwoPeople:
    def test_each_has_a_mind_of_their_own(self, alice: User, charlie: User, azera: Character) -> None:
        talk(alice, azera, "Shut up, you are useless", "Oh.")
        assert state_of(charlie.id, azera.id, NOON) == State()
        assert state_of(alice.id, azera.id, NOON).mood == "hurt"

    def test_nobody_touches_somebody_elses(self, alice: User, charlie: User, azera: Character) -> None:
        talk(alice, azera, EXCITING, "Storms.")
        talk(charlie, azera)
        before = standing_of(mind_of(alice, azera))
        event = MindEvent.objects.get(owner=alice, rule="talked")
        with pytest.raises(NotFound):
            minding.undo_event(charlie, azera.id, event.id)
        minding.freeze_mind(charlie, azera.id)
        minding.set_bounds(charlie, azera.id, Bounds(energy=Range(0.1, 0.2)))
        assert standing_of(mind_of(alice, azera)) == before

    def test_a_character_that_is_not_there_has_no_mind(self, alice: User) -> None:
        for touch in (minding.freeze_mind, minding.thaw_mind):
            with pytest.raises(NotFound):
                touch(alice, uuid4())


class TestTold:
    def remember(self, user: User, character: Character, text: str, *, people: list[UUID], days: int) -> Memory:
        return Memory.objects.create(
            owner=user,
            character=character,
            author_id=user.id,
            kind=Kind.EXCHANGE,
            speaker=Speaker.PERSON,
            text=text,
            people=people,
            emotion="sadness",
            confidence=1.0,
            said_at=NOON - timedelta(days=days),
            source_id=uuid4(),
        )

    def test_who_is_sad_is_reminded_of_when_they_were_before(
        self, alice: User, charlie: User, azera: Character
    ) -> None:
        self.remember(alice, azera, "My dog died.", people=[alice.id, charlie.id], days=3)
        known = self.remember(alice, azera, "This the prompt has.", people=[alice.id, charlie.id], days=2)
        self.remember(alice, azera, "This Charlie did not hear.", people=[alice.id], days=1)
        self.remember(charlie, azera, "This is Charlie's.", people=[alice.id, charlie.id], days=1)
        sad = "I cried, I am so sad and lonely."
        together = frozenset({alice.id, charlie.id})
        assert known.source_id is not None
        told = feeling.feeling_for(alice.id, azera.id, sad, NOON, together, frozenset({known.source_id}))
        assert "3 days ago: “My dog died.”" in told
        assert "This" not in told
        assert "dog" not in feeling.feeling_for(alice.id, azera.id, sad, NOON)
        assert feeling.feeling_for(alice.id, azera.id, "Hello.", NOON, together) == ""


SAYINGS = st.sampled_from(
    [
        ("Hello.", "Hello."),
        (EXCITING, "Storms!"),
        ("Reflect on something that worries you deeply", "Fog."),
        ("What brings you peace?", "The sea."),
        ("Let's debate something controversial", "Gladly, I disagree."),
        ("Shut up, you idiot", "Oh."),
        ("Thank you, you're the best!", "I love to hear that, I am so happy."),
    ]
)
PASSED = st.integers(0, 7 * 24 * 3600)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("talk"), PASSED, SAYINGS),
        st.tuples(st.just("undo"), PASSED, st.integers(0, 100)),
        st.tuples(st.sampled_from(["freeze", "thaw"]), PASSED, st.none()),
        st.tuples(st.just("bound"), PASSED, st.tuples(st.floats(0, 0.5), st.floats(0.5, 1))),
    ),
    max_size=12,
)


@given(STEPS)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_events_told_again_make_the_same_mind(
    alice: User, azera: Character, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int, object]]
) -> None:
    Mind.objects.all().delete()
    at = NOON
    monkeypatch.setattr(minding, "now", lambda: at)
    for verb, passed, what in steps:
        at += timedelta(seconds=passed)
        match verb, what:
            case "talk", (str(said), str(reply)):
                talk(alice, azera, said, reply, at)
            case "undo", int(which):
                moved = list(MindEvent.objects.exclude(rule__in=feeling.SETTINGS).order_by("number"))
                if moved:
                    minding.undo_event(alice, azera.id, moved[which % len(moved)].id)
            case "freeze", _:
                minding.freeze_mind(alice, azera.id)
            case "thaw", _:
                minding.thaw_mind(alice, azera.id)
            case "bound", (float(low), float(high)):
                minding.set_bounds(alice, azera.id, Bounds(energy=Range(low, high), affection=Range(low, high)))
    mind = Mind.objects.filter(owner=alice).first()
    if mind is None or not mind.events.exists():
        return
    told, row = replayed(mind), standing_of(mind)
    # What was undone last leaves the row drifted to that moment, where the story told again ends before it.
    assert_same(told.state_at(row.at), row.state_at(row.at))
    assert (told.is_frozen, told.bounds) == (row.is_frozen, row.bounds)
