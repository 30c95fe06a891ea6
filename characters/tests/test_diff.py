import random
import time

from hypothesis import given
from hypothesis import strategies as st

from characters.cards.card import Card, read_object, with_changes
from characters.cards.extras import Extras, Rating, with_extras
from characters.cards.tests.made import v2
from characters.diff import LABELS, TOLD, Kind, Part, differences
from characters.report import Notices

LINES = st.lists(st.text("ab c\n*", max_size=12), max_size=12).map("\n".join)


def parts_of(old: str, new: str) -> tuple[Part, ...]:
    found = differences(Card("Mira", description=old), Card("Mira", description=new))
    return found[0].parts if found else ()


def test_it_finds_nothing_between_a_card_and_itself() -> None:
    card = read_object(v2(), Notices())
    assert differences(card, card) == ()
    assert differences(card, with_changes(card)) == ()


def test_it_tells_the_words_that_changed_and_no_more() -> None:
    assert parts_of("You keep the old lamp lit.", "You keep the new lamp lit.") == (
        Part(Kind.SAME, "You keep the "),
        Part(Kind.REMOVED, "old"),
        Part(Kind.ADDED, "new"),
        Part(Kind.SAME, " lamp lit."),
    )


def test_it_tells_changes_with_only_a_gap_between_them_as_one() -> None:
    assert parts_of("She is a keeper.", "She is very tired.")[1:3] == (
        Part(Kind.REMOVED, "a keeper"),
        Part(Kind.ADDED, "very tired"),
    )


@given(LINES, LINES)
def test_it_loses_no_letter_of_either_text(old: str, new: str) -> None:
    parts = parts_of(old, new)
    if old == new:
        assert parts == ()
    else:
        assert "".join(part.text for part in parts if part.kind is not Kind.ADDED) == old
        assert "".join(part.text for part in parts if part.kind is not Kind.REMOVED) == new


def test_it_folds_what_is_far_from_a_change() -> None:
    before = "A line of the profile that stays.\n" * 100
    folded, near, added = parts_of(before, before + "And one more.")
    assert folded.kind is Kind.FOLDED
    assert folded.lines > 90
    assert near.kind is Kind.SAME
    assert len(near.text) <= 140
    assert added == Part(Kind.ADDED, "And one more.")


def test_it_is_quick_with_a_megabyte_whatever_the_texts_are() -> None:
    chance = random.Random(3)
    prose = " ".join(chance.choice("the sea keeps what it takes and notices".split()) for _ in range(180_000))
    lines = "\n".join(chance.choice("abcdef") for _ in range(500_000))
    edited = "\n".join(line for line in lines.split("\n") if chance.random() > 0.01)
    for old, new in ((prose, prose[::-1]), (lines, edited), ("x\n" * 400_000, "y\nx\n" * 200_000), ("", prose)):
        began = time.process_time()
        parts = parts_of(old, new)
        assert time.process_time() - began < 10
        assert "".join(part.text for part in parts if part.kind is not Kind.REMOVED) == new


def test_it_tells_every_field_of_a_card() -> None:
    old = with_extras(Card("Mira"), Extras())
    new = with_extras(
        Card(
            "Mira Vale",
            description="Keeps the lamp.",
            personality="dry",
            scenario="a storm",
            first_message="You came.",
            example_dialogue="<START>",
            nickname="Mira",
            alternate_greetings=("Again?",),
            group_only_greetings=("All of you?",),
            system_prompt="Be brief.",
            post_history_instructions="Stay.",
            creator_notes="for a test",
            creator_notes_by_language={"de": "zum Prüfen"},
            tags=("sea",),
            creator="us",
            character_version="2",
            assets=(),
            book={"entries": [{"keys": ["lamp"], "content": "It is lit.", "enabled": True}]},
            source=("https://example.org",),
            raw={"data": {"extensions": {"other": {"script": "alert(1)"}}}},
        ),
        Extras("Keeper.", 12, Rating.TEEN, "en", ("Hello",), "af_heart", "chatml"),
    )
    assert [one.field for one in differences(old, new)] == list(LABELS)


def test_it_tells_what_nobody_understands() -> None:
    before = read_object(v2(), Notices())
    after = read_object(v2(odd={"regex_scripts": ["rm"]}), Notices())
    (found,) = differences(before, after)
    assert found.field == "rest"
    assert "regex_scripts" in "".join(part.text for part in found.parts if part.kind is Kind.ADDED)


def test_it_knows_every_key_that_a_card_writes() -> None:
    written = with_changes(Card("Mira")).raw["data"]
    assert isinstance(written, dict)
    assert set(written) - TOLD <= {"extensions", "creation_date", "modification_date"}
