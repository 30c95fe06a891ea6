"""What entries do over many turns, and by chance."""

import json
import random
from collections import Counter
from dataclasses import dataclass, replace

import pytest

from characters.lore.activation import Message, Scene, Settings, Why, activate
from characters.lore.entry import Book, Entry
from characters.lore.state import State, from_json, to_json
from characters.lore.tests.making import active, run, said
from inference.text.prompt import Role


@dataclass(frozen=True)
class Story:
    """`turns` are the messages in order, one a turn; `active` the numbers of those after which the entry was there."""

    rule: str
    entry: Entry
    turns: tuple[str, ...]
    active: tuple[int, ...]


CAT = Entry("a", ("cat",), content="x", scan_depth=1)
QUIET = ("x",) * 6
STORIES = (
    Story("without effects it comes and goes with its key", CAT, ("x", "cat", "x", "cat"), (1, 3)),
    Story("sticky stays for so many messages", replace(CAT, sticky=2), ("cat", *QUIET), (0, 1, 2)),
    Story("naming it again does not prolong it", replace(CAT, sticky=2), ("cat", "cat", "x", "x"), (0, 1, 2)),
    Story("after that it may come again", replace(CAT, sticky=1), ("cat", "x", "x", "cat", "x", "x"), (0, 1, 3, 4)),
    Story("cooldown silences for so many messages", replace(CAT, cooldown=2), ("cat",) * 7, (0, 3, 6)),
    Story(
        "SillyTavern's own example: delay 2, sticky 3, cooldown 2",
        replace(CAT, sticky=3, cooldown=2, delay=2),
        ("cat",) * 8,
        (1, 2, 3, 4, 7),
    ),
    Story("a constant one cools down too", replace(CAT, constant=True, cooldown=1), QUIET, (0, 2, 4)),
    Story(
        "kept after a match", replace(CAT, content="@@keep_activate_after_match\nx"), ("x", "cat", "x", "x"), (1, 2, 3)
    ),
    Story("spent after a match", replace(CAT, content="@@dont_activate_after_match\nx"), ("x", "cat", "cat"), (1,)),
    Story("every second reply", replace(CAT, constant=True, content="@@activate_only_every 2\nx"), QUIET, (0, 3, 4)),
)


@pytest.mark.parametrize("story", STORIES, ids=[story.rule for story in STORIES])
def test_it_keeps_the_rule_over_time(story: Story) -> None:
    # The user begins: before the first reply there are none, which any number divides.
    state, there = State(), []
    for turn in range(len(story.turns)):
        scene = Scene(_told(story.turns[: turn + 1]))
        activation = run([story.entry], scene, state=state)
        state = from_json(json.loads(json.dumps(to_json(activation.state))))
        assert state == activation.state
        assert len(state.effects) <= 1
        there += [turn] if activation.placed else []
    assert tuple(there) == story.active


@pytest.mark.parametrize("story", STORIES, ids=[story.rule for story in STORIES])
def test_a_conversation_without_its_beginning_keeps_the_same_time(story: Story) -> None:
    state, there = State(), []
    for turn in range(len(story.turns)):
        told = _told(story.turns[: turn + 1])
        gone = told[:-1]
        replies = sum(message.role is Role.ASSISTANT for message in gone)
        cut = Scene(told[-1:], earlier=len(gone), earlier_replies=replies)
        activation = run([story.entry], cut, state=state)
        state = activation.state
        there += [turn] if activation.placed else []
    assert tuple(there) == story.active


def _told(texts: tuple[str, ...]) -> tuple[Message, ...]:
    odd = said(*texts, *([] if len(texts) % 2 == 0 else [""]))
    return odd[: len(texts)]


def test_an_effect_is_gone_when_the_chat_did_not_go_on() -> None:
    entry = replace(CAT, cooldown=5)
    first = run([entry], Scene(said("x", "cat")))
    assert active(run([entry], Scene(said("x", "cat")), state=first.state)) == ["a"]
    assert run([entry], Scene(said("x", "cat", "cat")), state=first.state).reasons[0].why is Why.COOLDOWN


def test_an_effect_is_gone_when_the_entry_was_changed() -> None:
    first = run([replace(CAT, sticky=5)], Scene(said("cat")))
    changed = replace(CAT, sticky=5, content="y")
    assert active(run([changed], Scene(said("cat", "x")), state=first.state)) == []


def test_a_sticky_entry_ignores_probability() -> None:
    entry = replace(CAT, sticky=5, probability=50)
    first = next(one for seed in range(99) if (one := run([entry], Scene(said("cat")), seed=seed)).placed)
    assert all(run([entry], Scene(said("cat", "x")), state=first.state, seed=seed).placed for seed in range(20))


def test_a_sticky_entry_wins_its_group() -> None:
    entry = replace(CAT, sticky=5, groups=("g",), group_weight=0)
    first = run([entry], Scene(said("cat")))
    rival = Entry("b", ("cat",), content="y", groups=("g",), group_override=True)
    later = run([entry, rival], Scene(said("cat", "cat")), state=first.state)
    assert [reason.why for reason in later.reasons] == [Why.STICKY, Why.GROUP]


def test_probability_is_what_it_says() -> None:
    entry = replace(CAT, probability=30)
    hits = sum(bool(run([entry], Scene(said("cat")), seed=seed).placed) for seed in range(1000))
    assert 250 < hits < 350


def test_weights_share_out_a_group() -> None:
    entries = [replace(CAT, uid=uid, groups=("g",), group_weight=weight) for uid, weight in (("a", 300), ("b", 100))]
    wins = Counter(active(run(entries, Scene(said("cat")), seed=seed))[0] for seed in range(1000))
    assert 700 < wins["a"] < 800


def test_nothing_is_drawn_where_nothing_is_left_to_chance() -> None:
    chance = random.Random(1)
    before = chance.getstate()
    activate([Book((CAT,))], Scene(said("cat")), State(), chance, len, Settings())
    assert chance.getstate() == before


@pytest.mark.parametrize("data", [None, [], "x", {"effects": 3, "matches": [1, {"book": 2}]}])
def test_a_state_that_is_none_is_empty(data: object) -> None:
    assert from_json(data) == State()  # type: ignore[arg-type]
