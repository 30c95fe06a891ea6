"""The pages, as a browser without scripts sees them."""

from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from characters.models import Character
from chats.models import Chat, Message, Role
from chats.tests.acting import send, tell
from core.jobs import Status
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]


def talk(user: User, chat: Chat, count: int) -> list[Message]:
    """That many messages and replies, oldest first."""
    said: list[Message] = []
    for number in range(count):
        sent = send(user, chat, f"Message {number}.")
        said += [sent.message, tell(sent.reply)]
    return said


class TestHome:
    def test_a_stranger_is_sent_to_sign_in(self, client: Client, db: None) -> None:
        answer = client.get("/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/account/login/?next=/")

    def test_somebody_new_gets_a_chat(self, alice: User, azera: Character, signed_in: Client) -> None:
        answer = signed_in.get("/")
        assert answer.headers["Location"] == f"/chats/{Chat.objects.get(owner=alice).id}/"
        assert signed_in.get("/").headers["Location"] == answer.headers["Location"]

    def test_without_characters_there_is_the_list(self, signed_in: Client) -> None:
        assert signed_in.get("/").headers["Location"] == "/chats/"
        assert signed_in.get("/chats/").status_code == 200


class TestList:
    def test_a_character_can_be_talked_to(self, alice: User, azera: Character, signed_in: Client) -> None:
        assert b"Azera" in signed_in.get("/chats/").content
        answer = signed_in.post("/chats/", {"character": str(azera.id)})
        assert answer.headers["Location"] == f"/chats/{Chat.objects.get().id}/"

    @pytest.mark.parametrize("character", ["", "x", "00000000-0000-0000-0000-000000000000"])
    def test_nobody_talks_to_one_that_is_not_there(self, signed_in: Client, character: str) -> None:
        assert signed_in.post("/chats/", {"character": character}).status_code == 404
        assert not Chat.objects.exists()


class TestDetail:
    def test_it_shows_what_was_said(self, alice: User, alices_chat: Chat, signed_in: Client) -> None:
        said = talk(alice, alices_chat, 2)
        page = signed_in.get(f"/chats/{alices_chat.id}/").content.decode()
        places = [page.index(f'data-message="{message.id}"') for message in said]
        assert places == sorted(places)

    def test_what_was_said_cannot_run(self, alice: User, alices_chat: Chat, signed_in: Client) -> None:
        send(alice, alices_chat, "<script>alert(1)</script>")
        page = signed_in.get(f"/chats/{alices_chat.id}/").content
        assert b"<script>alert(1)" not in page


class TestPaging:
    @pytest.fixture
    def said(self, alice: User, alices_chat: Chat, monkeypatch: pytest.MonkeyPatch) -> list[Message]:
        monkeypatch.setattr("chats.pages.messages.PAGE_MESSAGES", 4)
        return talk(alice, alices_chat, 4)

    def shown(self, browser: Client, chat: Chat, said: list[Message], **query: str) -> tuple[list[Message], str]:
        answer = browser.get(f"/chats/{chat.id}/messages/", query)
        assert answer.status_code == 200
        page = answer.content.decode()
        found = [message for message in said if f'data-message="{message.id}"' in page]
        return sorted(found, key=lambda message: page.index(str(message.id))), answer.headers["X-Older"]

    def test_the_newest_come_first(self, signed_in: Client, alices_chat: Chat, said: list[Message]) -> None:
        assert self.shown(signed_in, alices_chat, said) == (said[4:], "true")

    def test_older_ones_come_before_one(self, signed_in: Client, alices_chat: Chat, said: list[Message]) -> None:
        assert self.shown(signed_in, alices_chat, said, before=str(said[4].id)) == (said[:4], "false")
        assert self.shown(signed_in, alices_chat, said, before=str(said[5].id)) == (said[1:5], "true")

    def test_without_scripts_a_page_of_history_is_a_whole_page(
        self, signed_in: Client, alices_chat: Chat, said: list[Message]
    ) -> None:
        for query, expected, has_older in (
            ({}, said[4:], True),
            ({"before": str(said[5].id)}, said[1:5], True),
            ({"before": str(said[4].id)}, said[:4], False),
        ):
            answer = signed_in.get(f"/chats/{alices_chat.id}/", query)
            page = answer.content.decode()
            assert "</html>" in page
            assert [message for message in said if f'data-message="{message.id}"' in page] == expected
            assert ("?before=" in page) is has_older

    @pytest.mark.parametrize(("before", "status"), [("x", 400), ("00000000-0000-0000-0000-000000000000", 404)])
    def test_a_page_before_nothing_is_refused(
        self, signed_in: Client, alices_chat: Chat, before: str, status: int
    ) -> None:
        assert signed_in.get(f"/chats/{alices_chat.id}/", {"before": before}).status_code == status

    def test_before_the_first_there_is_nothing(
        self, signed_in: Client, alices_chat: Chat, said: list[Message]
    ) -> None:
        assert self.shown(signed_in, alices_chat, said, before=str(said[0].id)) == ([], "false")

    def test_newer_ones_come_after_one(self, signed_in: Client, alices_chat: Chat, said: list[Message]) -> None:
        assert self.shown(signed_in, alices_chat, said, after=str(said[5].id))[0] == said[6:]
        assert self.shown(signed_in, alices_chat, said, after=str(said[7].id))[0] == []

    @pytest.mark.parametrize("query", [{"before": "x"}, {"after": "1"}])
    def test_a_place_that_is_none_is_refused(
        self, signed_in: Client, alices_chat: Chat, said: list[Message], query: dict[str, str]
    ) -> None:
        assert signed_in.get(f"/chats/{alices_chat.id}/messages/", query).status_code == 400

    def test_one_message_can_be_shown_alone(self, signed_in: Client, alices_chat: Chat, said: list[Message]) -> None:
        answer = signed_in.get(f"/chats/{alices_chat.id}/messages/{said[3].id}/")
        assert answer.status_code == 200
        assert answer.content.count(b"data-message=") == 1


