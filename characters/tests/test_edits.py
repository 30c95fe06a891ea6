from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from characters.cards.card import Card, read_card, read_object, with_changes
from characters.cards.extras import Rating, extras
from characters.cards.tests.made import v2
from characters.edits import applied, edit_of
from characters.models.character import card_text
from characters.report import Notices
from core.json import Json

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def stored(card: Card) -> Card:
    return read_card(card_text(card).encode())[0]


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3), TEXTS)
def test_saying_what_a_card_says_changes_no_letter_of_it(
    sheet: str, name: str, greetings: list[str], unknown: str
) -> None:
    raw: dict[str, Json] = {"data": {"odd": unknown, "extensions": {"other": [unknown], "cognitia": {"new": 1}}}}
    card = stored(
        Card(name or "Mira", description=sheet, alternate_greetings=tuple(greetings), raw=raw),
    )
    assert card_text(applied(card, edit_of(card))) == card_text(card)


def test_line_ends_of_a_form_are_no_edit() -> None:
    card = stored(
        Card("Mira", description="# Mira\n\n## Intent\nKeeps.\n", scenario="one\r\ntwo", first_message="a\nb")
    )
    before = edit_of(card)
    sent = replace(
        before, sheet=before.sheet.replace("\n", "\r\n"), scenario="one\r\ntwo", first_message="a\r\nb", tagline=" "
    )
    assert card_text(applied(card, sent)) == card_text(card)


def test_what_the_editor_does_not_know_survives_an_edit() -> None:
    card = read_object(v2(odd={"script": ["x"]}), Notices())
    edit = replace(edit_of(card), tagline="Keeper.", hue=12, rating=Rating.TEEN, tags=("sea",), scenario="A calm.")
    after = applied(card, edit)
    assert (after.scenario, after.tags, extras(after).tagline, extras(after).hue) == (
        "A calm.",
        ("sea",),
        "Keeper.",
        12,
    )
    data, before = after.raw["data"], card.raw["data"]
    assert isinstance(data, dict)
    assert isinstance(before, dict)
    assert data["odd"] == {"script": ["x"]}
    for key in set(before) - {"scenario", "tags", "extensions"}:
        assert data[key] == before[key], key


def test_a_new_name_is_said_in_the_heading_that_said_the_old_one() -> None:
    card = with_changes(Card("Mira"), description="# Mira\n\n## Intent\nKeeps.\n")
    assert applied(card, replace(edit_of(card), name="Vale")).description == "# Vale\n\n## Intent\nKeeps.\n"
