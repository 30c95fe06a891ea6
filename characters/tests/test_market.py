"""The marketplace's pages: what is seen, taken, saved and reported, and that nothing of anybody's goes with it."""

import re
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from characters.actions import market
from characters.actions.characters import create_character, delete_character
from characters.cards.card import Card
from characters.cards.extras import Extras, Rating, with_extras
from characters.models import Character, Favourite, Publication, Report
from characters.pages import market as market_page
from characters.search import Sort, Wish
from characters.tests.acting import KESTREL, edited, listed, somebody
from chats.tests.acting import at_once
from core.errors import BadInput, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def kestrel(alice: User) -> Publication:
    return listed(alice, KESTREL)


@pytest.fixture
def reader(charlie: User, client: Client) -> Client:
    client.force_login(charlie)
    return client


def page(reader: Client, name: str = "market", *ids: UUID, **query: str) -> str:
    answer = reader.get(reverse(f"characters:{name}", args=ids), query)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def posters(html: str) -> list[str]:
    return re.findall(r"<h3[^>]*><a [^>]*>([^<]+)</a>", html)


class TestDiscover:
    def test_it_shows_what_is_published(self, reader: Client, kestrel: Publication, alice: User) -> None:
        create_character(alice, Card("Hers alone"))
        html = page(reader)
        assert posters(html) == ["Kestrel Vane"]
        assert "Hers alone" not in html
        assert "Search 1 character" in html

    def test_it_is_for_those_who_are_signed_in(self, client: Client, kestrel: Publication) -> None:
        for name, ids in (("market", []), ("saved", []), ("about", [kestrel.pk]), ("report", [kestrel.pk])):
            assert client.get(reverse(f"characters:{name}", args=ids)).status_code == 302
        for name in ("take", "favourite", "report"):
            assert client.post(reverse(f"characters:{name}", args=[kestrel.pk])).status_code == 302
        assert (Character.objects.count(), Favourite.objects.count(), Report.objects.count()) == (1, 0, 0)

    def test_a_slip_of_the_finger_is_said(self, reader: Client, kestrel: Publication) -> None:
        html = page(reader, q="kesterl")
        assert posters(html) == ["Kestrel Vane"]
        assert "Nothing is called “kesterl”. Showing results for <strong>kestrel</strong>." in html

    def test_mature_ones_are_hidden_and_the_filter_says_so(self, reader: Client, alice: User) -> None:
        listed(alice, with_extras(Card("Nocturne"), Extras(rating=Rating.MATURE)))
        html = page(reader)
        assert posters(html) == []
        assert re.search(r'<option value="" selected>Mature ones are hidden', html)
        assert posters(page(reader, rating="mature")) == ["Nocturne"]
        none = page(reader, q="nocturne")
        assert "What is rated higher is hidden." in none
        assert "?q=nocturne&amp;rating=mature" in none

    def test_the_tags_used_most_are_chips_that_keep_what_was_asked(self, reader: Client, kestrel: Publication) -> None:
        html = page(reader, q="kestrel", sort="newest")
        assert 'href="/characters/?q=kestrel&amp;tag=fantasy&amp;sort=newest"' in html
        chosen = page(reader, q="kestrel", tag="fantasy")
        assert re.search(r'href="/characters/\?q=kestrel" data-key="tag-fantasy" aria-current="true"', chosen)

    def test_voices_are_offered_where_somebody_has_one(
        self, reader: Client, kestrel: Publication, alice: User
    ) -> None:
        assert "With voice" not in page(reader)
        listed(alice, with_extras(Card("Echo"), Extras(voice="af_heart")))
        assert "With voice" in page(reader)
        assert posters(page(reader, voice="on")) == ["Echo"]

    def test_more_are_shown_page_by_page_until_there_are_no_more(self, reader: Client, alice: User) -> None:
        for number in range(market_page.PAGE + 2):
            listed(alice, Card(f"Number {number}"))
        first = page(reader)
        link = re.search(r'href="(/characters/\?after=[^"]+)" data-more', first)
        assert link is not None
        second = reader.get(link[1]).content.decode()
        assert "data-more>" not in second
        assert len({*posters(first), *posters(second)}) == market_page.PAGE + 2

    @pytest.mark.parametrize(
        "query", ["after=xyz", "after=MHx8eA", "rating=wild", "sort=up", "language=<b>", "tag=" + "x" * 41, "q=%00"]
    )
    def test_what_makes_no_sense_is_refused_with_a_sentence(self, reader: Client, query: str) -> None:
        for address in ("/characters/", "/api/v2/characters/marketplace"):
            assert reader.get(f"{address}?{query}").status_code == 400

    def test_an_empty_marketplace_says_how_to_be_in_it(self, reader: Client) -> None:
        html = page(reader)
        assert "Nobody is published here yet" in html
        assert reverse("characters:new") in html

    def test_nothing_found_says_what_to_do(self, reader: Client, kestrel: Publication) -> None:
        html = page(reader, q="xylophone")
        assert "Nobody like that is here" in html
        assert "Show everybody" in html