class TestSending:
    def test_a_form_sends(self, alices_chat: Chat, signed_in: Client) -> None:
        answer = signed_in.post(f"/chats/{alices_chat.id}/messages/", {"text": "Hello", "key": str(uuid4())})
        assert answer.headers["Location"] == f"/chats/{alices_chat.id}/"
        assert Message.objects.get(role=Role.USER).text == "Hello"

    def test_a_form_sent_twice_sends_once(self, alices_chat: Chat, signed_in: Client) -> None:
        fields = {"text": "Hello", "key": str(uuid4())}
        for _ in range(2):
            assert signed_in.post(f"/chats/{alices_chat.id}/messages/", fields).status_code == 302
        assert Message.objects.count() == 2

    def test_what_is_refused_keeps_the_draft_and_says_why(
        self, alices_chat: Chat, signed_in: Client, settings: Settings
    ) -> None:
        settings.LIVE_REPLIES_PER_USER = 0
        answer = signed_in.post(f"/chats/{alices_chat.id}/messages/", {"text": "My <draft>", "key": str(uuid4())})
        assert answer.status_code == 429
        assert b"My &lt;draft&gt;</textarea>" in answer.content
        assert b"replies on the way" in answer.content
        assert not Message.objects.exists()

    def test_what_is_too_long_keeps_the_draft(self, alices_chat: Chat, signed_in: Client) -> None:
        draft = "x" * 8001
        answer = signed_in.post(f"/chats/{alices_chat.id}/messages/", {"text": draft, "key": str(uuid4())})
        assert answer.status_code == 400
        assert f"{draft}</textarea>".encode() in answer.content

    def test_a_form_without_its_key_is_refused(self, alices_chat: Chat, signed_in: Client) -> None:
        assert signed_in.post(f"/chats/{alices_chat.id}/messages/", {"text": "Hello"}).status_code == 400
        assert not Message.objects.exists()

    def test_another_site_cannot_send(self, alice: User, alices_chat: Chat) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(alice)
        answer = strict.post(f"/chats/{alices_chat.id}/messages/", {"text": "Hello", "key": str(uuid4())})
        assert answer.status_code == 403
        assert not Message.objects.exists()


class TestReplies:
    def test_retry_asks_again(
        self, alice: User, alices_chat: Chat, signed_in: Client, text_engine: ScriptedBackend
    ) -> None:
        text_engine.fail("no")
        failed = tell(send(alice, alices_chat).reply)
        url = f"/chats/{alices_chat.id}/replies/{failed.id}/retry/"
        answer = signed_in.post(url, headers={"Accept": "application/json"})
        assert answer.status_code == 202
        assert Message.objects.get(id=answer.json()["reply_id"]).parent_id == failed.parent_id
        again = signed_in.post(url, headers={"Accept": "application/json"})
        assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")

    def test_cancel_stops(self, alice: User, alices_chat: Chat, signed_in: Client) -> None:
        reply = send(alice, alices_chat).reply
        assert signed_in.post(f"/chats/{alices_chat.id}/replies/{reply.id}/cancel/").status_code == 302
        reply.refresh_from_db()
        assert reply.status == Status.CANCELLED

    @pytest.mark.parametrize("verb", ["retry", "cancel"])
    def test_looking_changes_nothing(self, alice: User, alices_chat: Chat, signed_in: Client, verb: str) -> None:
        reply = send(alice, alices_chat).reply
        assert signed_in.get(f"/chats/{alices_chat.id}/replies/{reply.id}/{verb}/").status_code == 405
        reply.refresh_from_db()
        assert reply.status == Status.QUEUED
