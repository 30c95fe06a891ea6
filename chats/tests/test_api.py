"""The REST door, and its server-sent events."""

import json
from uuid import uuid4

import pytest
from django.test import AsyncClient, Client
from pytest_django import Settings

from accounts.models import User
from characters.models import Character
from chats import turns
from chats.actions import starting
from chats.models import Chat, Message
from chats.tests.acting import send, tell
from core.database import in_thread
from core.redis import client as redis_client
from core.streams.scripts import Keys
from inference.testing import ScriptedBackend

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("text_engine", "redis_db"),
]


def post(client: Client, chat: Chat, body: object, **headers: str) -> tuple[int, dict[str, object]]:
    answer = client.post(
        f"/api/v2/chats/{chat.id}/messages", json.dumps(body), content_type="application/json", headers=headers
    )
    return answer.status_code, answer.json()


class TestMessages:
    def test_a_message_is_accepted(self, signed_in: Client, alices_chat: Chat) -> None:
        status, answer = post(signed_in, alices_chat, {"text": "Hello"})
        reply = Message.objects.get(id=str(answer["reply_id"]))
        assert (status, answer["status"]) == (202, "queued")
        assert str(reply.parent_id) == answer["message_id"]

    def test_the_same_key_is_the_same_message(self, signed_in: Client, alices_chat: Chat) -> None:
        key = str(uuid4())
        first = post(signed_in, alices_chat, {"text": "Hello"}, **{"Idempotency-Key": key})
        assert post(signed_in, alices_chat, {"text": "Hello"}, **{"Idempotency-Key": key}) == first
        status, answer = post(signed_in, alices_chat, {"text": "Other"}, **{"Idempotency-Key": key})
        assert (status, answer["error"]["code"]) == (409, "conflict")  # type: ignore[index]
        assert Message.objects.count() == 2

    @pytest.mark.parametrize(
        "body", [{}, {"text": None}, {"text": ["a"]}, {"text": "  "}, {"text": "a\0b"}, [], "x", 5]
    )
    def test_what_is_no_message_is_refused_in_one_shape(
        self, signed_in: Client, alices_chat: Chat, body: object
    ) -> None:
        status, answer = post(signed_in, alices_chat, body)
        assert (status, set(answer)) == (400, {"error"})
        assert set(answer["error"]) == {"code", "message", "details"}  # type: ignore[call-overload]
        assert answer["error"]["code"] == "bad_input"  # type: ignore[index]
        assert not Message.objects.exists()

    def test_what_is_no_json_is_refused_in_one_shape(self, signed_in: Client, alices_chat: Chat) -> None:
        url = f"/api/v2/chats/{alices_chat.id}/messages"
        answer = signed_in.post(url, "{", content_type="application/json")
        assert (answer.status_code, set(answer.json()["error"])) == (400, {"code", "message", "details"})

    def test_a_key_that_is_none_is_refused(self, signed_in: Client, alices_chat: Chat) -> None:
        status, answer = post(signed_in, alices_chat, {"text": "Hello"}, **{"Idempotency-Key": "mine"})
        assert (status, answer["error"]["code"]) == (400, "bad_input")  # type: ignore[index]

    def test_the_limit_says_when_to_come_back(self, signed_in: Client, alices_chat: Chat, settings: Settings) -> None:
        settings.LIVE_REPLIES_PER_USER = 0
        url = f"/api/v2/chats/{alices_chat.id}/messages"
        answer = signed_in.post(url, {"text": "Hello"}, content_type="application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "limit_reached")
        assert int(answer.headers["Retry-After"]) > 0

    def test_the_newest_are_listed_oldest_first_and_older_ones_before_one(
        self, alice: User, signed_in: Client, alices_chat: Chat
    ) -> None:
        for number in range(3):
            tell(send(alice, alices_chat, f"Hello {number}").reply)
        url = f"/api/v2/chats/{alices_chat.id}/messages"
        listed = signed_in.get(url).json()["messages"]
        assert [message["text"] for message in listed[::2]] == ["Hello 0", "Hello 1", "Hello 2"]
        older = signed_in.get(url, {"before": listed[2]["id"]}).json()["messages"]
        assert older == listed[:2]

    def test_another_site_cannot_send(self, alice: User, alices_chat: Chat) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(alice)
        status, answer = post(strict, alices_chat, {"text": "Hello"})
        assert (status, set(answer["error"])) == (403, {"code", "message", "details"})  # type: ignore[call-overload]
        assert not Message.objects.exists()


class TestReply:
    def test_it_can_be_read_and_stopped(self, alice: User, signed_in: Client, alices_chat: Chat) -> None:
        reply = send(alice, alices_chat).reply
        assert signed_in.post(f"/api/v2/replies/{reply.id}/cancel").status_code == 202
        answer = signed_in.get(f"/api/v2/replies/{reply.id}").json()
        assert (answer["id"], answer["status"]) == (str(reply.id), "cancelled")

    def test_nothing_about_it_can_be_written(self, alice: User, signed_in: Client, alices_chat: Chat) -> None:
        reply = tell(send(alice, alices_chat).reply)
        for verb in (signed_in.put, signed_in.patch, signed_in.delete, signed_in.post):
            answer = verb(f"/api/v2/replies/{reply.id}", {"text": "mine"}, content_type="application/json")
            assert answer.status_code == 405
            assert set(answer.json()["error"]) == {"code", "message", "details"}
        text = reply.text
        reply.refresh_from_db()
        assert reply.text == text

    def test_what_is_not_there_is_a_404_in_the_same_shape(self, signed_in: Client) -> None:
        for url in (f"/api/v2/replies/{uuid4()}", "/api/v2/nonesuch", "/api/v2/replies/x"):
            answer = signed_in.get(url)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


Event = tuple[int, str, dict[str, str | int]]


def parse(stream: bytes) -> list[Event]:
    events = []
    for block in stream.decode().split("\n\n")[:-1]:
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        events.append((int(lines["id"]), lines["event"], json.loads(lines["data"])))
    return events


@pytest.mark.usefixtures("web_process")
class TestEvents:
    @pytest.fixture
    async def reply(self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> Message:
        text_engine.script("One\n\n", "Two")
        reply = (await in_thread(send)(alice, alices_chat)).reply
        await in_thread(turns.run_turn)(reply.id)
        return reply

    @pytest.fixture
    async def browser(self, alice: User) -> AsyncClient:
        browser = AsyncClient()
        await browser.aforce_login(alice)
        return browser

    async def events(self, browser: AsyncClient, reply: Message, **headers: str) -> list[Event]:
        answer = await browser.get(f"/api/v2/replies/{reply.id}/events", headers=headers)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")
        assert answer.headers["X-Accel-Buffering"] == "no"
        return parse(b"".join([part async for part in answer.streaming_content]))  # type: ignore[attr-defined]

    async def test_they_are_the_log(self, browser: AsyncClient, reply: Message) -> None:
        heard = await self.events(browser, reply)
        assert [seq for seq, _, _ in heard] == list(range(1, len(heard) + 1))
        assert heard[0] == (1, "start", {"attempt": 1})
        assert "".join(str(fields["text"]) for _, kind, fields in heard if kind == "delta") == "One\n\nTwo"
        kind, fields = heard[-1][1:]
        assert (kind, fields["status"], fields["code"], fields["message_id"]) == ("done", "done", "", str(reply.id))
        # A message costs a little of the energy that everybody begins with.
        assert (fields["mood"], fields["mood_value"], fields["energy"]) == ("neutral", 0.5, 0.67)

    async def test_they_go_on_after_the_last_one_heard(self, browser: AsyncClient, reply: Message) -> None:
        whole = await self.events(browser, reply)
        for seq in range(1, len(whole)):
            assert await self.events(browser, reply, **{"Last-Event-ID": str(seq)}) == whole[seq:]
        answer = await browser.get(f"/api/v2/replies/{reply.id}/events?after=1")
        assert parse(b"".join([part async for part in answer.streaming_content])) == whole[1:]  # type: ignore[attr-defined]

    async def test_without_a_log_the_row_tells_it(self, browser: AsyncClient, reply: Message) -> None:
        redis_client().delete(Keys.of(reply.id).log)
        (_, gap, fields), (_, done, _) = await self.events(browser, reply)
        assert (gap, fields["text"], done) == ("gap", "One\n\nTwo", "done")

    @pytest.mark.parametrize("place", ["-1", "x", "1.5", "9" * 13, "٣"])
    async def test_a_place_that_is_none_is_refused(self, browser: AsyncClient, reply: Message, place: str) -> None:
        answer = await browser.get(f"/api/v2/replies/{reply.id}/events", {"after": place})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_input")

    async def test_a_stranger_hears_nothing(self, charlie: User, reply: Message) -> None:
        nobody, stranger = AsyncClient(), AsyncClient()
        await stranger.aforce_login(charlie)
        assert (await nobody.get(f"/api/v2/replies/{reply.id}/events")).status_code == 401
        theirs = await stranger.get(f"/api/v2/replies/{reply.id}/events")
        nobodys = await stranger.get(f"/api/v2/replies/{uuid4()}/events")
        assert (theirs.status_code, theirs.content) == (nobodys.status_code, nobodys.content)
        assert theirs.status_code == 404


def test_a_chat_of_charlies_own_does_not_open_alices_messages(
    alice: User, charlie: User, alices_chat: Chat, azera: Character, client: Client
) -> None:
    sent = send(alice, alices_chat)
    client.force_login(charlie)
    own = starting.start_chat(charlie, azera)
    answer = client.get(f"/api/v2/chats/{own.id}/messages", {"before": str(sent.message.id)})
    assert answer.status_code == 404
