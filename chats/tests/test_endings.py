"""However a turn ends, its row ends, its reader hears why, and nobody waits for ever."""

from dataclasses import replace

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from accounts.models import User
from chats import turns
from chats.models import Chat, Message
from chats.tests.acting import entries_of, send, tell
from core import database, jobs
from core.jobs import Status
from core.redis import client
from core.streams.entries import Done
from core.streams.scripts import Keys
from core.streams.writing import LogWriter, appender
from core.tests.waiting import until
from inference import registry
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]


def test_a_model_that_fails_in_the_middle_keeps_what_was_said(
    alice: User, alices_chat: Chat, text_engine: ScriptedBackend
) -> None:
    reply = tell(send(alice, alices_chat, "[tokens=9 fail=2]").reply)
    assert (reply.status, reply.failure_code, reply.text) == (Status.INTERRUPTED, "engine_failed", "w0 w1 ")
    assert entries_of(reply.id)[-1] == Done("interrupted", "engine_failed")


def test_a_reply_past_its_deadline_keeps_what_was_said(
    alice: User, alices_chat: Chat, text_engine: ScriptedBackend, settings: Settings
) -> None:
    settings.REPLY_DEADLINE_SECONDS = 0.3
    reply = tell(send(alice, alices_chat, "[tokens=500 rate=50]").reply)
    assert (reply.status, reply.failure_code) == (Status.INTERRUPTED, "deadline")
    assert reply.text.startswith("w0 w1 ")


def test_a_message_that_no_context_holds_is_refused_with_a_sentence(
    alice: User, alices_chat: Chat, text_engine: ScriptedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.forget_engines()
    monkeypatch.setattr(text_engine, "context_tokens", 128)
    reply = tell(send(alice, alices_chat, "word " * 120).reply)
    assert (reply.status, reply.failure_code) == (Status.FAILED, "context_overflow")
    assert text_engine.prompts == []


def test_a_model_that_is_not_there_is_a_sentence(
    alice: User, alices_chat: Chat, text_engine: ScriptedBackend, settings: Settings
) -> None:
    registry.forget_engines()
    settings.INFERENCE = {"text": replace(settings.INFERENCE["text"], adapter="inference.nonesuch")}
    reply = tell(send(alice, alices_chat).reply)
    assert (reply.status, reply.failure_code) == (Status.FAILED, "engine_unavailable")


def test_a_model_may_say_what_no_database_keeps(alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> None:
    text_engine.script("Good\0 ", "evening.")
    reply = tell(send(alice, alices_chat).reply)
    assert (reply.status, reply.text) == (Status.DONE, "Good evening.")


def test_an_end_that_the_database_refuses_lets_go_of_the_lease(
    alice: User, alices_chat: Chat, text_engine: ScriptedBackend
) -> None:
    reply = send(alice, alices_chat).reply
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE chats_message ADD CONSTRAINT never_done CHECK (status <> 'done' OR role = 'user')")
    try:
        with pytest.raises(Exception, match="never_done"):
            turns.run_turn(reply.id)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE chats_message DROP CONSTRAINT never_done")
    until(lambda: not client().exists(Keys.of(reply.id).lease))


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param('"started_at" = %s', id="when it is claimed"),
        pytest.param('INTO "chats_receipt"', id="when it is prepared"),
        pytest.param('"finished_at" = %s', id="when it ends"),
    ],
)
def test_a_database_that_is_away_for_a_moment_is_waited_for(
    alice: User,
    alices_chat: Chat,
    text_engine: ScriptedBackend,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
) -> None:
    monkeypatch.setattr(database, "RETRY_SECONDS", 0.01)
    reply = send(alice, alices_chat).reply
    away = [2]

    def refuse(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        if statement in sql and away[0]:
            away[0] -= 1
            raise OperationalError("the server is restarting")
        return execute(sql, params, many, context)  # type: ignore[operator]

    with connection.execute_wrapper(refuse):
        assert tell(reply).status == Status.DONE
    assert away == [0]


def test_a_reply_that_nobody_could_claim_is_queued_again(
    alice: User, alices_chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "ROW_SECONDS", 0.0)
    reply = send(alice, alices_chat).reply
    jobs.mark_queued(reply.id)

    def refuse(*_anything: object) -> object:
        raise OperationalError("couldn't get a connection after 5.00 sec")

    with connection.execute_wrapper(refuse):
        assert turns.run_turn(reply.id) == []
    assert jobs.without_task([reply.id]) == [reply.id]


def test_the_row_has_the_whole_text_before_anyone_hears_done(
    alice: User, alices_chat: Chat, text_engine: ScriptedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []
    finish = appender().finish

    def looked_at(log: LogWriter, done: Done) -> bool:
        row = Message.objects.get(id=log.reply_id)
        seen.append((row.status, row.text))
        return finish(log, done)

    monkeypatch.setattr(appender(), "finish", looked_at)
    text_engine.script("All of it.")
    tell(send(alice, alices_chat).reply)
    assert seen == [(Status.DONE, "All of it.")]
