"""Stop is seen within a second, and keeps what was said."""

from uuid import UUID

import pytest

from accounts.models import User
from chats import access, turns
from chats.actions import sending
from chats.models import Chat, Message
from chats.tests.acting import entries_of, send, tell, telling
from core.errors import NotFound
from core.jobs import Status
from core.redis import client
from core.streams.entries import Done, Start
from core.tests.reading import log_of
from core.tests.waiting import until
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]
# Far longer than a test waits.
ENDLESS = "[tokens=5000 rate=50]"


def status_of(reply: Message) -> str:
    return Message.objects.values_list("status", flat=True).get(id=reply.id)


class TestInTheQueue:
    def test_it_ends_without_a_word(self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> None:
        reply = send(alice, alices_chat).reply
        sending.cancel_reply(alice, reply.id)
        assert tell(reply).status == Status.CANCELLED
        assert text_engine.prompts == []

    def test_whoever_follows_it_hears_the_end(self, alice: User, alices_chat: Chat) -> None:
        reply = send(alice, alices_chat).reply
        sending.cancel_reply(alice, reply.id)
        assert entries_of(reply.id) == [Done("cancelled")]

    def test_the_one_behind_it_goes_on(self, alice: User, alices_chat: Chat) -> None:
        first, second = send(alice, alices_chat).reply, send(alice, alices_chat).reply
        sending.cancel_reply(alice, first.id)
        assert turns.waiting_in(alices_chat.id) == [second.id]
        assert tell(second).status == Status.DONE


class TestWhileItIsTold:
    def test_it_ends_within_a_second_with_what_was_said(self, alice: User, alices_chat: Chat) -> None:
        reply = send(alice, alices_chat, ENDLESS).reply
        turn = telling(reply.id)
        until(lambda: len(log_of(reply.id)) > 5)
        sending.cancel_reply(alice, reply.id)
        turn.result(timeout=1)
        reply.refresh_from_db()
        assert (reply.status, reply.text[:6]) == (Status.CANCELLED, "w0 w1 ")
        assert entries_of(reply.id)[-1] == Done("cancelled")

    def test_it_ends_before_the_first_word(self, alice: User, alices_chat: Chat) -> None:
        reply = send(alice, alices_chat, "[tokens=5 delay=60]").reply
        turn = telling(reply.id)
        until(lambda: Start(1) in entries_of(reply.id))
        sending.cancel_reply(alice, reply.id)
        turn.result(timeout=1)
        reply.refresh_from_db()
        assert (reply.status, reply.text) == (Status.CANCELLED, "")

    def test_the_row_knows_while_redis_does_not(
        self, alice: User, alices_chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(turns, "CHECKPOINT_TOKENS", 5)
        reply = send(alice, alices_chat, ENDLESS).reply
        turn = telling(reply.id)
        until(lambda: status_of(reply) == Status.RUNNING)
        Message.objects.filter(id=reply.id).update(cancel_requested=True)
        turn.result(timeout=2)
        assert status_of(reply) == Status.CANCELLED


class TestWhileItChangesHands:
    def test_an_attempt_that_begins_in_that_moment_is_stopped_too(
        self, alice: User, alices_chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reply = send(alice, alices_chat).reply
        assert reply.claim()
        read = access.get_reply_for

        def read_just_before(user: User, reply_id: UUID) -> Message:
            found = read(user, reply_id)
            if found.attempt == 1:
                Message.objects.get(id=reply_id).start_again(found.seq)
            return found

        monkeypatch.setattr(access, "get_reply_for", read_just_before)
        sending.cancel_reply(alice, reply.id)
        assert status_of(reply) == Status.CANCELLED

    def test_one_that_ends_in_that_moment_stays_as_it_ended(
        self, alice: User, alices_chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reply = send(alice, alices_chat).reply
        assert reply.claim()
        read = access.get_reply_for

        def read_just_before(user: User, reply_id: UUID) -> Message:
            found = read(user, reply_id)
            Message.objects.get(id=reply_id).end(Status.DONE, found.telling)
            return found

        monkeypatch.setattr(access, "get_reply_for", read_just_before)
        sending.cancel_reply(alice, reply.id)
        assert status_of(reply) == Status.DONE


class TestAfterItsEnd:
    def test_it_stays_as_it_ended(self, alice: User, alices_chat: Chat) -> None:
        reply = tell(send(alice, alices_chat).reply)
        sending.cancel_reply(alice, reply.id)
        reply.refresh_from_db()
        assert (reply.status, reply.cancel_requested) == (Status.DONE, False)
        assert not client().keys("*:cancel")


def test_a_reply_of_alices_does_not_exist_for_charlie(alice: User, charlie: User, alices_chat: Chat) -> None:
    reply = send(alice, alices_chat).reply
    with pytest.raises(NotFound):
        sending.cancel_reply(charlie, reply.id)
    assert status_of(reply) == Status.QUEUED
