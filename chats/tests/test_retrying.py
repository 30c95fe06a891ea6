"""A reply that ended early can be asked for again; what it said is kept beside it."""

from functools import partial
from uuid import uuid4

import pytest
from pytest_django import Settings

from accounts.models import User
from chats.actions import branching, sending
from chats.models import Chat, Message
from chats.tests.acting import at_once, send, tell
from core import jobs
from core.errors import Conflict, LimitReached, NotFound
from core.jobs import Status
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]


@pytest.fixture
def failed(alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> Message:
    text_engine.fail("the card is on fire")
    return tell(send(alice, alices_chat).reply)


class TestRetryReply:
    def test_the_new_one_stands_beside_the_old_one(self, alice: User, alices_chat: Chat, failed: Message) -> None:
        new = sending.write_again(alice, failed.id)
        alices_chat.refresh_from_db()
        assert (new.parent_id, alices_chat.leaf_id) == (failed.parent_id, new.id)
        assert jobs.without_task([new.id]) == []
        assert tell(new).status == Status.DONE
        failed.refresh_from_db()
        assert failed.status == Status.FAILED

    def test_the_model_does_not_hear_what_the_old_one_said(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        text_engine.script("first telling")
        old = tell(send(alice, alices_chat).reply)
        Message.objects.filter(id=old.id).update(status=Status.INTERRUPTED)
        tell(sending.write_again(alice, old.id))
        assert "first telling" not in text_engine.prompts[-1]

    def test_twice_at_once_is_one_new_reply(self, alice: User, failed: Message) -> None:
        outcomes = at_once([partial(sending.write_again, alice, failed.id)] * 8)
        assert sum(isinstance(outcome, Message) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 7

    def test_a_whole_reply_is_written_again_beside_itself(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        reply = tell(send(alice, alices_chat).reply)
        again = tell(sending.write_again(alice, reply.id))
        assert (again.parent_id, again.status) == (reply.parent_id, Status.DONE)

    def test_one_that_is_on_its_way_is_not_told_again(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        with pytest.raises(Conflict):
            sending.write_again(alice, send(alice, alices_chat).reply.id)

    def test_an_earlier_one_is_written_again_and_what_followed_it_is_kept(
        self, alice: User, alices_chat: Chat, failed: Message
    ) -> None:
        later = send(alice, alices_chat, "Never mind.")
        again = sending.write_again(alice, failed.id)
        alices_chat.refresh_from_db()
        assert alices_chat.leaf_id == again.id
        branching.select_message(alice, failed.id)
        alices_chat.refresh_from_db()
        assert alices_chat.leaf_id == later.reply.id

    def test_it_counts_as_a_reply(self, alice: User, failed: Message, settings: Settings) -> None:
        settings.LIVE_REPLIES_PER_USER = 0
        with pytest.raises(LimitReached):
            sending.write_again(alice, failed.id)

    def test_a_message_is_no_reply(self, alice: User, failed: Message) -> None:
        assert failed.parent_id is not None
        with pytest.raises(NotFound):
            sending.write_again(alice, failed.parent_id)

    def test_it_does_not_exist_for_charlie(self, charlie: User, failed: Message) -> None:
        with pytest.raises(NotFound) as theirs:
            sending.write_again(charlie, failed.id)
        with pytest.raises(NotFound) as nobodys:
            sending.write_again(charlie, uuid4())
        assert theirs.value.body() == nobodys.value.body()
