"""What is found in the marketplace, in which order, and whose slips of the finger are forgiven."""

import pytest

from accounts.models import User
from characters.cards.card import Card
from characters.cards.extras import Extras, Rating, with_extras
from characters.models import Publication, Word
from characters.models.character import Rating as Shown
from characters.search import Sort, Wish, find
from characters.tests.acting import approved, edited, listed

pytestmark = pytest.mark.django_db


def names(wish: Wish) -> list[str]:
    return [one.name for one in find(wish, 20).publications]


def best(text: str) -> Wish:
    return Wish(text, sort=Sort.BEST)


@pytest.fixture
def kestrel(alice: User) -> Publication:
    card = Card(
        "Kestrel Vane",
        description="A general who lost every war but the last.",
        creator_notes="<b>Slow burn</b>",
        tags=("Fantasy", "War"),
    )
    return listed(alice, with_extras(card, Extras("Teaches queens to wait.", language="en")))


@pytest.fixture
def mira(alice: User) -> Publication:
    card = Card("Mira Vale", description="Keeps the last lighthouse. She once met a general.", tags=("comfort",))
    return listed(alice, with_extras(card, Extras("Maps what the sea takes.", language="pt-br")))


class TestWords:
    def test_it_finds_by_name_tag_tagline_author_and_description(self, kestrel: Publication) -> None:
        for text in ("kestrel", "VANE", "fantasy", "queens", "Alice", "burn", "lost"):
            assert names(best(text)) == ["Kestrel Vane"], text

    def test_all_of_the_words_must_be_there(self, kestrel: Publication, mira: Publication) -> None:
        assert names(best("mira lighthouse")) == ["Mira Vale"]
        assert names(best("mira war")) == []

    def test_the_last_word_may_be_only_begun(self, kestrel: Publication) -> None:
        assert names(best("kes")) == names(best("kestrel va")) == ["Kestrel Vane"]

    def test_a_name_counts_for_more_than_a_description(self, mira: Publication, alice: User) -> None:
        listed(alice, Card("The General"))
        assert names(best("general")) == ["The General", "Mira Vale"]

    def test_accents_and_case_do_not_matter(self, alice: User) -> None:
        listed(alice, Card("Éowyn Ørsted"))
        assert names(best("eowyn")) == names(best("ÉOWYN")) == ["Éowyn Ørsted"]

    def test_a_part_of_a_sentence_without_spaces_is_found(self, alice: User) -> None:
        listed(alice, Card("図書館の魔女"))
        assert names(best("魔女")) == names(best("図書")) == ["図書館の魔女"]

    def test_words_of_a_version_that_is_not_approved_are_not_found(self, kestrel: Publication) -> None:
        edited(kestrel, Card("Kestrel the Second"))
        assert names(best("second")) == []
        approved(kestrel, Card("Kestrel the Second"))
        assert names(best("second")) == ["Kestrel the Second"]
        assert names(best("fantasy")) == []

    def test_what_is_not_listed_is_not_found(self, kestrel: Publication) -> None:
        Publication.objects.update(is_listed=False)
        assert names(best("kestrel")) == names(Wish()) == []

    @pytest.mark.parametrize(
        "text",
        ["'", "kestrel'", "a & b", "!kestrel", "kestrel:*", "<->", "\\", "\0", "(", "kestrel | mira", "🔥", "%", "_"],
    )
    def test_no_syntax_can_be_typed(self, kestrel: Publication, mira: Publication, text: str) -> None:
        assert len(names(best(text))) <= 1

    def test_a_very_long_text_is_cut(self, kestrel: Publication) -> None:
        assert names(best("kestrel " * 10_000)) == ["Kestrel Vane"]


class TestSlips:
    @pytest.mark.parametrize("typed", ["kesterl", "kestrl", "kestreel", "kestral", "jestrel", "ekstrel"])
    def test_a_mistyped_name_is_found_and_said(self, kestrel: Publication, mira: Publication, typed: str) -> None:
        found = find(best(typed), 10)
        assert [one.name for one in found.publications] == ["Kestrel Vane"]
        assert (found.instead, found.is_instead) == ("kestrel", True)

    def test_only_the_mistyped_word_is_replaced(self, kestrel: Publication) -> None:
        assert find(best("kesterl vane"), 10).instead == "kestrel vane"

    def test_a_word_that_is_right_comes_before_one_that_is_near(self, alice: User) -> None:
        listed(alice, Card("Marela"))
        listed(alice, Card("Marelo"))
        found = find(best("marelo"), 10)
        assert [one.name for one in found.publications] == ["Marelo", "Marela"]
        assert not found.is_instead

    def test_something_else_altogether_finds_nothing(self, kestrel: Publication) -> None:
        found = find(best("xylophone"), 10)
        assert (found.publications, found.total, found.instead) == ([], 0, "")

    def test_every_word_is_kept_once(self, kestrel: Publication, mira: Publication) -> None:
        assert Word.objects.filter(text="general").count() == 1
        assert "  k" in Word.objects.get(text="kestrel").trigrams


class TestFilters:
    def test_mature_ones_are_hidden_unless_asked_for(self, kestrel: Publication, alice: User) -> None:
        listed(alice, with_extras(Card("Nocturne"), Extras(rating=Rating.MATURE)))
        listed(alice, with_extras(Card("Teenager"), Extras(rating=Rating.TEEN)))
        assert set(names(Wish())) == {"Kestrel Vane", "Teenager"}
        assert names(best("nocturne")) == []
        assert names(Wish(rating=Shown.EVERYONE)) == ["Kestrel Vane"]
        assert set(names(Wish(rating=Shown.MATURE))) == {"Kestrel Vane", "Teenager", "Nocturne"}

    def test_a_tag_a_language_and_a_voice(self, kestrel: Publication, mira: Publication, alice: User) -> None:
        listed(alice, with_extras(Card("Echo"), Extras(voice="af_heart")))
        assert names(Wish(tag="Fantasy")) == ["Kestrel Vane"]
        assert names(Wish(language="pt")) == names(Wish(language="pt-br")) == ["Mira Vale"]
        assert names(Wish(with_voice=True)) == ["Echo"]
        assert names(Wish("kestrel", tag="comfort", sort=Sort.BEST)) == []


class TestPages:
    @pytest.fixture
    def many(self, alice: User) -> list[Publication]:
        rows = [listed(alice, Card(f"Number {number} lamp")) for number in range(11)]
        for number, row in enumerate(rows):
            Publication.objects.filter(pk=row.pk).update(favourites=number % 3, takes=number % 2)
        return rows

    @pytest.mark.parametrize("wish", [Wish(sort=sort) for sort in Sort if sort != Sort.BEST] + [best("lamp")])
    def test_each_is_seen_once_whatever_they_are_sorted_by(self, many: list[Publication], wish: Wish) -> None:
        seen: list[Publication] = []
        found = find(wish, 4)
        assert found.total == 11
        while True:
            seen += found.publications
            if found.after is None:
                break
            found = find(wish, 4, found.after)
        assert {one.pk for one in seen} == {one.pk for one in many}
        assert len(seen) == 11

    def test_they_are_in_order(self, many: list[Publication]) -> None:
        loved = [one.favourites for one in find(Wish(sort=Sort.LOVED), 50).publications]
        assert loved == sorted(loved, reverse=True)
        newest = [one.listed_at for one in find(Wish(sort=Sort.NEWEST), 50).publications]
        assert newest == sorted(newest, key=str, reverse=True)
        assert [one.takes for one in find(Wish(sort=Sort.TAKEN), 50).publications] == [1] * 5 + [0] * 6
