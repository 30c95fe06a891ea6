"""A card that is stored as text, read and stored again stays the card that it was."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from characters.cards.card import Asset, Card, read_card, to_v3, with_changes
from characters.cards.extras import Extras, extras, with_extras
from characters.cards.tests.made import as_json, v3
from characters.cards.tests.test_card import LETTERS, UNKNOWN, data_of
from characters.cards.tests.test_extras import MADE
from characters.cards.values import dump
from core.json import Json, JsonObject

ROUNDS = 5
TEXTS = st.lists(LETTERS, max_size=3).map(tuple)
DATES = st.none() | st.integers(0, 2**62)
ASSETS = st.lists(
    st.builds(Asset, type=LETTERS, uri=LETTERS, name=LETTERS, ext=st.sampled_from(["png", "unknown", "mp3"])),
    max_size=3,
).map(tuple)
ENTRIES = st.lists(UNKNOWN.map(lambda unknown: {"keys": ["a"], "content": "@@depth 1\nb", **unknown}), max_size=2)
BOOKS = st.builds(lambda unknown, entries: {"entries": entries, **unknown}, UNKNOWN, ENTRIES)
CARDS = st.builds(
    Card,
    name=LETTERS,
    description=LETTERS,
    personality=LETTERS,
    scenario=LETTERS,
    first_message=LETTERS,
    example_dialogue=LETTERS,
    nickname=LETTERS,
    alternate_greetings=TEXTS,
    group_only_greetings=TEXTS,
    system_prompt=LETTERS,
    post_history_instructions=LETTERS,
    creator_notes=LETTERS,
    creator_notes_by_language=st.dictionaries(LETTERS, LETTERS, max_size=3),
    tags=TEXTS,
    creator=LETTERS,
    character_version=LETTERS,
    assets=ASSETS,
    book=st.none() | BOOKS,
    source=TEXTS,
    creation_date=DATES,
    modification_date=DATES,
)


@settings(max_examples=150, deadline=None)
@given(card=CARDS, cognitia=MADE, top=UNKNOWN, data=UNKNOWN, inside=UNKNOWN, beside=UNKNOWN)
def test_every_field_and_every_unknown_key_survives(
    card: Card, cognitia: Extras, top: JsonObject, data: JsonObject, inside: JsonObject, beside: JsonObject
) -> None:
    extensions: JsonObject = {"cognitia": {"hue": 1, **inside}, **beside}
    unknown: JsonObject = {**data, "extensions": extensions}
    written = with_extras(replace(card, raw={"data": unknown, **top}), cognitia)
    first, said = dump(to_v3(written)), extras(written)
    stored = first
    for _ in range(ROUNDS):
        again = read_card(stored)[0]
        assert again == card
        assert extras(again) == said
        stored = dump(to_v3(again))
    assert stored == first
    raw = read_card(stored)[0].raw
    assert {key: raw[key] for key in top} == top
    assert {key: data_of(raw)[key] for key in data} == data
    there = data_of(raw)["extensions"]
    assert isinstance(there, dict)
    own: Json = there.pop("cognitia", {})
    assert there == beside
    assert isinstance(own, dict)
    assert {key: own[key] for key in inside} == inside


@settings(max_examples=100, deadline=None)
@given(cognitia=MADE, top=UNKNOWN, data=UNKNOWN, inside=UNKNOWN, beside=UNKNOWN, edits=st.lists(LETTERS, max_size=5))
def test_edits_that_are_undone_leave_no_trace(
    cognitia: Extras, top: JsonObject, data: JsonObject, inside: JsonObject, beside: JsonObject, edits: list[str]
) -> None:
    own: JsonObject = {"cognitia": inside} if inside else {}
    raw: JsonObject = {**v3(**data, extensions={**own, **beside}), **top}
    first = read_card(as_json(raw))[0]
    stored = dump(to_v3(with_extras(first, cognitia)))
    for edit in edits:
        edited = with_changes(read_card(stored)[0], description=edit, nickname=edit, book=None)
        stored = dump(to_v3(with_changes(edited, description=first.description, nickname="Ren", book=first.book)))
    assert with_extras(read_card(stored)[0], Extras()).raw == raw
