"""Lorebooks read from files and written to them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from characters.lore.entry import Entry, Kind, Logic
from characters.lore.position import Position
from characters.lore.reading import read, read_card_book, read_world
from characters.lore.writing import card_book, lorebook, world
from characters.report import Fate, Notice, Refused
from core.json import Json
from inference.text.prompt import Role

CARD: dict[str, Json] = {
    "name": "Town",
    "scan_depth": 5,
    "token_budget": 300,
    "recursive_scanning": True,
    "extensions": {"theirs": [1]},
    "odd": "kept",
    "entries": [
        {
            "keys": ["cat"],
            "secondary_keys": "dog, owl",
            "content": "@@depth 2\nA cat.",
            "enabled": True,
            "insertion_order": 7,
            "selective": True,
            "priority": 3,
            "position": "before_char",
            "id": 12,
            "use_regex": False,
            "odd": {"kept": True},
            "extensions": {
                "position": 4,
                "depth": 2,
                "role": 2,
                "selectiveLogic": 3,
                "group": "g,h",
                "theirs": 1,
                "delay_until_recursion": True,
                "sticky": 2,
                "automation_id": "z",
                "probability": 40,
            },
        }
    ],
}
WORLD: dict[str, Json] = {
    "entries": {
        "0": {"uid": 0, "key": ["cat"], "content": "x"},
        "5": {
            "uid": 5,
            "key": ["dog"],
            "keysecondary": ["owl"],
            "disable": True,
            "position": 1,
            "automationId": "q",
            "odd": 1,
            "characterFilter": {"names": ["Eve"]},
            "excludeRecursion": True,
            "order": 3,
        },
    },
    "odd": "kept",
}


def test_a_card_s_entry_is_read_with_its_extensions() -> None:
    book = read_card_book(CARD, key="k").book
    entry = book.entries[0]
    assert (book.kind, book.key, book.scan_depth, book.token_budget, book.recursive) == (
        Kind.CHARACTER,
        "k",
        5,
        300,
        True,
    )
    assert (entry.uid, entry.keys, entry.secondary_keys, entry.logic) == (12, ("cat",), ("dog", "owl"), Logic.AND_ALL)
    assert (entry.position, entry.depth, entry.role) == (Position.AT_DEPTH, 2, Role.ASSISTANT)
    assert (entry.groups, entry.delay_until_recursion, entry.sticky, entry.probability) == (("g", "h"), 1, 2, 40)
    assert entry.raw == {"odd": {"kept": True}}
    assert entry.extensions == {"theirs": 1, "automation_id": "z"}


def test_a_world_s_entry_has_the_defaults_of_sillytavern() -> None:
    entry = read_world(WORLD).book.entries[0]
    assert entry == Entry(uid=0, keys=("cat",), content="x", selective=True)
    assert (entry.order, entry.depth, entry.probability, entry.group_weight) == (100, 4, 100, 100)


def test_a_world_s_entry_is_read() -> None:
    read_it = read_world(WORLD)
    entry = read_it.book.entries[1]
    assert (entry.enabled, entry.position, entry.exclude_recursion) == (False, Position.AFTER_CHARACTER, True)
    assert read_it.notices == (Notice(Fate.KEPT, "no_effect", "entry 5", (("key", "characterFilter"),)),)


def test_a_book_comes_back_from_a_card_as_it_was() -> None:
    book = read_card_book(CARD).book
    assert read_card_book(card_book(book)).book == book
    assert read(lorebook(book)).book.entries == book.entries


def test_a_book_comes_back_from_a_world_as_it_was() -> None:
    book = read_world(WORLD).book
    written = world(book)
    assert read_world(written).book == book
    assert written["odd"] == "kept"


def test_a_card_s_book_survives_a_world_and_a_world_a_card() -> None:
    own = read_card_book(CARD).book
    assert world(own)["entries"]["12"]["automationId"] == "z"  # type: ignore[index, call-overload]
    assert read_world(world(own)).book.entries[0].keys == ("cat",)
    there = card_book(read_world(WORLD).book)["entries"][1]  # type: ignore[index]
    assert there["extensions"]["automation_id"] == "q"  # type: ignore[index, call-overload]
    assert there["odd"] == 1  # type: ignore[index, call-overload]


def test_a_book_for_v2_loses_its_decorators_only() -> None:
    written = card_book(read_card_book(CARD).book, decorated=False)
    assert written["entries"][0]["content"] == "A cat."  # type: ignore[index, call-overload]


def test_ids_that_are_there_twice_are_told_apart() -> None:
    book = read_card_book({"entries": [{"id": 0}, {"id": 0}, {"id": "0"}, {"id": 1}]})
    assert [entry.uid for entry in book.book.entries] == [0, 2, 3, 1]
    assert len(book.notices) == 2


@pytest.mark.parametrize(
    ("field", "value", "name", "expected"),
    [
        ("keys", 3, "keys", ()),
        ("keys", ["a", 3, None], "keys", ("a",)),
        ("keys", "a, b", "keys", ("a", "b")),
        ("enabled", "false", "enabled", False),
        ("enabled", 0, "enabled", False),
        ("enabled", [], "enabled", True),
        ("insertion_order", "7", "order", 7),
        ("insertion_order", "many", "order", 100),
        ("insertion_order", 1e300, "order", 10**9),
        ("priority", True, "priority", None),
        ("content", None, "content", ""),
        ("content", {}, "content", ""),
        ("position", "moon", "position", Position.AFTER_CHARACTER),
        ("extensions", [], "depth", 4),
        ("extensions", {"position": 99}, "position", Position.AFTER_CHARACTER),
        ("extensions", {"position": 7, "outlet_name": "o"}, "outlet", "o"),
        ("extensions", {"selectiveLogic": 2}, "logic", Logic.NOT_ANY),
        ("extensions", {"depth": -3}, "depth", 4),
        ("extensions", {"case_sensitive": True}, "case_sensitive", True),
        ("extensions", {"delay_until_recursion": 3}, "delay_until_recursion", 3),
        ("extensions", {"group": ["", "a, b", "b"]}, "groups", ("a", "b")),
    ],
)
def test_odd_values_are_taken_as_well_as_they_can_be(field: str, value: Json, name: str, expected: object) -> None:
    assert getattr(read_card_book({"entries": [{field: value}]}).book.entries[0], name) == expected


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"entries": 3},
        {"spec": "lorebook_v3"},
        {"kind": "memory", "entries": []},
        {"type": "risu"},
        {"lorebookVersion": 5, "entries": []},
    ],
)
def test_what_is_no_book_we_know_says_so(data: Json) -> None:
    with pytest.raises(Refused):
        read(data)


NAMES = st.sampled_from(
    "name entries keys key keysecondary secondary_keys content extensions enabled disable order insertion_order id uid"
    " position depth role group probability sticky selectiveLogic scan_depth token_budget odd caseSensitive".split()
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(data=st.dictionaries(NAMES, JSON, max_size=6), entry=st.dictionaries(NAMES, JSON, max_size=8))
def test_any_json_is_read_and_what_was_read_comes_back(data: dict[str, Json], entry: dict[str, Json]) -> None:
    data["entries"] = [entry]
    book = read_card_book(data).book
    again = read_card_book(json.loads(json.dumps(card_book(book)))).book
    assert again.entries == book.entries
    there = read_world({**data, "entries": {"0": entry}}).book
    assert read_world(json.loads(json.dumps(world(there)))).book.entries == there.entries
