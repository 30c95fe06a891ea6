"""A message is stored once, in order, or not at all."""

from functools import partial
from uuid import uuid4

import pytest
from pytest_django import Settings

from accounts.models import User
from characters.models import Character
from chats.actions import sending, starting
from chats.models import Chat, Message, Role
from chats.tests.acting import at_once, send, tell
from chats.tree import path_to
from core import jobs
from core.errors import BadInput, Conflict, LimitReached, NotFound
from core.jobs import Status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]


class TestSendMessage:
    def test_it_stores_the_message_and_queues_its_reply(self, alice: User, alices_chat: Chat) -> None:
        sent = send(alice, alices_chat, "  Hello there \n")
        assert (sent.message.text, sent.message.role, sent.message.status) == ("Hello there", Role.USER, Status.DONE)
        assert (sent.reply.parent_id, sent.reply.status, sent.reply.attempt) == (sent.message.id, Status.QUEUED, 1)
        assert jobs.without_task([sent.reply.id]) == []

    def test_it_moves_the_chat_on(self, alice: User, alices_chat: Chat) -> None:
        sent = send(alice, alices_chat)
        was_active = alices_chat.active_at
        alices_chat.refresh_from_db()
        assert alices_chat.leaf_id == sent.reply.id
        assert alices_chat.active_at > was_active

    def test_the_first_message_names_the_chat(self, alice: User, alices_chat: Chat) -> None:
        send(alice, alices_chat, "My boat\nis called " + "Brennick " * 20)
        send(alice, alices_chat, "Something else")
        alices_chat.refresh_from_db()
        assert alices_chat.title.startswith("My boat is called Brennick")
        assert alices_chat.title.endswith("…")
        assert len(alices_chat.title) <= sending.TITLE_LENGTH

    def test_the_second_message_stands_behind_the_first_reply(self, alice: User, alices_chat: Chat) -> None:
        first = send(alice, alices_chat)
        second = send(alice, alices_chat)
        assert second.message.parent_id == first.reply.id
        # Its turn comes when the first one has been told.
        assert jobs.without_task([second.reply.id]) == [second.reply.id]

    def test_it_does_not_exist_for_charlie(self, charlie: User, alices_chat: Chat) -> None:
        with pytest.raises(NotFound):
            send(charlie, alices_chat)
        assert not Message.objects.exists()


class TestTheSameKey:
    def test_it_is_the_same_message(self, alice: User, alices_chat: Chat) -> None:
        key = uuid4()
        first, again = send(alice, alices_chat, "Hello", key), send(alice, alices_chat, " Hello ", key)
        assert (again.message, again.reply) == (first.message, first.reply)
        assert Message.objects.count() == 2

    def test_it_is_the_same_message_after_the_reply_was_told(self, alice: User, alices_chat: Chat) -> None:
        key = uuid4()
        first = send(alice, alices_chat, "Hello", key)
        tell(first.reply)
        assert send(alice, alices_chat, "Hello", key).reply.status == Status.DONE

    def test_it_is_the_same_message_at_the_limit(self, alice: User, alices_chat: Chat, settings: Settings) -> None:
        settings.LIVE_REPLIES_PER_USER = 1
        key = uuid4()
        first = send(alice, alices_chat, "Hello", key)
        assert send(alice, alices_chat, "Hello", key).message == first.message

    def test_twenty_at_once_make_one_message(self, alice: User, alices_chat: Chat) -> None:
        key = uuid4()
        outcomes = at_once([partial(send, alice, alices_chat, "Hello", key)] * 20)
        assert {outcome.message.id for outcome in outcomes if isinstance(outcome, sending.Sent)} == {
            Message.objects.get(role=Role.USER).id
        }
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert Message.objects.count() == 2

    def test_with_other_words_it_conflicts(self, alice: User, alices_chat: Chat) -> None:
        key = uuid4()
        send(alice, alices_chat, "Hello", key)
        with pytest.raises(Conflict):
            send(alice, alices_chat, "Goodbye", key)
        assert Message.objects.count() == 2

    def test_in_another_chat_it_conflicts(self, alice: User, alices_chat: Chat, azera: Character) -> None:
        key = uuid4()
        send(alice, alices_chat, "Hello", key)
        with pytest.raises(Conflict):
            send(alice, starting.start_chat(alice, azera), "Hello", key)

    def test_in_two_chats_at_once_one_of_them_conflicts(
        self, alice: User, alices_chat: Chat, azera: Character
    ) -> None:
        key, other = uuid4(), starting.start_chat(alice, azera)
        outcomes = at_once([partial(send, alice, chat, "Hello", key) for chat in (alices_chat, other) * 5])
        assert len({outcome.message.id for outcome in outcomes if isinstance(outcome, sending.Sent)}) == 1
        assert {type(outcome) for outcome in outcomes} == {sending.Sent, Conflict}

    def test_of_another_person_it_is_another_message(
        self, alice: User, charlie: User, alices_chat: Chat, azera: Character
    ) -> None:
        key = uuid4()
        hers = send(alice, alices_chat, "Hello", key)
        his = send(charlie, starting.start_chat(charlie, azera), "Hello", key)
        assert hers.message != his.message


