"""What authors can do with the marketplace, what they are told, and what never leaves them."""

from functools import partial
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.html import escape
from pytest_django import Settings

from accounts.models import User
from characters.actions import moderation, publishing
from characters.actions.characters import create_character, delete_character, restore_version, undelete_character
from characters.actions.market import take
from characters.actions.seeding import seed_characters
from characters.cards.card import Card, with_changes
from characters.cards.extras import Extras, Rating, with_extras
from characters.models import Character, Decision, Publication, Submission
from characters.models.character import card_text
from characters.pages.sharing import State, sharing
from characters.tests.moderating import approve, edit, fit_card, moderator, sent, waiting
from chats.models import Chat
from chats.tests.acting import at_once
from core.errors import BadInput, CognitiaError, Conflict, LimitReached

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(alice: User) -> Character:
    return create_character(alice, fit_card())


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def stands(character: Character) -> State:
    return sharing(Character.objects.get(pk=character.pk)).state


class TestSending:
    def test_it_waits_and_nobody_sees_it_yet(self, alice: User, hers: Character) -> None:
        answer = client_of(alice).post(f"/characters/{hers.pk}/publish/", {"author": "A. L."})
        assert (answer.status_code, answer["Location"]) == (302, f"/characters/{hers.pk}/publish/")
        publication = Publication.objects.get(character=hers)
        assert (publication.author, publication.is_listed, publication.version) == ("A. L.", False, None)
        assert waiting(publication).version == hers.version
        assert stands(hers) == State.WAITING

    def test_twice_is_once(self, alice: User, hers: Character) -> None:
        first = waiting(publishing.publish(alice, hers.pk))
        assert waiting(publishing.publish(alice, hers.pk)) == first
        assert Submission.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_at_once_is_once(self, alice: User) -> None:
        character = create_character(alice, fit_card())
        at_once([partial(publishing.publish, alice, character.pk)] * 6)
        assert Submission.objects.get().version == character.version

    @pytest.mark.parametrize(
        ("card", "said"),
        [
            (with_changes(fit_card(), description="Too short."), "profile"),
            (Card("Mira", description="Somebody of whom enough is said, but not for whom she is."), "rating"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_is_sent(self, alice: User, card: Card, said: str) -> None:
        character = create_character(alice, card)
        answer = client_of(alice).post(f"/characters/{character.pk}/publish/", {"author": "Kept Name"})
        page = answer.content.decode()
        assert answer.status_code == 400
        assert said in page
        assert "Kept Name" in page
        assert not Publication.objects.exists()

    def test_a_portrait_is_recommended_and_not_required(self, alice: User, hers: Character) -> None:
        assert "no portrait" in client_of(alice).get(f"/characters/{hers.pk}/publish/").content.decode()
        assert publishing.publish(alice, hers.pk)

    def test_a_taken_copy_is_refused(self, alice: User, charlie: User, hers: Character) -> None:
        publication = approve(waiting(publishing.publish(alice, hers.pk)), moderator())
        copy = take(charlie, publication.pk)
        edit(copy, fit_card("Mine now"))
        answer = client_of(charlie).post(f"/characters/{copy.pk}/publish/", {"author": "Charlie"})
        assert answer.status_code == 409
        assert "copy of somebody else" in answer.content.decode()
        assert stands(copy) == State.COPY

    def test_so_many_may_wait_and_no_more(self, alice: User, settings: Settings) -> None:
        settings.SUBMISSIONS_PER_USER = 2
        first, _second, third = (create_character(alice, fit_card(f"Number {n}")) for n in range(3))
        publishing.publish(alice, first.pk)
        publishing.publish(alice, _second.pk)
        with pytest.raises(LimitReached, match="2 characters"):
            publishing.publish(alice, third.pk)
        publishing.unpublish(alice, first.pk)
        assert publishing.publish(alice, third.pk)

    @pytest.mark.django_db(transaction=True)
    def test_so_many_and_no_more_also_at_once(self, alice: User, settings: Settings) -> None:
        settings.SUBMISSIONS_PER_USER = 2
        characters = [create_character(alice, fit_card(f"Number {n}")) for n in range(6)]
        outcomes = at_once([partial(publishing.publish, alice, character.pk) for character in characters])
        assert sum(isinstance(outcome, LimitReached) for outcome in outcomes) == 4
        assert Submission.objects.filter(state=Submission.State.PENDING).count() == 2


class TestAuthor:
    def test_without_a_name_one_is_asked_for(self, alice: User, hers: Character) -> None:
        User.objects.filter(pk=alice.pk).update(name="")
        alice.refresh_from_db()
        answer = client_of(alice).post(f"/characters/{hers.pk}/publish/", {"author": " "})
        assert answer.status_code == 400
        assert "Say under which name" in answer.content.decode()
        assert alice.label not in answer.content.decode().partition("<main")[2]
        assert publishing.publish(alice, hers.pk, "Somebody").author == "Somebody"

    @pytest.mark.parametrize("name", ["alice@example.org", "me: ALICE@example.org"])
    def test_the_mail_address_is_no_name(self, alice: User, hers: Character, name: str) -> None:
        with pytest.raises(BadInput, match="mail address"):
            publishing.publish(alice, hers.pk, name)

    def test_another_name_while_it_waits_is_looked_at_anew(self, alice: User, hers: Character) -> None:
        first = waiting(publishing.publish(alice, hers.pk, "One"))
        second = waiting(publishing.publish(alice, hers.pk, "Two"))
        assert first.pk != second.pk
        with pytest.raises(Conflict):
            approve(first, moderator())
        assert approve(second, moderator()).author == "Two"

    def test_while_it_is_out_the_name_stays(self, alice: User, hers: Character) -> None:
        approve(waiting(publishing.publish(alice, hers.pk, "One")), moderator())
        edit(hers, fit_card(first_message="Another evening."))
        assert publishing.publish(alice, hers.pk, "Nobody looked at this").author == "One"

    def test_with_too_many_letters_it_is_refused(self, alice: User, hers: Character) -> None:
        answer = client_of(alice).post(f"/characters/{hers.pk}/publish/", {"author": "x" * 81})
        assert answer.status_code == 400
        assert not Publication.objects.exists()


class TestEditing:
    def test_what_was_approved_stays_until_the_edit_is(self, alice: User, charlie: User, hers: Character) -> None:
        by = moderator()
        publication = approve(waiting(publishing.publish(alice, hers.pk)), by)
        edit(hers, fit_card("Mira", first_message="Now with something nobody has looked at."))
        publication.refresh_from_db()
        assert publication.version is not None
        assert publication.version.number == 1
        assert (
            "nobody has looked" not in client_of(charlie).get(f"/characters/{publication.pk}/about/").content.decode()
        )
        answer = client_of(alice).get(f"/api/v2/characters/{hers.pk}/publication").json()
        assert (answer["state"], answer["published"], answer["waiting"]) == ("published", 1, 2)
        assert approve(waiting(publication), by).version == Character.objects.get(pk=hers.pk).version

    def test_the_newest_waits_in_place_of_an_older_one(self, alice: User, hers: Character) -> None:
        older = waiting(publishing.publish(alice, hers.pk))
        edit(hers, fit_card(first_message="Again."))
        edit(hers, fit_card(first_message="And again."))
        assert waiting(older.publication).version.number == 3
        with pytest.raises(Conflict, match="changed it since"):
            approve(older, moderator())

    def test_a_version_that_may_not_be_published_does_not_wait(self, alice: User, hers: Character) -> None:
        publication = approve(waiting(publishing.publish(alice, hers.pk)), moderator())
        edit(hers, Card("Mira", description="Nobody has said any more for whom this character is."))
        assert not publication.submissions.filter(state=Submission.State.PENDING).exists()
        said = sharing(Character.objects.get(pk=hers.pk))
        assert (said.state, said.published, len(said.blocked), said.can_send) == (State.PUBLISHED, 1, 1, False)

    def test_what_is_out_already_does_not_wait(self, alice: User, hers: Character) -> None:
        publication = approve(waiting(publishing.publish(alice, hers.pk)), moderator())
        edit(hers, fit_card(first_message="A try."))
        restore_version(alice, hers.pk, 1)
        assert not publication.submissions.filter(state=Submission.State.PENDING).exists()
        assert publishing.publish(alice, hers.pk) == publication

    def test_what_was_never_sent_stays_private(self, alice: User, hers: Character) -> None:
        edit(hers, fit_card(first_message="Still mine."))
        assert not Publication.objects.exists()
        assert stands(hers) == State.PRIVATE


class TestRefused:
    def test_the_author_reads_why(self, alice: User, hers: Character) -> None:
        one = waiting(publishing.publish(alice, hers.pk))
        moderation.reject(one.pk, one.version.digest, "Say <b>who</b> drew it.", moderator())
        page = client_of(alice).get(f"/characters/{hers.pk}/publish/").content.decode()
        assert escape("Say <b>who</b> drew it.") in page
        assert "Version 1 was not approved" in page
        assert client_of(alice).get(f"/api/v2/characters/{hers.pk}/publication").json()["state"] == "rejected"

    def test_just_so_it_is_not_sent_again_and_changed_it_is(self, alice: User, hers: Character) -> None:
        one = waiting(publishing.publish(alice, hers.pk))
        moderation.reject(one.pk, one.version.digest, "No.", moderator())
        assert client_of(alice).post(f"/characters/{hers.pk}/publish/").status_code == 409
        edit(hers, fit_card(first_message="Better."))
        restore_version(alice, hers.pk, 1)
        with pytest.raises(Conflict):
            publishing.publish(alice, hers.pk)
        edit(hers, fit_card(first_message="Better still."))
        assert waiting(publishing.publish(alice, hers.pk)).version.number == 4
        assert stands(hers) == State.WAITING

    def test_going_back_to_it_does_not_queue_it_again(self, alice: User, hers: Character) -> None:
        by = moderator()
        publication = approve(waiting(publishing.publish(alice, hers.pk)), by)
        edit(hers, fit_card(first_message="Bad."))
        one = waiting(publication)
        moderation.reject(one.pk, one.version.digest, "No.", by)
        edit(hers, fit_card(first_message="Better."))
        restore_version(alice, hers.pk, 2)
        assert not publication.submissions.filter(state=Submission.State.PENDING).exists()

    def test_taken_down_it_is_out_of_sight_and_the_author_reads_why(self, alice: User, hers: Character) -> None:
        publication = approve(waiting(publishing.publish(alice, hers.pk)), moderator())
        moderation.take_down(publication.pk, "It is a real person.", moderator())
        page = client_of(alice).get(f"/characters/{hers.pk}/publish/").content.decode()
        assert "It is a real person." in page
        assert stands(hers) == State.TAKEN_DOWN
        with pytest.raises(Conflict, match="taken down"):
            publishing.publish(alice, hers.pk)


class TestTakingBack:
    def test_nobody_finds_it_and_copies_stay(self, alice: User, charlie: User, hers: Character) -> None:
        publication = approve(waiting(publishing.publish(alice, hers.pk)), moderator())
        copy = take(charlie, publication.pk)
        edit(hers, fit_card(first_message="This waits."))
        answer = client_of(alice).post(f"/characters/{hers.pk}/unpublish/")
        assert answer.status_code == 302
        assert stands(hers) == State.PRIVATE
        assert not publication.submissions.filter(state=Submission.State.PENDING).exists()
        assert client_of(charlie).get(f"/characters/{publication.pk}/about/").status_code == 404
        assert Character.objects.get(pk=copy.pk).deleted_at is None

    def test_an_edit_afterwards_does_not_wait(self, alice: User, hers: Character) -> None:
        publication = approve(waiting(publishing.publish(alice, hers.pk)), moderator())
        publishing.unpublish(alice, hers.pk)
        edit(hers, fit_card(first_message="Mine alone."))
        assert not publication.submissions.filter(state=Submission.State.PENDING).exists()

    def test_deleting_takes_it_out_and_bringing_it_back_does_not_publish(self, alice: User, hers: Character) -> None:
        publication = approve(waiting(publishing.publish(alice, hers.pk)), moderator())
        delete_character(alice, hers.pk)
        publication.refresh_from_db()
        assert not publication.is_listed
        undelete_character(alice, hers.pk)
        publication.refresh_from_db()
        assert not publication.is_listed
        assert stands(hers) == State.PRIVATE


class TestLeaving:
    def test_with_the_user_goes_what_was_published_and_the_log_stays(self, alice: User, charlie: User) -> None:
        by = moderator()
        publication = approve(sent(alice), by)
        approve(waiting(_edited(publication)), by)
        copy = take(charlie, publication.pk)
        alice.delete()
        assert not Publication.objects.exists()
        copy.refresh_from_db()
        assert (copy.origin, copy.was_taken, copy.name) == (None, True, "Mira")
        assert [(row.publication, row.subject) for row in Decision.objects.all()] == [(None, "Mira")] * 2

    def test_with_the_user_go_their_chats(self, alice: User, alices_chat: Chat) -> None:
        approve(sent(alice), moderator())
        alice.delete()
        assert not Publication.objects.filter(owner__isnull=False).exists()

    def test_with_the_row_of_a_character_goes_its_publication(self, alice: User) -> None:
        publication = approve(sent(alice), moderator())
        publication.character.delete()
        assert not Publication.objects.exists()

    def test_a_moderator_may_leave_and_what_they_did_stays(self, alice: User) -> None:
        by = moderator()
        approve(sent(alice), by)
        email = by.email
        by.delete()
        decision = Decision.objects.get()
        assert (decision.actor, decision.actor_name) == (None, email)
        assert Publication.objects.get().is_listed


def _edited(publication: Publication) -> Publication:
    edit(publication.character, fit_card(first_message="The second evening."))
    return publication


class TestBuiltIn:
    def test_they_are_out_and_stay_so(self, charlie: User) -> None:
        for _time in range(2):
            for character in seed_characters():
                publishing.list_built_in(character)
        rows = Publication.objects.filter(owner=None, is_listed=True)
        assert sorted(rows.values_list("name", "author")) == [("Areza", "Cognitia"), ("Azera", "Cognitia")]

    def test_taken_down_they_stay_down(self, azera: Character) -> None:
        publishing.list_built_in(azera)
        moderation.take_down(Publication.objects.get(character=azera).pk, "Not here.", moderator())
        publishing.list_built_in(azera)
        assert not Publication.objects.get(character=azera).is_listed

    def test_a_new_sheet_is_out_at_once(self, azera: Character) -> None:
        publishing.list_built_in(azera)
        newer = with_extras(azera.card, Extras(tagline="Another one.", rating=Rating.EVERYONE))
        _new_version(azera, newer)
        publishing.list_built_in(azera)
        assert Publication.objects.get(character=azera).tagline == "Another one."


def _new_version(character: Character, card: Card) -> None:
    from_now = character.versions.create(number=2, text=card_text(card), digest="0" * 64)
    character.version = from_now
    character.save(update_fields=["version"])


class TestStrangers:
    @pytest.mark.parametrize("verb", ["get", "post", "put", "delete"])
    @pytest.mark.parametrize(
        "where", ["/characters/{}/publish/", "/characters/{}/unpublish/", "/api/v2/characters/{}/publication"]
    )
    def test_anothers_is_not_there_like_one_that_never_was(
        self, alice: User, charlie: User, hers: Character, verb: str, where: str
    ) -> None:
        publishing.publish(alice, hers.pk)
        answers = [getattr(client_of(charlie), verb)(where.format(one), {}) for one in (hers.pk, uuid4())]
        assert answers[0].status_code == answers[1].status_code >= 400
        assert waiting(Publication.objects.get()).version == hers.version

    def test_nobody_is_sent_to_sign_in(self, hers: Character) -> None:
        assert Client().get(f"/characters/{hers.pk}/publish/")["Location"].startswith("/account/login/")
        assert Client().get(f"/api/v2/characters/{hers.pk}/publication").status_code in {401, 403}


class TestApi:
    def test_send_look_and_take_back(self, alice: User, hers: Character) -> None:
        client, where = client_of(alice), f"/api/v2/characters/{hers.pk}/publication"
        assert client.get(where).json()["state"] == "private"
        sending = client.post(where, {"author": "A. L."}, content_type="application/json")
        assert (sending.status_code, sending.json()["state"], sending.json()["waiting"]) == (202, "waiting", 1)
        publication = approve(waiting(Publication.objects.get()), moderator())
        assert publication.version is not None
        said = client.get(where).json()
        assert (said["state"], said["published"], said["author"]) == ("published", 1, "A. L.")
        assert (said["digest"], said["publication_id"]) == (publication.version.digest, str(publication.pk))
        assert client.delete(where).status_code == 204
        assert client.get(where).json()["state"] == "private"

    def test_what_is_missing_is_a_bad_request(self, alice: User) -> None:
        character = create_character(alice, Card("Mira"))
        where = f"/api/v2/characters/{character.pk}/publication"
        assert len(client_of(alice).get(where).json()["missing"]) == 2
        answer = client_of(alice).post(where, {}, content_type="application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_input")

    def test_errors_are_sentences(self, alice: User, hers: Character) -> None:
        with pytest.raises(CognitiaError) as refused:
            publishing.publish(alice, hers.pk, "x" * 90)
        assert refused.value.message.endswith(".")