class TestFeature:
    def test_it_is_whom_most_people_saved_this_week(self, reader: Client, kestrel: Publication, alice: User) -> None:
        other = listed(alice, Card("Mira"))
        assert "Most loved this week" not in page(reader)
        for publication in (kestrel, kestrel, other):
            market.set_favourite(somebody(), publication.pk, wanted=True)
        html = page(reader)
        assert "Most loved this week" in html
        assert "“She looks up.”" in html
        assert "Meet Kestrel Vane" in html
        assert "Most loved this week" not in page(reader, q="mira")

    def test_what_was_saved_earlier_does_not_count(self, reader: Client, kestrel: Publication) -> None:
        market.set_favourite(somebody(), kestrel.pk, wanted=True)
        Favourite.objects.update(created_at=kestrel.created_at - 2 * market_page.WEEK)
        assert "Most loved this week" not in page(reader)

    def test_a_mature_one_is_not_put_before_those_who_did_not_ask(self, reader: Client, alice: User) -> None:
        nocturne = listed(alice, with_extras(Card("Nocturne"), Extras(rating=Rating.MATURE)))
        market.set_favourite(somebody(), nocturne.pk, wanted=True)
        assert "Nocturne" not in page(reader)
        assert "Meet Nocturne" in page(reader, rating="mature")


class TestAbout:
    def test_it_tells_all_that_was_approved(self, reader: Client, kestrel: Publication) -> None:
        html = page(reader, "about", kestrel.pk)
        for part in (
            "Teaches queens to wait.",
            "by Alice",
            "Kestrel Vane teaches queens.",
            "Sit, Protag.",
            "They have 1 other greeting.",
            "1 entry",
            "Slow burn",
            "Be kind",
            str(kestrel.version and kestrel.version.digest[:12]),
        ):
            assert part in html, part
        lines = re.findall(r'class="speaker">([^<]+)<', html)
        assert lines == ["Protag", "Kestrel Vane", "Kestrel Vane"]

    def test_nothing_in_it_runs_or_calls_elsewhere(self, reader: Client, kestrel: Publication) -> None:
        html = page(reader, "about", kestrel.pk)
        assert "<script>alert" not in html
        assert "elsewhere.example" not in html
        assert "{{" not in html

    def test_it_stays_as_it_was_approved_whatever_is_edited(self, reader: Client, kestrel: Publication) -> None:
        edited(kestrel, Card("Kestrel the Worse", description="remember and repeat everything"))
        for html in (page(reader, "about", kestrel.pk), page(reader)):
            assert "Worse" not in html
            assert "repeat everything" not in html

    def test_what_is_not_listed_is_seen_by_its_author_only(
        self, reader: Client, kestrel: Publication, alice: User
    ) -> None:
        Publication.objects.update(is_listed=False)
        for name in ("about", "report"):
            assert reader.get(reverse(f"characters:{name}", args=[kestrel.pk])).status_code == 404
        for name in ("take", "favourite", "report"):
            answer = reader.post(reverse(f"characters:{name}", args=[kestrel.pk]), {"kind": "other", "text": "x"})
            assert answer.status_code == 404, name
        reader.force_login(alice)
        assert "Only you see this page" in page(reader, "about", kestrel.pk)

    def test_one_that_was_never_approved_is_not_there_even_for_its_author(self, client: Client, alice: User) -> None:
        character = create_character(alice, KESTREL)
        publication = Publication.objects.create(owner=alice, character=character, author="Alice")
        client.force_login(alice)
        assert client.get(reverse("characters:about", args=[publication.pk])).status_code == 404

    def test_a_typo_and_a_stranger_get_the_same_answer(self, reader: Client, kestrel: Publication) -> None:
        Publication.objects.update(is_listed=False)
        hidden, missing = (reader.get(reverse("characters:about", args=[one])) for one in (kestrel.pk, uuid4()))
        assert hidden.status_code == missing.status_code == 404

    def test_a_deleted_character_is_gone(self, reader: Client, kestrel: Publication, alice: User) -> None:
        delete_character(alice, kestrel.character_id)
        assert posters(page(reader)) == []
        assert reader.get(reverse("characters:about", args=[kestrel.pk])).status_code == 404


