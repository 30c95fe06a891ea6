"""What a card says is read whatever version it is of, and what we do not know of it is never lost."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from characters.cards.card import (
    DEFAULT_ASSETS,
    Asset,
    Card,
    read_card,
    to_v2,
    to_v3,
    with_changes,
)
from characters.cards.fields import TOP_LEVEL
from characters.cards.tests.made import as_json, book, v1, v2, v3
from characters.cards.values import MOST_DEPTH, MOST_JSON_BYTES, dump
from characters.lore.decorators import stripped
from characters.report import MOST_NOTICES, Fate, Notice, Refused
from core.json import Json, JsonObject

LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=8,
)
# A known key with a wrong value is another matter; these are keys that nobody has defined.
UNKNOWN = st.dictionaries(LETTERS.map(lambda key: f"x-{key}"), VALUES, max_size=4)


def read(card: Json) -> Card:
    return read_card(as_json(card))[0]


def codes(notices: list[Notice]) -> set[str]:
    return {notice.code for notice in notices}


def data_of(raw: JsonObject) -> JsonObject:
    data = raw["data"]
    assert isinstance(data, dict)
    return data


def test_version_1_is_read() -> None:
    card = read(v1())
    assert (card.version, card.name, card.first_message) == (1, "Maren", "You picked a night for it.")
    assert (card.assets, card.book, card.tags) == (DEFAULT_ASSETS, None, ())


def test_version_2_is_read() -> None:
    card, notices = read_card(as_json(v2()))
    assert (card.version, card.alternate_greetings, card.tags) == (2, ("Again?", "Ahoy."), ("sea", "calm"))
    assert card.book == book("The lamp is old.")
    assert codes(notices) == {"unknown"}


def test_version_3_is_read() -> None:
    picture: JsonObject = {"type": "icon", "uri": "https://example.org/a.png", "name": "main", "ext": "PNG"}
    card = read(v3(assets=[picture]))
    assert (card.version, card.nickname, card.spoken_name) == (3, "Ren", "Ren")
    assert card.group_only_greetings == ("Who are these?",)
    assert card.creator_notes_by_language == {"de": "zum Prüfen"}
    assert (card.creation_date, card.modification_date) == (1_700_000_000, 0)
    assert card.assets == (Asset("icon", "https://example.org/a.png", "main", "png"),)
    assert card.assets[0].is_face


def test_version_3_without_group_only_greetings_gets_an_empty_list() -> None:
    raw = v3()
    del data_of(raw)["group_only_greetings"]
    card = read(raw)
    assert card.group_only_greetings == ()
    assert data_of(to_v3(card))["group_only_greetings"] == []


def test_a_newer_version_is_read_with_a_warning() -> None:
    card, notices = read_card(as_json({**v3(), "spec_version": "3.7"}))
    assert card.name == "Maren"
    assert "newer" in codes(notices)


def test_a_card_that_does_not_say_its_version_is_read() -> None:
    assert read({"data": data_of(v2())}).version == 2
    assert read({"data": data_of(v3()), "spec": 5, "spec_version": 3}).version == 3


def test_pygmalions_names_are_read() -> None:
    card = read({"char_name": "Maren", "char_persona": "a keeper", "char_greeting": "Ahoy", "name": "Maren"})
    assert (card.name, card.description, card.first_message) == ("Maren", "a keeper", "Ahoy")


def test_the_data_win_over_copies_at_the_top_level() -> None:
    old: JsonObject = {"name": "Old", "description": "old", "tags": ["old"], "avatar": "none", "chat": "Maren - 1"}
    raw = {**old, "fav": False, "talkativeness": "0.5", "create_date": "2024-1-1", "creatorcomment": "old", **v2()}
    card = read(raw)
    assert (card.name, card.tags, card.creator_notes) == ("Maren", ("sea", "calm"), "made for a test")
    written = to_v2(card)
    assert (written["name"], written["creatorcomment"]) == ("Maren", "made for a test")
    assert (written["avatar"], written["chat"], written["create_date"]) == ("none", "Maren - 1", "2024-1-1")


def test_what_the_data_lack_is_taken_from_the_top_level() -> None:
    raw = v2()
    del data_of(raw)["description"]
    assert read({**raw, "description": "outside"}).description == "outside"


def test_wrong_types_are_read_where_they_can_be() -> None:
    card, notices = read_card(
        as_json(
            v3(
                name=5,
                description=None,
                personality={"a": 1},
                scenario=True,
                tags="sea, calm",
                alternate_greetings="Hi",
                group_only_greetings=[1, None, {}, "x"],
                creation_date="1700000000",
                modification_date="yesterday",
                assets=[{"uri": 3}, "x", {"uri": "ccdefault:"}],
                character_book=[],
                creator_notes_multilingual=[],
                source=7,
            )
        )
    )
    assert (card.name, card.description, card.personality, card.scenario) == ("5", "", "", "")
    assert (card.tags, card.alternate_greetings) == (("sea", "calm"), ("Hi",))
    assert card.group_only_greetings == ("1", "x")
    assert (card.creation_date, card.modification_date) == (1_700_000_000, None)
    assert card.assets == (Asset("", "ccdefault:", "", "unknown"),)
    assert (card.book, card.source) == (None, ())
    kept = {notice.where for notice in notices if notice.fate == Fate.KEPT and notice.code == "wrong_type"}
    assert {"data.personality", "data.scenario", "data.modification_date", "data.assets", "data.source"} <= kept


def test_a_wrong_date_that_nobody_edited_is_passed_on() -> None:
    assert data_of(to_v3(read(v3(creation_date="yesterday"))))["creation_date"] == "yesterday"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"[]", "not_a_card"),
        (b'"name"', "not_a_card"),
        (b'{"name": "Maren"}', "not_a_card"),
        (b'{"spec": "chara_card_v2", "data": {}}', "not_a_card"),
        (b'{"spec": "lorebook_v3", "data": {"name": "x"}}', "lorebook"),
        (b'{"entries": {}}', "lorebook"),
        (b"[" * 100_000, "not_json"),
        (as_json({**v1(), "x": 0}).replace(b"0", b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1)), "too_deep"),
        (b"[" + b"[]," * 1_000_000, "too_many_values"),
        (b" " * (MOST_JSON_BYTES + 1), "too_large_text"),
        (b'{"name": ' + b"9" * 5000 + b"}", "not_json"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_card_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        read_card(content)
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


def test_odd_json_is_repaired() -> None:
    content = b'\xef\xbb\xbf{"name": "A\\u0000\\ud800B\n", "description": "\xff", "x": [NaN, 1e999]}\n\0'
    card, notices = read_card(content)
    assert (card.name, card.description, card.raw["x"]) == ("A�B\n", "�", [None, None])
    assert {"bad_letters", "bad_number"} <= codes(notices)
    assert read_card(as_json(v1()).decode().encode("utf-16"))[0] == read(v1())


def test_the_report_stays_short() -> None:
    assert len(read_card(as_json(v2(tags=[{}] * 1000, **{f"x{n}": n for n in range(1000)})))[1]) <= MOST_NOTICES


def test_an_edit_changes_its_field_alone() -> None:
    before = read({**v3(), "name": "Maren"})
    after = with_changes(before, name="Marit", nickname="", tags=("sea",), creation_date=None)
    expected = copy.deepcopy(before.raw)
    data = data_of(expected)
    data |= {"name": "Marit", "tags": ["sea"]}
    del data["nickname"], data["creation_date"]
    assert after.raw == {**expected, "name": "Marit"}
    assert read(after.raw) == after
    assert before.raw["name"] == "Maren"


def test_an_edited_asset_keeps_what_we_do_not_know_of_it() -> None:
    picture: JsonObject = {"type": "icon", "uri": "a", "name": "main", "ext": "png", "theirs": 1}
    after = with_changes(read(v3(assets=[picture, {"odd": 2}])), assets=(Asset("icon", "b", "main", "png"),))
    assert data_of(after.raw)["assets"] == [{**picture, "uri": "b"}, {"odd": 2}]


def test_a_book_can_be_taken_away_and_given() -> None:
    without = with_changes(read(v2()), book=None)
    assert "character_book" not in data_of(without.raw)
    assert with_changes(without, book=book("new")).raw["data"] == data_of(v2(character_book=book("new"))) | {
        "group_only_greetings": []
    }


def test_a_card_of_ours_is_a_card() -> None:
    made = Card(name="Maren", description="a keeper")
    assert read(to_v3(made)) == made
    assert read(to_v2(made)) == made


def test_decorators_stay_in_version_3_and_leave_version_2() -> None:
    content = "\n@@depth 4\n@@@role user\n\n@@unknown\nThe lamp is old.\n@@not leading"
    card = read(v3(character_book=book(content)))
    assert data_of(to_v3(card))["character_book"] == book(content)
    assert data_of(to_v2(card))["character_book"] == book("The lamp is old.\n@@not leading")
    assert card.book == book(content)


@pytest.mark.parametrize(
    ("content", "left"),
    [("", ""), ("\n\nplain", "\n\nplain"), ("@@a", ""), ("@@a\r\n\r\nb", "b"), ("b\n@@a", "b\n@@a")],
)
def test_only_leading_decorators_go(content: str, left: str) -> None:
    assert stripped(content) == left


@given(content=st.lists(st.sampled_from(["@@a 1", "@@@b", "", " ", "text"])).map("\n".join))
def test_removing_decorators_twice_is_removing_them_once(content: str) -> None:
    once = stripped(content)
    assert stripped(once) == once


@settings(max_examples=150, deadline=None)
@given(
    version=st.sampled_from([v1, v2, v3]), top=UNKNOWN, data=UNKNOWN, extensions=UNKNOWN, inside=UNKNOWN, entry=UNKNOWN
)
def test_five_round_trips_lose_nothing(
    version: object, top: JsonObject, data: JsonObject, extensions: JsonObject, inside: JsonObject, entry: JsonObject
) -> None:
    raw = v1() if version is v1 else v3() if version is v3 else v2()
    raw |= top
    if version is not v1:
        data_of(raw)["extensions"] = extensions
        data_of(raw)["character_book"] = {"entries": [{"content": "x", **entry}], **inside}
        raw["data"] = data_of(raw) | data
    first = read(raw)
    for export in (to_v2, to_v3):
        card = first
        for _ in range(5):
            card = read_card(dump(export(card)))[0]
        assert card == first
        ours = {"spec", "spec_version", "data"}
        assert {k: v for k, v in card.raw.items() if k not in ours} == {k: v for k, v in raw.items() if k not in ours}
        if version is not v1:
            assert data_of(card.raw) == {"group_only_greetings": []} | data_of(raw)


@settings(max_examples=200, deadline=None)
@given(values=st.dictionaries(st.sampled_from([*TOP_LEVEL, "nickname", "assets", "source", "extensions"]), VALUES))
def test_fields_of_any_type_are_read_and_written(values: JsonObject) -> None:
    card = read(v3(**values))
    again = read_card(dump(to_v3(card)))[0]
    assert again == card
    assert to_v3(again) == to_v3(card)
