"""One whole turn, through its doors, on real rows and a real log."""

from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from accounts.models import User
from chats import company, turns
from chats.actions import sending
from chats.models import Chat, Message
from core.jobs import Status
from core.streams import control
from core.streams.entries import Telling
from inference.testing import ScriptedBackend

pytestmark = pytest.mark.django_db(transaction=True)


def tell(reply: Message) -> Message:
    turns.run_turn(reply.id)
    reply.refresh_from_db()
    return reply


def send(user: User, chat: Chat, text: str = "Hello", key: UUID | None = None) -> sending.Sent:
    return sending.send_message(user, chat.id, text, key or uuid4())


class TestRunTurn:
    def test_it_keeps_what_the_model_said(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, redis_db: None
    ) -> None:
        text_engine.script("Good ", "evening", ".")
        reply = tell(send(alice, alices_chat).reply)
        assert (reply.status, reply.text) == (Status.DONE, "Good evening.")
        assert reply.reply_tokens == 3

    def test_it_tells_the_model_who_it_is_and_what_was_said(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, redis_db: None
    ) -> None:
        tell(send(alice, alices_chat, "My boat is called Brennick.").reply)
        tell(send(alice, alices_chat, "What is it called?").reply)
        prompt = text_engine.prompts[-1]
        assert "You are Azera" in prompt
        assert prompt.index("My boat is called Brennick.") < prompt.index("What is it called?")

    def test_a_character_may_have_a_format_of_its_own(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, redis_db: None
    ) -> None:
        tell(send(alice, alices_chat).reply)
        assert "<|im_start|>user" in text_engine.prompts[-1]
        alices_chat.character.prompt_format = "metharme"
        alices_chat.character.save()
        tell(send(alice, alices_chat).reply)
        assert "<|user|>Hello<|model|>" in text_engine.prompts[-1]

    def test_a_delighted_message_gets_a_bolder_reply_and_the_row_says_why(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, redis_db: None, settings: Settings
    ) -> None:
        reply = tell(send(alice, alices_chat, "I love this, it is wonderful, thank you so much!").reply)
        assert reply.temperature is not None
        assert reply.sentiment is not None
        assert reply.temperature > text_engine.recommended.temperature
        assert reply.sentiment > 0.5
        settings.TONE_ADAPTS = False
        reply = tell(send(alice, alices_chat, "I love this, it is wonderful, thank you so much!").reply)
        assert (reply.temperature, reply.sentiment) == (text_engine.recommended.temperature, None)

    def test_the_operator_decides_how_freely_it_speaks_or_else_the_models_makers(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, redis_db: None, settings: Settings
    ) -> None:
        reply = tell(send(alice, alices_chat, "The train leaves at nine.").reply)
        assert (reply.temperature, reply.top_p) == (
            text_engine.recommended.temperature,
            text_engine.recommended.top_p,
        )
        settings.DEFAULT_TEMPERATURE, settings.DEFAULT_TOP_P = 0.2, 0.6
        reply = tell(send(alice, alices_chat, "The train leaves at ten.").reply)
        assert (reply.temperature, reply.top_p) == (0.2, 0.6)

    def test_a_model_that_goes_on_with_the_users_line_is_stopped(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, redis_db: None
    ) -> None:
        you = company.host_persona(alices_chat).name
        text_engine.script("Azera: Good ", "evening.\n", f"{you}: And ", "then?")
        reply = tell(send(alice, alices_chat).reply)
        assert (reply.status, reply.text.strip()) == (Status.DONE, "Good evening.")

    def test_thoughts_are_kept_apart_from_the_reply(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, redis_db: None
    ) -> None:
        text_engine.script("<think>Who is", " this?</think>", "Good evening.")
        reply = tell(send(alice, alices_chat).reply)
        assert (reply.text, reply.thinking) == ("Good evening.", "Who is this?")
        assert reply.first_token_ms is not None

    def test_the_row_and_the_log_say_the_same(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, redis_db: None
    ) -> None:
        text_engine.script("One. ", "Two.")
        reply = tell(send(alice, alices_chat).reply)
        assert control.told(reply.id, Telling()).text == reply.text

    def test_it_does_nothing_the_second_time(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, redis_db: None
    ) -> None:
        reply = tell(send(alice, alices_chat).reply)
        asked = len(text_engine.prompts)
        assert turns.run_turn(reply.id) == []
        assert len(text_engine.prompts) == asked

    def test_an_engine_that_fails_leaves_a_sentence_and_not_a_spinner(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, redis_db: None
    ) -> None:
        text_engine.fail("the card is on fire")
        reply = tell(send(alice, alices_chat).reply)
        assert (reply.status, reply.failure_code) == (Status.FAILED, "engine_failed")

    def test_replies_of_one_chat_are_told_in_order(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, redis_db: None
    ) -> None:
        first, second = send(alice, alices_chat).reply, send(alice, alices_chat, "And?").reply
        assert turns.run_turn(second.id) == []
        assert turns.run_turn(first.id) == [second.id]
        assert turns.run_turn(second.id) == []
        assert tell(second).status == Status.DONE