class TestFavourites:
    def test_the_button_saves_and_saves_no_longer(self, reader: Client, kestrel: Publication) -> None:
        address = reverse("characters:favourite", args=[kestrel.pk])
        assert reader.post(address, {"next": "/characters/?q=x"})["Location"] == "/characters/?q=x"
        assert posters(page(reader, "saved")) == ["Kestrel Vane"]
        assert reader.post(address, headers={"accept": "application/json"}).json() == {"is_saved": False}
        assert "Nobody is saved yet" in page(reader, "saved")

    def test_it_leads_nowhere_else(self, reader: Client, kestrel: Publication) -> None:
        address = reverse("characters:favourite", args=[kestrel.pk])
        for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""):
            assert reader.post(address, {"next": elsewhere})["Location"] == f"/characters/{kestrel.pk}/about/"

    def test_what_was_taken_down_is_counted_and_can_be_let_go(
        self, reader: Client, charlie: User, kestrel: Publication
    ) -> None:
        market.set_favourite(charlie, kestrel.pk, wanted=True)
        Publication.objects.update(is_listed=False)
        html = page(reader, "saved")
        assert "1 character that you saved is not published any more." in html
        market.set_favourite(charlie, kestrel.pk, wanted=False)
        assert not Favourite.objects.exists()

    def test_each_sees_their_own(self, client: Client, alice: User, charlie: User, kestrel: Publication) -> None:
        market.set_favourite(charlie, kestrel.pk, wanted=True)
        client.force_login(alice)
        assert posters(page(client, "saved")) == []
        assert 'aria-pressed="true"' not in page(client)


class TestReports:
    def test_a_report_goes_to_moderators(self, reader: Client, charlie: User, kestrel: Publication) -> None:
        answer = reader.post(reverse("characters:report", args=[kestrel.pk]), {"kind": "copy", "text": " Mine! "})
        assert answer["Location"] == reverse("characters:about", args=[kestrel.pk])
        row = Report.objects.get()
        assert (row.owner, row.publication, row.kind, row.text) == (charlie, kestrel, "copy", "Mine!")
        assert row.version == kestrel.version
        assert "Reported" in page(reader, "about", kestrel.pk)

    def test_another_takes_its_place(self, charlie: User, kestrel: Publication) -> None:
        first = market.report(charlie, kestrel.pk, Report.Kind.COPY, "")
        assert market.report(charlie, kestrel.pk, Report.Kind.HATE, "worse") == first
        assert Report.objects.get().kind == Report.Kind.HATE
        Report.objects.update(state=Report.State.DISMISSED)
        market.report(charlie, kestrel.pk, Report.Kind.HATE, "again")
        assert Report.objects.count() == 2

    def test_nobody_reports_their_own(self, client: Client, alice: User, kestrel: Publication) -> None:
        client.force_login(alice)
        answer = client.post(reverse("characters:report", args=[kestrel.pk]), {"kind": "copy"})
        assert answer.status_code == 400
        assert "This character is yours." in answer.content.decode()
        assert not Report.objects.exists()

    @pytest.mark.parametrize("said", [{}, {"kind": "boring"}, {"kind": "other"}, {"kind": "hate", "text": "x" * 1001}])
    def test_what_says_nothing_is_refused_and_kept(
        self, reader: Client, kestrel: Publication, said: dict[str, str]
    ) -> None:
        answer = reader.post(reverse("characters:report", args=[kestrel.pk]), said)
        assert answer.status_code == 400
        assert said.get("text", "") in answer.content.decode()
        assert not Report.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_the_count_is_the_number_of_those_who_saved(self, kestrel: Publication) -> None:
        people = [somebody() for _ in range(4)]
        at_once([partial(market.toggle_favourite, one, kestrel.pk) for one in people * 3])
        kestrel.refresh_from_db()
        assert kestrel.favourites == Favourite.objects.filter(publication=kestrel).count()
        at_once([partial(market.set_favourite, one, kestrel.pk, wanted=True) for one in people * 3])
        kestrel.refresh_from_db()
        assert kestrel.favourites == len(people)

    def test_one_person_takes_once_and_every_person_counts(self, kestrel: Publication) -> None:
        people = [somebody() for _ in range(3)]
        taken = at_once([partial(market.take, one, kestrel.pk) for one in people * 3])
        assert not [each for each in taken if isinstance(each, Exception)]
        kestrel.refresh_from_db()
        assert (kestrel.takes, Character.objects.filter(origin=kestrel).count()) == (3, 3)

    def test_two_reports_of_one_person_are_one(self, charlie: User, kestrel: Publication) -> None:
        said = at_once([partial(market.report, charlie, kestrel.pk, Report.Kind.HATE, "x")] * 4)
        assert not [each for each in said if isinstance(each, Exception)]
        assert Report.objects.count() == 1


class TestRefusals:
    def test_the_actions_refuse_what_is_not_there(self, charlie: User) -> None:
        for act in (
            partial(market.take, charlie, uuid4()),
            partial(market.follow, charlie, uuid4(), follows=True),
            partial(market.toggle_favourite, charlie, uuid4()),
            partial(market.set_favourite, charlie, uuid4(), wanted=False),
            partial(market.report, charlie, uuid4(), Report.Kind.HATE, ""),
        ):
            with pytest.raises(NotFound):
                act()

    def test_a_text_that_is_too_long_is_refused(self, charlie: User, kestrel: Publication) -> None:
        with pytest.raises(BadInput):
            market.report(charlie, kestrel.pk, Report.Kind.HATE, "x" * 1001)

    def test_a_wish_without_words_has_no_best_match(self, reader: Client, kestrel: Publication) -> None:
        assert posters(page(reader, sort=Sort.BEST.value)) == ["Kestrel Vane"]
        assert Wish().sort == Sort.LOVED
