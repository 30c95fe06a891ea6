"""Coloured words: their page, what they are put on, and the filter above the chats."""

import contextlib
from functools import partial
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from characters import texts
from characters.actions import tags
from characters.actions.characters import create_character
from characters.actions.tags import TagChanges
from characters.cards.card import Card
from characters.models import Character, Tag
from chats.actions import settings as chat_settings
from chats.actions import starting
from chats.models import Chat
from chats.tests.acting import at_once
from core.errors import BadInput, Conflict, LimitReached

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def work(alice: User) -> Tag:
    return tags.create_tag(alice, "Work", 210)


@pytest.fixture
def mira(alice: User) -> Character:
    return create_character(alice, Card("Mira"))


class TestPage:
    def test_a_tag_is_made_changed_and_deleted(self, alice: User, signed_in: Client) -> None:
        assert b"No tags yet" in signed_in.get("/tags/").content
        assert signed_in.post("/tags/", {"name": "  Story   night "}).headers["Location"] == "/tags/"
        made = Tag.objects.get(owner=alice)
        assert made.name == "Story night"
        signed_in.post(f"/tags/{made.id}/", {"name": "Story", "hue": "12"})
        made.refresh_from_db()
        assert (made.name, made.hue) == ("Story", 12)
        signed_in.post(f"/tags/{made.id}/delete/")
        assert not Tag.objects.exists()

    def test_it_says_how_much_has_it(
        self, alice: User, alices_chat: Chat, mira: Character, work: Tag, signed_in: Client
    ) -> None:
        chat_settings.tag_chat(alice, alices_chat.id, [work.id])
        tags.tag_character(alice, mira.id, [work.id])
        assert "1 chat · 1 character" in signed_in.get("/tags/").content.decode()

    @pytest.mark.parametrize("name", ["WORK", " work ", "", "x" * 41, "a\0b"])
    def test_what_is_refused_says_why_and_keeps_the_words(self, work: Tag, signed_in: Client, name: str) -> None:
        answer = signed_in.post("/tags/", {"name": name})
        assert answer.status_code in {400, 409}
        assert b'role="alert"' in answer.content
        assert Tag.objects.count() == 1

    def test_two_tags_are_never_called_the_same(self, alice: User, work: Tag, signed_in: Client) -> None:
        other = tags.create_tag(alice, "Play")
        answer = signed_in.post(f"/tags/{other.id}/", {"name": "wORK"})
        assert answer.status_code == 409
        assert "You have a tag called “Work” already." in answer.content.decode()
        assert 'value="wORK"' in answer.content.decode()
        assert tags.change_tag(alice, work.id, TagChanges(name="WORK")).name == "WORK"

    @pytest.mark.django_db(transaction=True)
    def test_asked_for_in_the_same_moment_one_is_made(self, alice: User) -> None:
        outcomes = at_once([partial(tags.create_tag, alice, name) for name in ("Work", "work", "WORK", "wORk")])
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3
        assert Tag.objects.count() == 1

    def test_fifty_are_enough(self, alice: User, signed_in: Client) -> None:
        for number in range(50):
            tags.create_tag(alice, f"{number}")
        assert len(set(Tag.objects.values_list("hue", flat=True))) == 50
        with pytest.raises(LimitReached):
            tags.create_tag(alice, "51")
        assert signed_in.post("/tags/", {"name": "51"}).status_code == 429

    def test_alices_are_nothing_to_charlie(self, charlie: User, work: Tag, client: Client) -> None:
        client.force_login(charlie)
        assert b"Work" not in client.get("/tags/").content
        assert client.post(f"/tags/{work.id}/", {"name": "Mine"}).status_code == 404
        assert client.post(f"/tags/{work.id}/delete/").status_code == 404
        assert client.post("/tags/", {"name": "Work"}).status_code == 302
        work.refresh_from_db()
        assert work.name == "Work"


@given(name=st.text(max_size=60))
def test_any_name_is_one_line_or_refused(name: str) -> None:
    with contextlib.suppress(BadInput):
        line = texts.line(name, "Name", 40)
        assert line == " ".join(line.split())
        assert 0 < len(line) <= 40
        assert line.encode()


