"""Replies whose worker is gone, and replies that nobody was told to write."""

from datetime import timedelta

import pytest
from django.utils.timezone import now
from pytest_django import Settings

from accounts.models import User
from chats import recovery, turns
from chats.actions import sending
from chats.models import Chat, Message
from chats.tests.acting import entries_of, send, tell, telling
from core import jobs
from core.jobs import Status
from core.redis import client
from core.streams import control
from core.streams.entries import Delta, Done, Entry, Gap, Restart, Start, Telling, encode
from core.streams.scripts import Keys
from core.tests.reading import log_of
from core.tests.waiting import until
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]
LONG = "word " * 200


def die(reply: Message, *said: Entry, attempt: int = 1) -> Message:
    """A worker claimed it, said this much, and was killed; its lease has run out since."""
    Message.objects.filter(id=reply.id).update(
        status=Status.RUNNING, attempt=attempt, started_at=now() - timedelta(seconds=10)
    )
    for seq, entry in enumerate(said, start=1):
        client().xadd(Keys.of(reply.id).log, {"e": encode(entry)}, id=f"{seq}-0")
    reply.refresh_from_db()
    return reply


def longer(user: User, chat: Chat, engine: ScriptedBackend) -> Message:
    """A reply that goes on from "One", queued."""
    engine.script("One")
    return sending.go_on(user, tell(send(user, chat).reply).id)


