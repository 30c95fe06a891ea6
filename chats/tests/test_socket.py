"""The socket of one chat's page, on the application that serves it."""

import asyncio
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from accounts.models import User
from characters.models import Character
from chats import consumers, flow, turns
from chats.actions import starting
from chats.models import Chat, Message
from chats.tests.acting import send
from chats.tests.sockets import socket
from core.database import in_thread
from core.jobs import Status
from core.redis import client
from core.tests.waiting import until_async
from inference.testing import ScriptedBackend, scripted_text

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("text_engine", "redis_db", "web_process"),
]


async def a_turn(reply_id: UUID) -> None:
    await in_thread(turns.run_turn)(reply_id)


class TestConnecting:
    async def test_the_first_frame_says_what_there_is(self, alice: User, alices_chat: Chat) -> None:
        sent = await in_thread(send)(alice, alices_chat)
        async with socket(alice, alices_chat.id) as page:
            assert await page.hear("chat.state", "message.created", "ping") == {
                "type": "chat.state",
                "last_message_id": str(sent.reply.id),
                "live": [str(sent.reply.id)],
            }

    async def test_a_new_chat_has_nothing(self, alice: User, alices_chat: Chat) -> None:
        async with socket(alice, alices_chat.id) as page:
            state = await page.hear("chat.state")
            assert (state["last_message_id"], state["live"]) == (None, [])

    async def test_without_a_session_it_is_signed_out(self, alices_chat: Chat) -> None:
        async with socket(None, alices_chat.id) as page:
            assert await page.closed() == consumers.SIGNED_OUT == 4401

    async def test_a_closed_account_is_signed_out(self, alice: User, alices_chat: Chat) -> None:
        await in_thread(User.objects.filter(id=alice.id).update)(is_active=False)
        async with socket(None, alices_chat.id) as page:
            assert await page.closed() == 4401

    async def test_a_foreign_page_is_refused(self, alice: User, alices_chat: Chat) -> None:
        with pytest.raises(ConnectionRefusedError):
            async with socket(alice, alices_chat.id, origin="https://evil.example"):
                pass

    async def test_a_page_without_an_origin_is_refused(self, alice: User, alices_chat: Chat) -> None:
        with pytest.raises(ConnectionRefusedError):
            async with socket(alice, alices_chat.id, origin=None):
                pass


class TestSending:
    async def test_a_message_is_accepted_under_its_key(self, alice: User, alices_chat: Chat) -> None:
        key = str(uuid4())
        async with socket(alice, alices_chat.id) as page:
            await page.send({"type": "message.send", "key": key, "text": "Hello"})
            accepted = await page.hear("message.accepted")
            await page.send({"type": "message.send", "key": key, "text": "Hello"})
            assert await page.hear("message.accepted") == accepted
        reply = await in_thread(Message.objects.get)(id=accepted["reply_ids"][0])
        assert (accepted["key"], accepted["message_id"]) == (key, str(reply.parent_id))

    async def test_a_message_that_cannot_be_stored_is_refused_under_its_key(
        self, alice: User, alices_chat: Chat, settings: Settings
    ) -> None:
        settings.LIVE_REPLIES_PER_USER = 0
        async with socket(alice, alices_chat.id) as page:
            for text, code in (("  ", "bad_input"), ("\ud800", "bad_input"), ("Hello", "limit_reached")):
                key = str(uuid4())
                await page.send({"type": "message.send", "key": key, "text": text})
                refused = await page.hear("message.refused", "message.accepted")
                assert (refused["key"], refused["error"]["code"]) == (key, code)
                assert set(refused["error"]) == {"code", "message", "details"}
        assert not await in_thread(Message.objects.exists)()

    async def test_the_other_tab_gets_a_hint(self, alice: User, alices_chat: Chat) -> None:
        async with socket(alice, alices_chat.id) as first, socket(alice, alices_chat.id) as second:
            await first.hear("chat.state")
            await second.hear("chat.state")
            await first.send({"type": "message.send", "key": str(uuid4()), "text": "Hello"})
            accepted = await first.hear("message.accepted")
            hint = await second.hear("message.created")
            assert (hint["message_id"], hint["reply_ids"][0]) == (accepted["message_id"], accepted["reply_ids"][0])