class TestOnACharacter:
    def test_it_has_what_is_ticked_and_a_new_one(
        self, alice: User, mira: Character, work: Tag, signed_in: Client
    ) -> None:
        url = f"/characters/{mira.id}/tags/"
        answer = signed_in.post(url, {"tag": str(work.id), "new": "Story"}, headers={"Accept": "application/json"})
        assert [tag["name"] for tag in answer.json()["tags"]] == ["Story", "Work"]
        assert signed_in.post(url, {"new": "story"}).headers["Location"] == "/characters/yours/"
        assert [tag.name for tag in mira.tags.all()] == ["Story"]
        assert Tag.objects.count() == 2

    def test_a_name_that_is_refused_changes_nothing(
        self, alice: User, mira: Character, work: Tag, signed_in: Client
    ) -> None:
        tags.tag_character(alice, mira.id, [work.id])
        assert signed_in.post(f"/characters/{mira.id}/tags/", {"new": "x" * 41}).status_code == 400
        assert [tag.name for tag in mira.tags.all()] == ["Work"]

    def test_only_ones_own_on_ones_own(
        self, alice: User, charlie: User, mira: Character, azera: Character, work: Tag, signed_in: Client
    ) -> None:
        theirs = tags.create_tag(charlie, "Theirs")
        for character, tag in ((azera, work), (mira, theirs)):
            answer = signed_in.post(f"/characters/{character.id}/tags/", {"tag": str(tag.id)})
            assert answer.status_code == 404
        assert signed_in.post(f"/characters/{mira.id}/tags/", {"tag": "x"}).status_code == 404
        signed_in.force_login(charlie)
        assert signed_in.post(f"/characters/{mira.id}/tags/", {"tag": str(theirs.id)}).status_code == 404
        assert not Tag.objects.filter(characters__isnull=False).exists()


class TestOnAChat:
    def test_the_menu_puts_it_on_and_takes_it_off(
        self, alice: User, alices_chat: Chat, work: Tag, signed_in: Client
    ) -> None:
        url = f"/chats/{alices_chat.id}/tags/"
        assert signed_in.post(url, {"tag": str(work.id)}).headers["Location"] == f"/chats/{alices_chat.id}/"
        page = signed_in.get(f"/chats/{alices_chat.id}/").content.decode()
        assert f'value="{work.id}" checked' in page
        assert f'data-dot="{work.id}"' in page
        assert signed_in.post(url, headers={"Accept": "application/json"}).status_code == 204
        assert not alices_chat.tags.exists()
        assert "data-dot" not in signed_in.get(f"/chats/{alices_chat.id}/").content.decode()

    def test_the_filter_shows_only_chats_that_have_it(
        self, alice: User, alices_chat: Chat, azera: Character, work: Tag, signed_in: Client
    ) -> None:
        other = starting.start_chat(alice, azera)
        chat_settings.tag_chat(alice, alices_chat.id, [work.id])
        page = signed_in.get("/chats/", {"tag": str(work.id)}).content.decode()
        assert f'data-chat-row="{alices_chat.id}"' in page
        assert f'data-chat-row="{other.id}"' not in page
        assert 'aria-current="true"' in page
        whole = signed_in.get("/chats/").content.decode()
        assert f'data-chat-row="{other.id}"' in whole
        assert f'href="/chats/?tag={work.id}"' in whole

    def test_a_tag_without_chats_is_no_filter(self, work: Tag, signed_in: Client) -> None:
        assert f"?tag={work.id}" not in signed_in.get("/chats/").content.decode()

    def test_somebody_elses_is_no_tag(self, alice: User, charlie: User, alices_chat: Chat, signed_in: Client) -> None:
        theirs = tags.create_tag(charlie, "Theirs")
        for tag in (str(theirs.id), str(uuid4()), "x"):
            assert signed_in.post(f"/chats/{alices_chat.id}/tags/", {"tag": tag}).status_code == 404
            assert signed_in.get("/chats/", {"tag": tag}).status_code == 404
        assert not alices_chat.tags.exists()

    def test_deleting_the_tag_leaves_the_chat(
        self, alice: User, alices_chat: Chat, work: Tag, signed_in: Client
    ) -> None:
        chat_settings.tag_chat(alice, alices_chat.id, [work.id])
        signed_in.post(f"/tags/{work.id}/delete/")
        assert signed_in.get(f"/chats/{alices_chat.id}/").status_code == 200
