"""The REST door to chats, and to the tree of their messages."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client

from accounts.models import User
from characters.models import Character
from chats.actions import starting
from chats.models import Chat, Message
from chats.tests.acting import send, tell
from core.jobs import Status
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db", "text_engine")]
CHATS = "/api/v2/chats"
Answer = dict[str, Any]


def call(browser: Client, verb: str, path: str, body: Mapping[str, object] | None = None, status: int = 200) -> Answer:
    answer = getattr(browser, verb)(path, json.dumps(body or {}), content_type="application/json")
    assert answer.status_code == status, answer.content
    return dict(answer.json()) if answer.content else {}


@pytest.fixture
def reply(alice: User, alices_chat: Chat) -> Message:
    return tell(send(alice, alices_chat, "First").reply)


class TestChats:
    def test_one_is_begun_with_its_characters(self, signed_in: Client, azera: Character) -> None:
        areza = Character.objects.get(name="Areza")
        body = {"characters": [str(azera.id), str(areza.id)], "title": "Two of them"}
        made = call(signed_in, "post", CHATS, body, 201)
        assert (made["title"], made["characters"]) == ("Two of them", [str(azera.id), str(areza.id)])
        assert signed_in.get(f"{CHATS}/{made['id']}").json() == made

    def test_a_chat_without_a_character_is_refused(self, signed_in: Client) -> None:
        bodies: list[dict[str, object]] = [{}, {"characters": []}, {"characters": ["x"]}]
        for body in bodies:
            assert call(signed_in, "post", CHATS, body, 400)["error"]["code"] == "bad_input"
        call(signed_in, "post", CHATS, {"characters": [str(uuid4())]}, 404)
        assert not Chat.objects.exists()

    def test_they_are_listed_a_page_at_a_time_with_what_is_unread(
        self, alice: User, signed_in: Client, azera: Character, reply: Message
    ) -> None:
        newest = starting.start_chat(alice, azera)
        first = signed_in.get(CHATS, {"limit": "1"}).json()
        assert [one["id"] for one in first["chats"]] == [str(newest.id)]
        second = signed_in.get(CHATS, {"limit": "1", "after": first["after"]}).json()
        assert [(one["id"], one["unread"]) for one in second["chats"]] == [(str(reply.chat_id), 1)]
        assert second["after"] is None

    def test_what_is_named_changes_and_the_rest_stays(self, signed_in: Client, alices_chat: Chat) -> None:
        one = f"{CHATS}/{alices_chat.id}"
        call(signed_in, "patch", one, {"temperature": 0.5, "note": "It rains."})
        changed = call(signed_in, "patch", one, {"title": "Rain", "temperature": None})
        assert (changed["title"], changed["note"], changed["temperature"]) == ("Rain", "It rains.", None)
        assert call(signed_in, "patch", one, {"top_p": 7}, 400)["error"]["code"] == "bad_input"
        assert call(signed_in, "patch", one, {"model": "none such"}, 400)["error"]["code"] == "bad_input"

    def test_where_one_change_cannot_be_made_none_is(self, signed_in: Client, alices_chat: Chat) -> None:
        one = f"{CHATS}/{alices_chat.id}"
        call(signed_in, "patch", one, {"title": "Rain", "note": "It rains.", "persona_id": str(uuid4())}, 404)
        found = signed_in.get(one).json()
        assert (found["title"], found["note"]) == ("", "")

    def test_what_is_deleted_can_be_had_back(self, signed_in: Client, alices_chat: Chat) -> None:
        one = f"{CHATS}/{alices_chat.id}"
        call(signed_in, "delete", one, status=204)
        assert signed_in.get(one).status_code == 404
        assert call(signed_in, "post", f"{one}/restore")["id"] == str(alices_chat.id)
        assert signed_in.get(one).status_code == 200


class TestMessages:
    def test_pages_lead_up_and_down_the_shown_path(self, alice: User, signed_in: Client, reply: Message) -> None:
        for number in range(3):
            tell(send(alice, reply.chat, f"More {number}").reply)
        path = f"{CHATS}/{reply.chat_id}/messages"
        newest = signed_in.get(path, {"limit": "2"}).json()
        assert (len(newest["messages"]), newest["has_older"], newest["has_newer"]) == (2, True, False)
        older = signed_in.get(path, {"limit": "4", "before": newest["messages"][0]["id"]}).json()
        assert [one["text"] for one in older["messages"]][::2] == ["More 0", "More 1"]
        newer = signed_in.get(path, {"limit": "2", "after": str(reply.id)}).json()
        assert (newer["messages"][0]["text"], newer["has_newer"]) == ("More 0", True)
        assert signed_in.get(f"/api/v2/history/{reply.chat_id}").json()["messages"][0]["text"] == "First"

    def test_a_reply_is_written_again_continued_and_chosen(
        self, signed_in: Client, reply: Message, text_engine: ScriptedBackend
    ) -> None:
        text_engine.script("Another")
        again = call(signed_in, "post", f"/api/v2/replies/{reply.id}/retry", status=202)["reply_id"]
        tell(Message.objects.get(id=again))
        text_engine.script(" one.")
        longer = call(signed_in, "post", f"/api/v2/replies/{again}/continue", status=202)["reply_id"]
        assert tell(Message.objects.get(id=longer)).text == "Another one."
        call(signed_in, "post", f"/api/v2/messages/{reply.id}/select")
        assert Chat.objects.get(id=reply.chat_id).leaf_id == reply.id

    def test_a_key_makes_asking_twice_the_same(self, signed_in: Client, reply: Message) -> None:
        key = {"Idempotency-Key": str(uuid4())}
        both = [signed_in.post(f"/api/v2/replies/{reply.id}/retry", headers=key).json()["reply_id"] for _ in range(2)]
        assert both[0] == both[1]
        bad = signed_in.post(f"/api/v2/replies/{reply.id}/retry", headers={"Idempotency-Key": "x"})
        assert bad.status_code == 400

    def test_an_edit_stands_beside_what_it_says_otherwise(self, signed_in: Client, reply: Message) -> None:
        assert reply.parent_id is not None
        edited = call(signed_in, "post", f"/api/v2/messages/{reply.parent_id}/edit", {"text": "Otherwise"}, 202)
        shown = signed_in.get(f"/api/v2/messages/{edited['message_id']}").json()
        assert (shown["text"], shown["edited_from_id"]) == ("Otherwise", str(reply.parent_id))
        assert signed_in.get(f"/api/v2/messages/{reply.parent_id}").json()["text"] == "First"

    def test_what_is_deleted_comes_back_whole(self, signed_in: Client, reply: Message) -> None:
        gone = call(signed_in, "delete", f"/api/v2/messages/{reply.parent_id}")
        assert gone["messages"] == 2
        assert signed_in.get(f"/api/v2/messages/{reply.id}").status_code == 404
        call(signed_in, "post", f"/api/v2/trash/{gone['trash_id']}/restore", status=204)
        assert signed_in.get(f"/api/v2/messages/{reply.id}").status_code == 200

    def test_it_is_bookmarked_and_hidden(self, signed_in: Client, reply: Message) -> None:
        one = f"/api/v2/messages/{reply.id}"
        call(signed_in, "put", f"{one}/bookmark", {"name": "Here"})
        assert reply.bookmarks.get().name == "Here"
        call(signed_in, "delete", f"{one}/bookmark", status=204)
        assert not reply.bookmarks.exists()
        assert call(signed_in, "put", f"{one}/hidden", {"hidden": True})["is_hidden"] is True

    def test_a_branch_begins_at_a_message(self, alice: User, signed_in: Client, reply: Message) -> None:
        tell(send(alice, reply.chat, "Second").reply)
        call(signed_in, "post", f"/api/v2/messages/{reply.id}/branch")
        assert Chat.objects.get(id=reply.chat_id).leaf_id == reply.id


@pytest.mark.usefixtures("web_process")
class TestStreams:
    @pytest.fixture
    async def browser(self, alice: User) -> AsyncClient:
        browser = AsyncClient()
        await browser.aforce_login(alice)
        return browser

    @pytest.fixture
    def told(self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> Message:
        text_engine.script("One. T", "wo! Thr", "ee")
        return tell(send(alice, alices_chat).reply)

    async def lines(self, browser: AsyncClient, path: str, **headers: str) -> list[str]:
        answer = await browser.get(path, headers=headers)
        assert isinstance(answer, StreamingHttpResponse)
        return b"".join([part async for part in aiter(answer)]).decode().splitlines()

    async def test_sentences_are_told_whole_and_counted(self, browser: AsyncClient, told: Message) -> None:
        lines = await self.lines(browser, f"/api/v2/replies/{told.id}/sentences")
        said = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
        assert [one["text"] for one in said[:-1]] == ["One.", "Two!", "Three"]
        assert said[-1]["status"] == Status.DONE

    async def test_they_go_on_after_the_last_one_heard(self, browser: AsyncClient, told: Message) -> None:
        lines = await self.lines(browser, f"/api/v2/replies/{told.id}/sentences", **{"Last-Event-ID": "2"})
        said = [line for line in lines if line.startswith("data: ")]
        assert json.loads(said[0][6:]) == {"text": "Three"}

    async def test_lines_are_the_log_as_json(self, browser: AsyncClient, told: Message) -> None:
        entries = [json.loads(line) for line in await self.lines(browser, f"/api/v2/replies/{told.id}/lines")]
        assert "".join(entry.get("text", "") for entry in entries) == told.text
        assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
        assert entries[-1]["type"] == "done"
