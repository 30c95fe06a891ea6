"""What time and words make of a mind."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inference.emotion.emotion import NONE, Emotion, Feeling
from inference.registry import emotion_classifier
from memory.mind import (
    ANYWHERE,
    BY_NAME,
    DRIFTS,
    EFFECTS,
    RULES,
    Bounds,
    Effect,
    Moment,
    Mood,
    Range,
    Standing,
    State,
    Step,
    appraise,
    drift,
    feeling_prompt,
    replay,
    update,
    within,
)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CLASSIFIER = emotion_classifier()

shares = st.floats(0, 1)
seconds = st.floats(0, 1e9)
ranges = st.tuples(shares, shares).map(lambda ends: Range(min(ends), max(ends)))
bounds = st.just(ANYWHERE) | st.builds(Bounds, ranges, ranges, ranges, ranges)
moods = st.sampled_from(list(Mood)).map(str)
states = st.builds(State, moods, shares, shares, shares, shares)
deltas = st.floats(-1, 1)
effects = st.sampled_from([rule.effect for rule in RULES]) | st.builds(
    Effect, moods | st.just(""), st.none() | shares, deltas, deltas, deltas
)


def after(said: str, reply: str, state: State | None = None) -> State:
    matches = appraise(said, reply, CLASSIFIER.classify(said), CLASSIFIER.classify(reply))
    return update(state or State(), [match.rule.effect for match in matches])[0]


def rules_of(said: str, reply: str) -> list[str]:
    return [match.rule.name for match in appraise(said, reply, CLASSIFIER.classify(said), CLASSIFIER.classify(reply))]


def values(state: State) -> tuple[float, float, float, float]:
    return state.mood_value, state.energy, state.focus, state.affection


class TestDrift:
    @given(states, bounds, seconds, seconds)
    def test_two_in_a_row_are_one_of_their_sum(self, state: State, held: Bounds, one: float, other: float) -> None:
        start = within(state, held)
        whole, parts = drift(start, one + other, held), drift(drift(start, one, held), other, held)
        assert values(whole) == pytest.approx(values(parts), abs=1e-9)
        # Exactly on the line the last digit may name it one way or the other.
        assume(abs(abs(whole.mood_value - 0.5) - 0.05) > 1e-6 and abs(whole.energy - 0.25) > 1e-6)
        assume(abs(drift(start, one, held).mood_value - 0.5) > 1e-6 or whole.mood == Mood.NEUTRAL)
        assert whole.mood == parts.mood

    @given(states, bounds, seconds, seconds)
    def test_every_value_nears_its_rest_and_never_passes_it(
        self, state: State, held: Bounds, one: float, other: float
    ) -> None:
        start = within(state, held)
        earlier, later = drift(start, min(one, other), held), drift(start, max(one, other), held)
        for name, limits in (("mood_value", held.mood_value), ("energy", held.energy), ("focus", held.focus)):
            rest = limits.clamp(DRIFTS[name].rest)
            first, nearer, nearest = (getattr(each, name) - rest for each in (start, earlier, later))
            assert abs(nearest) <= abs(nearer) + 1e-12 <= abs(first) + 2e-12
            assert nearest * first >= 0

    @given(states, bounds, seconds)
    def test_absence_never_lowers_affection(self, state: State, held: Bounds, passed: float) -> None:
        start = within(state, held)
        assert drift(start, passed, held).affection >= start.affection

    @given(states, st.floats(-1e6, 0))
    def test_time_does_not_run_backwards(self, state: State, passed: float) -> None:
        assert values(drift(state, passed)) == pytest.approx(values(state))

    def test_after_two_minutes_energy_has_visibly_come_back(self) -> None:
        assert drift(State(energy=0.5), 120).energy > 0.52

    def test_half_of_the_way_takes_a_half_life(self) -> None:
        found = drift(State("excited", 0.9, 0.4, 0.9), 1800)
        assert found.energy == pytest.approx(0.7)
        assert drift(State("excited", 0.9), 3600).mood_value == pytest.approx(0.7)
        assert drift(State(focus=0.9), 1200).focus == pytest.approx(0.7)

    def test_in_the_end_it_is_rested_and_even(self) -> None:
        found = drift(State(Mood.SAD, 0.2, 0.0, 1.0, 0.8), 1e7)
        assert found == State(Mood.NEUTRAL, 0.5, 1.0, 0.5, 0.8)


class TestUpdate:
    @given(states, st.lists(effects, max_size=30), bounds)
    def test_bounds_hold_whatever_happens(self, state: State, happened: list[Effect], held: Bounds) -> None:
        end, changes = update(within(state, held), happened, held)
        for each in (end, *(change.after for change in changes)):
            assert each == within(each, held)
            assert all(0 <= value <= 1 for value in values(each))
            assert 0 <= each.clarity <= 1

    @given(states, st.lists(effects, max_size=10))
    def test_each_change_begins_where_the_last_one_ended(self, state: State, happened: list[Effect]) -> None:
        end, changes = update(state, happened)
        for before, following in itertools.pairwise(changes):
            assert before.after == following.before
        if changes:
            assert (changes[0].before, changes[-1].after) == (state, end)

    def test_much_affection_is_neither_won_nor_lost_at_once(self) -> None:
        thanked = [BY_NAME["thanked"].effect]
        gains = [update(State(affection=start), thanked)[0].affection - start for start in (0.5, 0.9, 0.99)]
        assert gains == pytest.approx([0.02, 0.004, 0.0004])


@pytest.mark.parametrize(
    ("state", "clarity"),
    [
        (State("calm", 0.65, 1.0, 1.0), 1.0),
        (State(), 0.7 * 0.5 * 0.7),
        (State("calm", 0.65, 0.0, 1.0), 0.0),
        (State("calm", 0.65, 1.0, 0.0), 0.0),
        (State("sad", 0.15, 1.0, 1.0), 0.0),
    ],
)
def test_clarity_is_focus_and_energy_and_calm(state: State, clarity: float) -> None:
    assert state.clarity == pytest.approx(clarity)


PLAIN = "That is a good question."


class TestWhatWordsDo:
    @pytest.mark.parametrize("reply", ["Storms! I can't wait for the next one, I am thrilled already.", PLAIN])
    def test_excitement_lifts_energy(self, reply: str) -> None:
        found = after("Tell me something that makes you truly excited!", reply)
        assert found.mood == "excited"
        assert found.mood_value == pytest.approx(0.9)
        assert found.energy == pytest.approx(0.7 + 0.12)

    @pytest.mark.parametrize("reply", ["I worry that the lamp goes out one night and nobody sees it.", PLAIN])
    def test_worry_takes_energy(self, reply: str) -> None:
        found = after("Reflect on something that worries you deeply", reply)
        assert found.mood == "concerned"
        assert found.mood_value == pytest.approx(0.4)
        assert found.energy == pytest.approx(0.7 - 0.1)

    @pytest.mark.parametrize("reply", ["Quiet mornings, when the sea lies still. I love those.", PLAIN])
    def test_peace_leaves_energy_where_it_is(self, reply: str) -> None:
        found = after("What brings you peace?", reply)
        assert found.mood == "calm"
        assert found.mood_value == pytest.approx(0.65)
        assert found.energy == pytest.approx(0.7)

    @pytest.mark.parametrize("reply", ["Gladly. I disagree with every clockmaker about that.", PLAIN])
    def test_a_debate_lifts_focus(self, reply: str) -> None:
        found = after("Let's debate something controversial", reply)
        assert found.mood == "engaged"
        assert found.mood_value == pytest.approx(0.7)
        assert found.focus == pytest.approx(0.5 + 0.2)
        assert found.energy == pytest.approx(0.67)

    def test_the_reply_alone_can_show_a_mood(self) -> None:
        assert after("Hello.", "I am so happy that you are here!").mood == "happy"
        assert after("Hello.", "It is peaceful and quiet here tonight.").mood == "calm"
        assert after("Hello.", "I can't wait, I am so excited!").mood == "excited"

    def test_who_asks_for_a_mood_does_not_get_it_of_somebody_who_plainly_feels_the_opposite(self) -> None:
        assert after("What brings you peace?", "Nothing. I am furious, I hate this!").mood == "irritated"

    def test_somebodys_own_feeling_is_not_a_wish(self) -> None:
        assert rules_of("I'm worried, what do you think?", "We will see.") == [
            "talked",
            "questioned",
            "heard: fear",
        ]
        assert rules_of("Are you worried?", "No.") == ["talked", "questioned"]

    def test_somebodys_sadness_worries_whoever_listens(self) -> None:
        assert after("I feel so sad and lonely today.", "Come here.").mood == "concerned"

    def test_an_insult_hurts_and_thanks_do_good(self) -> None:
        hurt = after("Shut up, you are useless", "I love you anyway.")
        assert (hurt.mood, hurt.affection < 0.5) == ("hurt", True)
        assert after("Thank you!", "Any time.").affection > 0.5

    def test_what_is_denied_was_not_said(self) -> None:
        assert rules_of("It is fine.", "I am not worried, and it is not exciting.") == ["talked"]

    def test_it_can_be_read_why(self) -> None:
        said = "Let's debate something controversial, thanks"
        found = appraise(said, "", CLASSIFIER.classify(said), NONE)
        assert [(match.rule.sentence, match.cause) for match in found] == [
            ("Talking takes energy.", ""),
            ("You said thank you.", "thanks"),
            ("You wanted to argue about something.", "debate, controversial"),
        ]

    @given(st.text(max_size=200), st.text(max_size=200))
    def test_every_exchange_meets_its_rule_first_and_one_mood_at_most(self, said: str, reply: str) -> None:
        matches = appraise(said, reply, CLASSIFIER.classify(said), CLASSIFIER.classify(reply))
        names = [match.rule.name for match in matches]
        assert names[0] == "talked"
        assert len(names) == len(set(names))
        assert sum(match.rule.effect.mood != "" for match in matches) <= 1

    def test_every_rule_can_be_found_by_its_name_and_says_why(self) -> None:
        assert len(BY_NAME) == len(RULES)
        assert all(len(rule.name) <= 40 and rule.sentence.endswith(".") for rule in RULES)
        assert {rule.effect.mood for rule in RULES} - {""} == {mood.value for mood in EFFECTS}


steps = st.lists(
    st.tuples(
        st.floats(0, 1e5),
        effects,
        st.none() | st.booleans(),
        st.none() | bounds,
    ),
    max_size=20,
)


@given(states, steps)
def test_told_in_parts_or_at_once_it_ends_the_same(
    state: State, told: list[tuple[float, Effect, bool | None, Bounds | None]]
) -> None:
    at, made = NOON, []
    for passed, effect, is_frozen, held in told:
        at += timedelta(seconds=passed)
        made.append(Step(at, effect, is_frozen, held))
    first = Standing(state, NOON)
    whole, changes = replay(first, made)
    half, _ = replay(first, made[: len(made) // 2])
    assert replay(half, made[len(made) // 2 :])[0] == whole
    assert len(changes) == len(made)


def test_a_frozen_mind_does_not_drift() -> None:
    frozen = Standing(State("sad", 0.2, 0.1), NOON, is_frozen=True)
    assert frozen.state_at(NOON + timedelta(days=300)) == frozen.state


SAD = Feeling(Emotion.SADNESS, 2 / 3, {})


class TestPrompt:
    def test_an_even_mind_and_an_even_message_need_no_word(self) -> None:
        assert feeling_prompt(State(), NONE, [], NOON) == ""

    def test_a_mood_is_said_in_a_line(self) -> None:
        assert feeling_prompt(State("calm", 0.65, 0.9), NONE, [], NOON) == "You feel calm. Your energy is high."

    def test_sadness_asks_for_support_and_recalls_when_it_was_so_before(self) -> None:
        before = [
            Moment("My dog died.", NOON - timedelta(days=3)),
            Moment("word " * 100, NOON - timedelta(days=40)),
            Moment("A third one is too many.", NOON - timedelta(days=400)),
        ]
        told = feeling_prompt(State(), SAD, before, NOON)
        assert "Respond with empathy, validation, and gentle support." in told
        assert "3 days ago: “My dog died.”" in told
        assert "1 month ago: “word word" in told
        assert "third" not in told
        assert len(told) < 400

    def test_what_is_not_sure_enough_is_not_answered(self) -> None:
        unsure = Feeling(Emotion.SADNESS, 0.6, {})
        assert feeling_prompt(State(), unsure, [Moment("My dog died.", NOON)], NOON) == ""
