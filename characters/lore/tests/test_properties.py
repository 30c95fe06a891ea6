"""What holds of every lorebook and every conversation."""

import contextlib
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from characters.lore.activation import Activation, Scene, Settings
from characters.lore.decorators import parse
from characters.lore.entry import Entry, Logic
from characters.lore.patterns import Matching, UnusableError, found
from characters.lore.position import Position
from characters.lore.tests.making import run, said

WORDS = st.sampled_from("cat dog owl bird fish /c.t/ /( {{char}}".split())
KEYS = st.lists(WORDS, max_size=3).map(tuple)
CONTENT = st.lists(st.sampled_from("cat dog owl bird fish @@activate\n @@depth\n".split(" ")), max_size=6).map(
    " ".join
)
ENTRIES = st.lists(
    st.builds(
        Entry,
        uid=st.just(0),
        keys=KEYS,
        secondary_keys=KEYS,
        logic=st.sampled_from(Logic),
        selective=st.booleans(),
        content=CONTENT,
        constant=st.booleans(),
        enabled=st.booleans(),
        order=st.integers(0, 3),
        position=st.sampled_from(Position),
        use_regex=st.booleans(),
        probability=st.sampled_from([0, 50, 100]),
        exclude_recursion=st.booleans(),
        prevent_recursion=st.booleans(),
        delay_until_recursion=st.integers(0, 3),
        groups=st.lists(st.sampled_from("gh"), unique=True, max_size=2).map(tuple),
        group_override=st.booleans(),
        group_scoring=st.booleans(),
        sticky=st.integers(0, 2),
        ignores_budget=st.booleans(),
    ),
    max_size=7,
)
TEXTS = st.lists(st.lists(WORDS, max_size=4).map(" ".join), max_size=4)


def bring_up(entries: list[Entry], texts: list[str], budget: int | None = 5, seed: int = 1) -> Activation:
    return run(entries, Scene(said(*texts)), settings=Settings(budget=budget, recursive=True), seed=seed)


@settings(max_examples=200, deadline=None)
@given(entries=ENTRIES, texts=TEXTS, budget=st.none() | st.integers(0, 9), seed=st.integers(0, 9))
def test_every_activation_is_sound(entries: list[Entry], texts: list[str], budget: int | None, seed: int) -> None:
    activation = bring_up(entries, texts, budget, seed)
    assert activation == bring_up(entries, texts, budget, seed)
    assert len(activation.reasons) == len(entries)
    there = [reason.entry for reason in activation.reasons if reason.active]
    assert all(entry.enabled for entry in there)
    assert max(Counter(group for entry in there for group in entry.groups).values(), default=0) <= 1
    paid = sum(placed.tokens for placed in activation.placed if not placed.entry.ignores_budget)
    assert budget is None or paid <= budget
    order = list(Position)
    places = [order.index(placed.position) for placed in activation.placed]
    assert places == sorted(places)
    assert max((reason.sweep for reason in activation.reasons), default=0) < 16


@settings(max_examples=200, deadline=None)
@given(key=st.text(max_size=12) | st.text(alphabet="/\\[](){}^$*+?a1u", max_size=12), text=st.text(max_size=20))
def test_any_key_is_found_or_not_or_unusable(key: str, text: str) -> None:
    for regex in (False, True):
        with contextlib.suppress(UnusableError):
            assert found(key, text, Matching(regex=regex)) in {True, False}


@settings(max_examples=200, deadline=None)
@given(content=st.text(alphabet="@ax1 \n\r", max_size=30))
def test_what_is_left_of_a_text_can_be_stripped_no_further_than_its_lines(content: str) -> None:
    assert parse(content).text in content
