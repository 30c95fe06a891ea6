"""Cognitia's own fields of a card travel with it, whatever else its extensions hold."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from characters.cards.card import Card, read_card, to_v2, to_v3
from characters.cards.extras import (
    DepthPrompt,
    Extras,
    Rating,
    depth_prompt,
    extras,
    talkativeness,
    with_extras,
)
from characters.cards.tests.made import as_json, v1, v2, v3
from characters.cards.tests.test_card import LETTERS, UNKNOWN, VALUES, data_of, read
from core.json import Json, JsonObject
from inference.text.prompt import Role

ALL = Extras(
    tagline="Keeps the lamp burning.",
    hue=0,
    rating=Rating.TEEN,
    language="pt-br",
    openers=("Is anybody there?", "What is that light?"),
    voice="harbour",
    prompt_format="chatml",
)
MADE = st.builds(
    Extras,
    tagline=LETTERS,
    hue=st.none() | st.integers(0, 359),
    rating=st.none() | st.sampled_from(Rating),
    language=st.sampled_from(["", "en", "pt-br", "zh-hant-tw"]),
    openers=st.lists(LETTERS, max_size=3).map(tuple),
    voice=LETTERS,
    prompt_format=LETTERS,
)


def saying(cognitia: Json, **beside: Json) -> Card:
    return read(v3(extensions={"cognitia": cognitia, **beside}))


def extensions_of(card: Card) -> Json:
    return data_of(card.raw)["extensions"]


@pytest.mark.parametrize("made", [v1(), v2(), v3()], ids=["version 1", "version 2", "version 3"])
def test_what_is_written_is_read(made: JsonObject) -> None:
    card = with_extras(read(made), ALL)
    assert extras(card) == extras(read(to_v3(card))) == extras(read(to_v2(card))) == ALL
    assert card == read(made)


def test_a_card_that_says_nothing_has_none() -> None:
    for made in (v1(), v2(), v3(extensions=["odd"])):
        assert extras(read(made)) == Extras()
    assert extras(Card("Maren")) == Extras()


def test_other_keys_survive() -> None:
    before = saying({"theirs": [1], "hue": 30, "tagline": "old"}, depth_prompt={"prompt": "p"})
    after = with_extras(before, Extras(tagline="new"))
    assert extensions_of(after) == {"cognitia": {"theirs": [1], "tagline": "new"}, "depth_prompt": {"prompt": "p"}}
    assert extras(before).hue == 30


def test_what_is_empty_is_not_written() -> None:
    assert extensions_of(with_extras(saying({"hue": 3, "voice": ""}), Extras())) == {}
    assert extensions_of(with_extras(saying("odd", fav=True), Extras())) == {"fav": True}
    assert extensions_of(with_extras(saying({"theirs": 0}), Extras())) == {"cognitia": {"theirs": 0}}
    assert extensions_of(with_extras(read(v3(extensions=["odd"])), Extras(hue=0))) == {"cognitia": {"hue": 0}}


def test_a_value_that_nobody_changed_stays_as_it_stood() -> None:
    said: JsonObject = {"rating": "from a later Cognitia", "hue": "blue", "tagline": "x" * 500, "language": "EN"}
    card = saying(said)
    assert extensions_of(with_extras(card, extras(card))) == {"cognitia": said}


def test_an_edit_takes_its_own_field_out_of_what_was_unreadable() -> None:
    card = saying({"rating": "odd", "hue": []})
    assert extensions_of(with_extras(card, Extras(hue=1))) == {"cognitia": {"rating": "odd", "hue": 1}}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"hue": 400}, Extras(hue=359)),
        ({"hue": -1}, Extras(hue=0)),
        ({"hue": "30"}, Extras(hue=30)),
        ({"hue": 30.9}, Extras(hue=30)),
        ({"hue": 10**400}, Extras(hue=359)),
        ({"hue": True}, Extras()),
        ({"hue": "nan"}, Extras()),
        ({"rating": "Mature"}, Extras(rating=Rating.MATURE)),
        ({"rating": "adult"}, Extras()),
        ({"rating": ["teen"]}, Extras()),
        ({"language": "pt_BR"}, Extras(language="pt-br")),
        ({"language": "English (UK)"}, Extras()),
        ({"language": 7}, Extras()),
        ({"tagline": " two\nlines "}, Extras(tagline="two lines")),
        ({"tagline": "x" * 161}, Extras(tagline="x" * 160)),
        ({"openers": "one"}, Extras(openers=("one",))),
        ({"openers": [1, "", "a", None, "b" * 201, "c", "d"]}, Extras(openers=("a", "b" * 200, "c"))),
        ({"openers": {"a": 1}, "voice": [], "prompt_format": {}}, Extras()),
        ({"voice": "v" * 81, "prompt_format": " alpaca "}, Extras(prompt_format="alpaca")),
        ([], Extras()),
        (None, Extras()),
    ],
)
def test_odd_values_are_read_as_well_as_they_can_be(said: Json, expected: Extras) -> None:
    assert extras(saying(said)) == expected


def test_what_is_too_long_is_written_as_it_will_be_read() -> None:
    after = with_extras(read(v3()), Extras(tagline="x" * 500, openers=("a",) * 9))
    assert data_of(after.raw)["extensions"]["cognitia"] == {  # type: ignore[index, call-overload]
        "tagline": "x" * 160,
        "openers": ["a"] * 3,
    }


def test_what_a_person_wrote_at_depth_is_read() -> None:
    assert depth_prompt(read(v2())) == DepthPrompt("p", 4, Role.SYSTEM)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"prompt": "p"}, DepthPrompt("p", 4, Role.SYSTEM)),
        ({"prompt": "p", "depth": "2", "role": "user"}, DepthPrompt("p", 2, Role.USER)),
        ({"prompt": "p", "depth": 0, "role": "wizard"}, DepthPrompt("p", 0, Role.SYSTEM)),
        ({"prompt": "p", "depth": -3, "role": ["user"]}, DepthPrompt("p", 0, Role.SYSTEM)),
        ({"prompt": " \n", "depth": 4}, None),
        ({"prompt": 3}, None),
        ({}, None),
        ("p", None),
        (None, None),
    ],
)
def test_a_depth_prompt_of_any_type_is_read(said: Json, expected: DepthPrompt | None) -> None:
    assert depth_prompt(read(v3(extensions={"depth_prompt": said}))) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [(0.3, 0.3), ("0.5", 0.5), (0, 0), (7, 1), (-1, 0), ("often", None), (True, None), (None, None), ([], None)],
)
def test_talkativeness_of_any_type_is_read(said: Json, expected: float | None) -> None:
    assert talkativeness(read(v3(extensions={"talkativeness": said}))) == expected


def test_talkativeness_of_version_1_stands_at_the_top() -> None:
    assert talkativeness(read({**v1(), "talkativeness": "0.75"})) == 0.75
    assert talkativeness(read({**v2(), "talkativeness": "0.75"})) == 0.5


@settings(max_examples=150, deadline=None)
@given(
    said=st.dictionaries(st.sampled_from("tagline hue rating language openers voice prompt_format".split()), VALUES),
    wanted=MADE,
    inside=UNKNOWN,
    beside=UNKNOWN,
)
def test_any_extras_are_replaced_and_nothing_else(
    said: JsonObject, wanted: Extras, inside: JsonObject, beside: JsonObject
) -> None:
    before = saying({**said, **inside}, **beside)
    raw = copy.deepcopy(before.raw)
    after = with_extras(before, wanted)
    assert before.raw == raw
    # What is made of any letters may have line breaks, or more spaces than it keeps.
    kept = extras(with_extras(read(v3()), wanted))
    assert extras(after) == kept
    assert with_extras(after, kept).raw == after.raw
    there = extensions_of(after)
    assert isinstance(there, dict)
    own = there.pop("cognitia", {})
    assert there == beside
    assert isinstance(own, dict)
    assert {key: value for key, value in own.items() if key in inside} == inside


def test_what_is_used_is_not_told_as_unused() -> None:
    said: JsonObject = {"cognitia": {"hue": 1}, "depth_prompt": {"prompt": "p"}, "talkativeness": 1}
    assert read_card(as_json(v3(extensions=said)))[1] == []
    assert [notice.details for notice in read_card(as_json(v3(extensions={**said, "fav": 1})))[1]] == [
        (("keys", "fav"),)
    ]