class TestFollowing:
    async def test_a_reply_is_heard_from_its_first_word_to_its_end(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        text_engine.script("One.\n\n", "Two.")
        async with socket(alice, alices_chat.id) as page:
            await page.send({"type": "message.send", "key": str(uuid4()), "text": "Hello"})
            reply_id = UUID((await page.hear("message.accepted"))["reply_ids"][0])
            await page.send({"type": "reply.subscribe", "reply_id": str(reply_id), "after": 0})
            turn = asyncio.create_task(a_turn(reply_id))
            heard = await page.frames_until_done(reply_id)
            await turn
        assert [frame["seq"] for frame in heard] == list(range(1, len(heard) + 1))
        assert heard[0] == {"type": "reply.start", "reply_id": str(reply_id), "seq": 1, "attempt": 1}
        assert {frame["type"] for frame in heard[1:-1]} == {"reply.delta"}
        assert "".join(frame["text"] for frame in heard[1:-1]) == "One.\n\nTwo."
        assert heard[-1] == {
            "type": "reply.done",
            "reply_id": str(reply_id),
            "seq": len(heard),
            "status": "done",
            "code": "",
            "message": "",
            "blocks": [{"index": 1, "html": "<p>Two.</p>\n"}],
            "tail": "",
        }

    async def test_a_page_that_comes_back_hears_only_what_it_missed(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        sent = await in_thread(send)(alice, alices_chat)
        await a_turn(sent.reply.id)
        async with socket(alice, alices_chat.id) as page:
            await page.send({"type": "reply.subscribe", "reply_id": str(sent.reply.id), "after": 1})
            assert (await page.frames_until_done(sent.reply.id))[0]["seq"] == 2

    async def test_subscribing_again_replaces_the_first_subscription(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        sent = await in_thread(send)(alice, alices_chat, "[tokens=20 rate=100]")
        async with socket(alice, alices_chat.id) as page:
            for _ in range(3):
                await page.send({"type": "reply.subscribe", "reply_id": str(sent.reply.id), "after": 0})
            turn = asyncio.create_task(a_turn(sent.reply.id))
            heard = [frame["seq"] for frame in await page.frames_until_done(sent.reply.id)]
            await turn
        last = len(heard) - 1 - heard[::-1].index(1)
        assert heard[last:] == list(range(1, len(heard) - last + 1)), "one voice at a time"

    async def test_no_page_follows_more_replies_than_a_page_can(
        self, alice: User, alices_chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(consumers, "FOLLOWED_AT_MOST", 2)
        replies = [(await in_thread(send)(alice, alices_chat)).reply for _ in range(3)]
        async with socket(alice, alices_chat.id) as page:
            for reply in replies:
                await page.send({"type": "reply.subscribe", "reply_id": str(reply.id), "after": 0})
            refused = await page.hear("reply.refused")
        assert (refused["reply_id"], refused["error"]["code"]) == (str(replies[2].id), "limit_reached")

    async def test_a_page_that_acknowledges_hears_everything(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        sent = await in_thread(send)(alice, alices_chat, "[tokens=100 size=4000]")
        text = ""
        async with socket(alice, alices_chat.id) as page:
            turn = asyncio.create_task(a_turn(sent.reply.id))
            await page.send({"type": "reply.subscribe", "reply_id": str(sent.reply.id), "after": 0})
            while (frame := await page.hear("reply.start", "reply.delta", "reply.done"))["type"] != "reply.done":
                text += frame.get("text", "")
                await page.send({"type": "reply.ack", "reply_id": str(sent.reply.id), "seq": frame["seq"]})
            await turn
        assert text == scripted_text(100, 4000)

    async def test_a_page_that_does_not_read_is_let_go(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(flow, "STALL_SECONDS", 0.1)
        sent = await in_thread(send)(alice, alices_chat, "[tokens=100 size=4000]")
        async with socket(alice, alices_chat.id) as page:
            turn = asyncio.create_task(a_turn(sent.reply.id))
            await page.send({"type": "reply.subscribe", "reply_id": str(sent.reply.id), "after": 0})
            assert await page.closed() == consumers.TOO_SLOW == 1013
            await turn
        row = await in_thread(Message.objects.get)(id=sent.reply.id)
        assert row.text == scripted_text(100, 4000), "a slow reader does not hold up the reply"


class TestStopping:
    async def test_stop_ends_the_reply_for_its_reader(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        sent = await in_thread(send)(alice, alices_chat, "[tokens=5000 rate=50]")
        async with socket(alice, alices_chat.id) as page:
            turn = asyncio.create_task(a_turn(sent.reply.id))
            await page.send({"type": "reply.subscribe", "reply_id": str(sent.reply.id), "after": 0})
            await page.hear("reply.delta")
            await page.send({"type": "reply.cancel", "reply_id": str(sent.reply.id)})
            done = await page.hear("reply.done")
            await turn
        assert done["status"] == "cancelled"

    async def test_closing_the_page_does_not_stop_the_reply(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        sent = await in_thread(send)(alice, alices_chat, "[tokens=20 rate=100]")
        turn = asyncio.create_task(a_turn(sent.reply.id))
        async with socket(alice, alices_chat.id) as page:
            await page.send({"type": "reply.subscribe", "reply_id": str(sent.reply.id), "after": 0})
            await page.hear("reply.delta")
        await turn
        assert (await in_thread(Message.objects.get)(id=sent.reply.id)).status == Status.DONE


class TestFrames:
    @pytest.mark.parametrize("text", ["{", "[]", '{"type":"nonesuch"}', '{"type":"message.send"}'])
    async def test_a_frame_that_is_none_is_an_error_and_the_line_stays(
        self, alice: User, alices_chat: Chat, text: str
    ) -> None:
        async with socket(alice, alices_chat.id) as page:
            await page.send(text)
            error = await page.hear("error")
            assert error["error"]["code"] == "bad_input"
            await page.send({"type": "message.send", "key": str(uuid4()), "text": "Hello"})
            await page.hear("message.accepted")

    async def test_bytes_are_no_frame(self, alice: User, alices_chat: Chat) -> None:
        async with socket(alice, alices_chat.id) as page:
            await page.line.send_to(bytes_data=b"\xff\xfe")
            assert (await page.hear("error"))["error"]["code"] == "bad_input"


class TestAnothersChat:
    """T-02: who asks for another's chat or reply hears as much as who makes an id up."""

    async def test_it_is_closed_without_a_frame(self, charlie: User, alices_chat: Chat) -> None:
        for chat_id in (alices_chat.id, uuid4()):
            async with socket(charlie, chat_id) as page:
                output = await page.line.receive_output(timeout=5)
                assert (output["type"], output["code"]) == ("websocket.close", consumers.NOT_FOUND)

    async def test_no_frame_reaches_another_persons_reply(
        self, alice: User, charlie: User, alices_chat: Chat, azera: Character
    ) -> None:
        sent = await in_thread(send)(alice, alices_chat)
        charlies_chat = await in_thread(starting.start_chat)(charlie, azera)
        frames: list[dict[str, object]] = [{"type": "reply.subscribe", "after": 0}, {"type": "reply.cancel"}]
        async with socket(charlie, charlies_chat.id) as page:
            for frame in frames:
                answers = []
                for reply_id in (sent.reply.id, sent.message.id, uuid4()):
                    await page.send({**frame, "reply_id": str(reply_id)})
                    answer = await page.hear("reply.refused", "reply.start", "reply.delta", "reply.done")
                    assert answer.pop("reply_id") == str(reply_id)
                    answers.append(answer)
                assert answers[0] == answers[1] == answers[2]
                assert answers[0]["error"]["code"] == "not_found"
        await in_thread(sent.reply.refresh_from_db)()
        assert (sent.reply.status, sent.reply.cancel_requested) == (Status.QUEUED, False)

    async def test_a_reply_of_another_chat_of_ones_own_is_not_heard_here(
        self, alice: User, alices_chat: Chat, azera: Character
    ) -> None:
        sent = await in_thread(send)(alice, alices_chat)
        second = await in_thread(starting.start_chat)(alice, azera)
        async with socket(alice, second.id) as page:
            await page.send({"type": "reply.subscribe", "reply_id": str(sent.reply.id), "after": 0})
            assert (await page.hear("reply.refused"))["error"]["code"] == "not_found"
            await page.send({"type": "reply.cancel", "reply_id": str(sent.reply.id)})
            await page.hear("reply.refused")
        await in_thread(sent.reply.refresh_from_db)()
        assert sent.reply.status == Status.QUEUED

    async def test_hints_reach_only_the_chats_own_pages(
        self, alice: User, charlie: User, alices_chat: Chat, azera: Character
    ) -> None:
        charlies_chat = await in_thread(starting.start_chat)(charlie, azera)
        async with socket(charlie, charlies_chat.id) as theirs, socket(alice, alices_chat.id) as hers:
            await hers.hear("chat.state")
            await theirs.hear("chat.state")
            await in_thread(send)(alice, alices_chat)
            await hers.hear("message.created")
            await in_thread(send)(charlie, charlies_chat, "mine")
            hint = await theirs.hear("message.created")
        own = await in_thread(Message.objects.get)(id=hint["message_id"])
        assert own.owner_id == charlie.id


async def test_an_account_that_is_closed_loses_its_socket(
    alice: User, alices_chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "PING_SECONDS", 0.05)
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.0)
    async with socket(alice, alices_chat.id) as page:
        await page.hear("ping")
        await in_thread(User.objects.filter(id=alice.id).update)(is_active=False)
        assert await page.closed() == 4401


async def test_a_page_that_says_nothing_is_taken_for_dead(
    alice: User, alices_chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "PING_SECONDS", 0.05)
    monkeypatch.setattr(consumers, "SILENCE_SECONDS", 0.1)
    async with socket(alice, alices_chat.id) as page:
        assert await page.closed() == consumers.GOING_AWAY


async def test_the_state_is_told_again_after_redis_was_away(
    alice: User, alices_chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with socket(alice, alices_chat.id) as page:
        await page.hear("chat.state")
        sent = await in_thread(send)(alice, alices_chat)

        async def is_known() -> bool:
            await in_thread(client().client_kill_filter)(_type="pubsub")
            return bool((await page.hear("chat.state"))["live"] == [str(sent.reply.id)])

        await until_async(is_known)
