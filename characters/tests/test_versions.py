"""The shelf of one's own characters, and what each said before."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from characters.access import get_draft_for
from characters.actions.characters import create_character, restore_version, save_card
from characters.actions.editing import keep_draft
from characters.cards.card import Card, with_changes
from characters.cards.extras import Extras, with_extras
from characters.edits import edit_of
from characters.models import Character, Publication, Submission, Tag
from characters.tests.writing import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira(alice: User) -> Character:
    return create_character(
        alice, with_extras(Card("Mira", description="# Mira\n\nantique words"), Extras("Keeper.", 248))
    )


@pytest.fixture
def page(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def edited(owner: User, character: Character, description: str) -> Character:
    character.refresh_from_db()
    assert character.version is not None
    save_card(owner, character.id, with_changes(character.card, description=description), character.version.number)
    return Character.objects.get(id=character.id)


class TestVersions:
    def test_all_are_listed_the_newest_first(self, page: Client, alice: User, mira: Character) -> None:
        edited(alice, mira, "# Mira\n\nnew words")
        said = page.get(address("versions", mira)).content.decode()
        assert said.index("Version 2") < said.index("Version 1")

    def test_one_is_shown_with_what_differs_from_the_one_before(
        self, page: Client, alice: User, mira: Character
    ) -> None:
        edited(alice, mira, "# Mira\n\nnew words")
        edited(alice, mira, "# Mira\n\nnew letters")
        said = page.get(address("version", mira, 3)).content.decode()
        assert "letters</ins>" in said
        assert "words</del>" in said
        assert "antique" not in said[said.index("<main") :]
        against = page.get(address("version", mira, 3), {"against": "1"}).content.decode()
        assert "antique words</del>" in against

    def test_the_first_is_compared_with_nothing(self, page: Client, mira: Character) -> None:
        answer = page.get(address("version", mira, 1))
        assert "What it began with" in answer.content.decode()

    @pytest.mark.parametrize("number", [2, 0])
    def test_a_number_that_never_was_is_nothing(self, page: Client, mira: Character, number: int) -> None:
        assert page.get(address("version", mira, number)).status_code == 404
        assert page.post(address("restore", mira, number)).status_code == 404
        assert page.get(address("version", mira, 1), {"against": "9"}).status_code == 404

    def test_an_earlier_one_comes_back_as_the_newest(self, page: Client, alice: User, mira: Character) -> None:
        edited(alice, mira, "# Mira\n\nnew words")
        assert page.post(address("restore", mira, 1)).status_code == 302
        back = Character.objects.get(id=mira.id)
        assert (back.card.description, back.versions.count()) == ("# Mira\n\nantique words", 3)

    def test_a_hostile_text_is_only_a_text(self, page: Client, alice: User, mira: Character) -> None:
        edited(alice, mira, "<script>alert(1)</script><ins>")
        said = page.get(address("version", mira, 2)).content.decode()
        assert "<script>alert" not in said
        assert "&lt;script&gt;" in said


def test_going_back_keeps_what_is_being_written(alice: User) -> None:
    mira = create_character(alice, Card("Mira", description="One."))
    save_card(alice, mira.id, Card("Mira", description="Two."), 1)
    edit = edit_of(Card("Mira", description="Three."))
    keep_draft(alice, mira.id, edit, 2)
    restore_version(alice, mira.id, 1)
    draft = get_draft_for(alice, mira.id)
    assert draft is not None
    assert (draft.card.description, draft.base.number) == ("Three.", 2)


class TestYours:
    def test_only_ones_own_are_there(self, page: Client, mira: Character, charlie: User, azera: Character) -> None:
        create_character(charlie, Card("Secret"))
        said = page.get("/characters/yours/").content.decode()
        assert "Mira" in said
        assert "Keeper." in said
        assert "Secret" not in said
        assert "Azera" not in said

    def test_an_empty_shelf_says_how_to_fill_it(self, page: Client) -> None:
        assert "Nobody here yet" in page.get("/characters/yours/").content.decode()

    def test_a_name_is_found(self, page: Client, mira: Character, alice: User) -> None:
        create_character(alice, Card("Osei"))
        said = page.get("/characters/yours/", {"q": "mIR"}).content.decode()
        assert "Keeper." in said
        assert "Osei" not in said
        assert "None of yours" in page.get("/characters/yours/", {"q": "zzz"}).content.decode()

    def test_a_tag_of_theirs_sorts_them(self, page: Client, mira: Character, alice: User, charlie: User) -> None:
        create_character(alice, Card("Osei"))
        tag = Tag.objects.create(owner=alice, name="Story")
        theirs = Tag.objects.create(owner=charlie, name="Hidden")
        mira.tags.add(tag)
        said = page.get("/characters/yours/", {"tag": str(tag.id)}).content.decode()
        assert "Keeper." in said
        assert "Osei" not in said
        assert "Hidden" not in page.get("/characters/yours/", {"tag": str(theirs.id)}).content.decode()
        assert page.get("/characters/yours/", {"tag": "no tag"}).status_code == 200

    @pytest.mark.parametrize(
        ("state", "listed", "label"),
        [
            (Submission.State.PENDING, False, "Waiting for a moderator"),
            (Submission.State.REJECTED, False, "Not approved"),
            (Submission.State.APPROVED, True, "Published"),
            (Submission.State.WITHDRAWN, False, "Private"),
        ],
    )
    def test_each_says_how_it_stands(
        self, page: Client, alice: User, mira: Character, state: Submission.State, listed: bool, label: str
    ) -> None:
        public = Publication.objects.create(
            owner=alice, character=mira, author="Alice", version=mira.version, is_listed=listed
        )
        assert mira.version is not None
        Submission.objects.create(owner=alice, publication=public, version=mira.version, state=state)
        assert page.get("/characters/yours/").context["characters"][0].state_label == label

    def test_a_deleted_one_can_be_brought_back(self, page: Client, mira: Character) -> None:
        gone = page.post(address("delete", mira), follow=True).content.decode()
        assert "Mira is deleted." in gone
        assert "Nobody here yet" in gone
        assert "Keeper." in page.post(address("undelete", mira), follow=True).content.decode()

    def test_the_shelf_takes_as_many_queries_for_ten_as_for_one(
        self, page: Client, alice: User, mira: Character, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(9):
            create_character(alice, Card(f"Mira {number}"))
        with django_assert_max_num_queries(16):
            page.get("/characters/yours/")