class TestADeadWorker:
    def test_a_short_reply_starts_again_once(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        reply = die(send(alice, alices_chat).reply, Start(1), Delta("Good "))
        assert recovery.run_reaping() == [reply.id]
        reply.refresh_from_db()
        assert (reply.status, reply.attempt, reply.text) == (Status.QUEUED, 2, "")
        text_engine.script("Good evening.")
        assert tell(reply).text == "Good evening."
        assert entries_of(reply.id) == [
            Start(1), Delta("Good "), Restart(2), Start(2), Delta("Good evening."), Done("done"),
        ]  # fmt: skip

    def test_the_numbers_go_on_without_a_hole(self, alice: User, alices_chat: Chat) -> None:
        reply = die(send(alice, alices_chat).reply, Start(1), Delta("Good "))
        recovery.run_reaping()
        tell(reply)
        numbers = [numbered.seq for numbered in log_of(reply.id)]
        assert numbers == list(range(1, len(numbers) + 1))

    def test_a_long_reply_is_interrupted_with_its_text_kept(self, alice: User, alices_chat: Chat) -> None:
        reply = die(send(alice, alices_chat).reply, Start(1), Delta(LONG))
        assert recovery.run_reaping() == []
        reply.refresh_from_db()
        assert (reply.status, reply.text, reply.failure_code) == (Status.INTERRUPTED, LONG, "worker_lost")
        assert entries_of(reply.id)[-1] == Done("interrupted", "worker_lost")

    def test_thinking_counts_as_said(self, alice: User, alices_chat: Chat) -> None:
        reply = die(send(alice, alices_chat).reply, Start(1), Delta("", LONG))
        recovery.run_reaping()
        reply.refresh_from_db()
        assert (reply.status, reply.thinking) == (Status.INTERRUPTED, LONG)

    def test_a_second_attempt_is_interrupted(self, alice: User, alices_chat: Chat) -> None:
        reply = die(
            send(alice, alices_chat).reply, Start(1), Delta("a"), Restart(2), Start(2), Delta("Good "), attempt=2
        )
        assert recovery.run_reaping() == []
        reply.refresh_from_db()
        assert (reply.status, reply.text) == (Status.INTERRUPTED, "Good ")

    def test_one_that_was_stopped_does_not_start_again(self, alice: User, alices_chat: Chat) -> None:
        reply = die(send(alice, alices_chat).reply, Start(1), Delta("Good "))
        Message.objects.filter(id=reply.id).update(cancel_requested=True)
        assert recovery.run_reaping() == []
        reply.refresh_from_db()
        assert (reply.status, reply.text) == (Status.INTERRUPTED, "Good ")

    def test_stop_that_comes_during_the_take_over_is_not_forgotten(self, alice: User, alices_chat: Chat) -> None:
        reply = die(send(alice, alices_chat).reply, Start(1), Delta("Good "))
        Message.objects.filter(id=reply.id).update(cancel_requested=True)
        assert not reply.start_again(3), "a queued reply that was stopped would never be claimed"

    def test_nobody_waits_for_a_reply_of_yesterday(self, alice: User, alices_chat: Chat, settings: Settings) -> None:
        reply = die(send(alice, alices_chat).reply, Start(1), Delta("Good "))
        Message.objects.filter(id=reply.id).update(
            created_at=now() - timedelta(seconds=settings.REPLY_DEADLINE_SECONDS + 1)
        )
        recovery.run_reaping()
        reply.refresh_from_db()
        assert (reply.status, reply.text) == (Status.INTERRUPTED, "Good ")

    def test_the_row_has_the_text_when_redis_lost_it_too(self, alice: User, alices_chat: Chat) -> None:
        reply = die(send(alice, alices_chat).reply)
        Message.objects.filter(id=reply.id).update(text=LONG, seq=70)
        recovery.run_reaping()
        reply.refresh_from_db()
        assert (reply.status, reply.text) == (Status.INTERRUPTED, LONG)
        assert control.told(reply.id, Telling()).text == LONG, "one who reads the log from its beginning"

    def test_one_that_went_on_keeps_the_words_that_it_began_with(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        reply = longer(alice, alices_chat, text_engine)
        text_engine.script(" and two")
        assert tell(reply).text == "One and two"
        assert entries_of(reply.id) == [Start(1), Gap("One"), Delta(" and two"), Done("done")]

    @pytest.mark.parametrize(
        ("said", "text"), [((), "One"), ((Start(1),), "One"), ((Start(1), Gap("One"), Delta(LONG)), "One" + LONG)]
    )
    def test_one_that_went_on_is_interrupted_with_all_its_text(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, said: tuple[Entry, ...], text: str
    ) -> None:
        reply = die(longer(alice, alices_chat, text_engine), *said)
        Message.objects.filter(id=reply.id).update(cancel_requested=True)
        recovery.run_reaping()
        reply.refresh_from_db()
        assert (reply.status, reply.text) == (Status.INTERRUPTED, text)

    def test_one_that_went_on_starts_again_from_there(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        reply = die(longer(alice, alices_chat, text_engine), Start(1), Gap("One"), Delta(" and"))
        recovery.run_reaping()
        text_engine.script(" and two")
        assert tell(reply).text == "One and two"
        assert control.told(reply.id, Telling()).text == "One and two", "one who reads the log from its beginning"

    def test_the_next_reply_goes_on(self, alice: User, alices_chat: Chat) -> None:
        dead, waiting = send(alice, alices_chat).reply, send(alice, alices_chat).reply
        die(dead, Start(1), Delta(LONG))
        Message.objects.filter(id=waiting.id).update(queued_at=now() - timedelta(seconds=5))
        assert recovery.run_reaping() == [waiting.id]

    def test_two_reapers_at_once_are_one(self, alice: User, alices_chat: Chat) -> None:
        reply = die(send(alice, alices_chat).reply, Start(1), Delta("Good "))
        dead = recovery._dead_attempts()
        late = recovery._dead_attempts()
        assert [*dead] == [reply.id]
        assert [*late] == []


class TestALivingWorker:
    def test_a_lease_protects_it(self, alice: User, alices_chat: Chat) -> None:
        reply = die(send(alice, alices_chat).reply, Start(1), Delta("Good "))
        client().set(Keys.of(reply.id).lease, 1)
        assert recovery.run_reaping() == []
        reply.refresh_from_db()
        assert (reply.status, reply.attempt) == (Status.RUNNING, 1)

    def test_one_that_was_claimed_just_now_has_time_to_begin(self, alice: User, alices_chat: Chat) -> None:
        reply = die(send(alice, alices_chat).reply)
        Message.objects.filter(id=reply.id).update(started_at=now())
        assert recovery.run_reaping() == []

    def test_a_turn_that_says_nothing_for_long_is_left_alone(
        self, alice: User, alices_chat: Chat, settings: Settings
    ) -> None:
        reply = send(alice, alices_chat, "[tokens=1 delay=60]").reply
        turn = telling(reply.id)
        until(lambda: Start(1) in entries_of(reply.id))
        Message.objects.filter(id=reply.id).update(started_at=now() - timedelta(minutes=1))
        assert recovery.run_reaping() == []
        sending.cancel_reply(alice, reply.id)
        turn.result(timeout=5)


class TestAZombie:
    """A worker that was away for longer than its lease, and wakes up."""

    def taken_over(self, reply: Message) -> None:
        Message.objects.filter(id=reply.id).update(started_at=now() - timedelta(minutes=1))
        lease = Keys.of(reply.id).lease

        def take_over() -> bool:
            client().delete(lease)
            return reply.id in recovery.run_reaping()

        until(take_over)

    def test_it_writes_nothing_and_cannot_end_the_row(self, alice: User, alices_chat: Chat) -> None:
        reply = send(alice, alices_chat, "[tokens=60 rate=10]").reply
        turn = telling(reply.id)
        until(lambda: len(log_of(reply.id)) > 2)
        self.taken_over(reply)
        said = entries_of(reply.id)
        assert turn.result(timeout=5) == []
        assert said[-1] == Restart(2)
        assert entries_of(reply.id) == said
        reply.refresh_from_db()
        assert (reply.status, reply.attempt, reply.text) == (Status.QUEUED, 2, "")

    def test_it_does_not_disturb_the_second_attempt(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        reply = send(alice, alices_chat, "[tokens=60 rate=10]").reply
        turn = telling(reply.id)
        until(lambda: len(log_of(reply.id)) > 2)
        self.taken_over(reply)
        text_engine.script("Good ", "evening.")
        assert tell(reply).text == "Good evening."
        turn.result(timeout=5)
        reply.refresh_from_db()
        assert (reply.status, reply.text) == (Status.DONE, "Good evening.")
        assert control.told(reply.id, Telling()).text == "Good evening."

    def test_it_hears_from_the_row_when_redis_has_forgotten(
        self, alice: User, alices_chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(turns, "CHECKPOINT_TOKENS", 1)
        reply = send(alice, alices_chat, "[tokens=100 rate=20]").reply
        turn = telling(reply.id)
        until(lambda: len(log_of(reply.id)) > 2)
        Message.objects.filter(id=reply.id).update(attempt=2, status=Status.QUEUED, text="", thinking="", seq=50)
        assert turn.result(timeout=5) == []
        reply.refresh_from_db()
        assert (reply.status, reply.text) == (Status.QUEUED, "")


class TestNobodyWasTold:
    def test_a_queued_reply_without_a_task_is_queued(self, alice: User, alices_chat: Chat) -> None:
        reply = send(alice, alices_chat).reply
        client().flushall()
        Message.objects.filter(id=reply.id).update(queued_at=now() - timedelta(seconds=5))
        assert recovery.run_reaping() == [reply.id]

    def test_one_whose_task_waits_in_the_queue_is_left_alone(self, alice: User, alices_chat: Chat) -> None:
        reply = send(alice, alices_chat).reply
        Message.objects.filter(id=reply.id).update(queued_at=now() - timedelta(minutes=5))
        assert recovery.run_reaping() == []

    def test_one_behind_a_reply_that_is_on_its_way_is_left_alone(self, alice: User, alices_chat: Chat) -> None:
        first, second = send(alice, alices_chat).reply, send(alice, alices_chat).reply
        Message.objects.filter(id=second.id).update(queued_at=now() - timedelta(seconds=5))
        assert jobs.without_task([first.id, second.id]) == [second.id]
        assert recovery.run_reaping() == []

    def test_one_that_was_sent_this_moment_is_left_to_its_sender(self, alice: User, alices_chat: Chat) -> None:
        send(alice, alices_chat)
        client().flushall()
        assert recovery.run_reaping() == []