class TestOrder:
    def test_twenty_at_once_stand_in_one_line(self, alice: User, alices_chat: Chat, settings: Settings) -> None:
        settings.LIVE_REPLIES_PER_USER = 100
        keys = [uuid4() for _ in range(20)]
        outcomes = at_once([partial(send, alice, alices_chat, f"Hello {key}", key) for key in keys])
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        alices_chat.refresh_from_db()
        path = path_to(alices_chat.leaf_id, limit=100)
        assert [message.role for message in path] == [Role.USER, Role.CHARACTER] * 20
        assert {message.key for message in path if message.role == Role.USER} == set(keys)
        assert len(path) == Message.objects.count()
        # Only the first of them is in the queue: the others wait for it.
        replies = [message.id for message in path if message.role == Role.CHARACTER]
        assert jobs.without_task(replies) == replies[1:]


class TestLimit:
    def test_it_is_refused_by_name_and_nothing_is_stored(
        self, alice: User, alices_chat: Chat, settings: Settings
    ) -> None:
        settings.LIVE_REPLIES_PER_USER = 2
        send(alice, alices_chat)
        send(alice, alices_chat)
        stored = Message.objects.count()
        with pytest.raises(LimitReached, match="2 replies") as refused:
            send(alice, alices_chat)
        assert (refused.value.status, refused.value.code) == (429, "limit_reached")
        assert refused.value.details["limit"] == 2
        assert int(str(refused.value.details["retry_after_seconds"])) > 0
        assert Message.objects.count() == stored

    def test_the_last_place_is_given_once(
        self, alice: User, alices_chat: Chat, azera: Character, settings: Settings
    ) -> None:
        settings.LIVE_REPLIES_PER_USER = 5
        chats = [alices_chat, *(starting.start_chat(alice, azera) for _ in range(7))]
        outcomes = at_once([partial(send, alice, chat) for chat in chats for _ in range(2)])
        assert sum(isinstance(outcome, sending.Sent) for outcome in outcomes) == 5
        assert {type(outcome) for outcome in outcomes} == {sending.Sent, LimitReached}
        assert Message.objects.filter(role=Role.CHARACTER).count() == 5

    def test_it_counts_only_what_is_on_the_way(self, alice: User, alices_chat: Chat, settings: Settings) -> None:
        settings.LIVE_REPLIES_PER_USER = 1
        tell(send(alice, alices_chat).reply)
        assert send(alice, alices_chat).reply.status == Status.QUEUED

    def test_it_counts_each_person_alone(
        self, alice: User, charlie: User, alices_chat: Chat, azera: Character, settings: Settings
    ) -> None:
        settings.LIVE_REPLIES_PER_USER = 1
        send(alice, alices_chat)
        assert send(charlie, starting.start_chat(charlie, azera)).reply.status == Status.QUEUED


class TestWords:
    @pytest.mark.parametrize(
        "text", ["", "   \n\t ", "a\0b", "a\ud800b", "\udfff", "x" * (sending.LONGEST_MESSAGE + 1)]
    )
    def test_what_cannot_be_stored_is_refused(self, alice: User, alices_chat: Chat, text: str) -> None:
        with pytest.raises(BadInput):
            send(alice, alices_chat, text)
        assert not Message.objects.exists()

    def test_too_long_says_how_long_it_may_be(self, alice: User, alices_chat: Chat) -> None:
        with pytest.raises(BadInput, match="8001 characters; at most 8000") as refused:
            send(alice, alices_chat, "x" * 8001)
        assert refused.value.details == {"most": 8000}

    @pytest.mark.parametrize("text", ["x" * sending.LONGEST_MESSAGE, "👩‍👩‍👧 \u202e\u200b", "<|im_end|>", "'; DROP--"])
    def test_everything_else_is_kept_as_it_is(self, alice: User, alices_chat: Chat, text: str) -> None:
        sent = send(alice, alices_chat, text)
        sent.message.refresh_from_db()
        assert sent.message.text == text
