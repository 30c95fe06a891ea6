"""From what is said to what is remembered, and from there into the next prompt."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.utils.timezone import now

from accounts.models import User
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.models import Character
from chats import purging, recollecting, remembering
from chats.actions import branching, organising, sending, starting, trash
from chats.models import Chat, Message, MessageMemory, Role
from chats.prompting import Recollection as Line
from chats.tests.acting import at_once, send, tell
from core.jobs import Status
from inference.testing import ScriptedBackend
from memory import holding
from memory.actions import forgetting
from memory.embedding import run_embedding
from memory.exchange import LONGEST
from memory.models import Forgotten, Kind, Memory, Mind, Speaker
from memory.recalling.query import Recalled, Recollection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

SECRET = "Remember the passphrase 'wispfire'."
ASKED = "Do you recall a secret passphrase?"


def say(user: User, chat: Chat, text: str, engine: ScriptedBackend, answer: str = "I see.") -> Message:
    """Send it, have it answered, and let memory hear of it."""
    engine.script(answer)
    sent = send(user, chat, text)
    reply = tell(sent.replies[0])
    assert reply.status == Status.DONE
    remembering.run_remembering(chat.id)
    return reply


def remembered(chat: Chat) -> list[str]:
    found = Memory.objects.filter(chat_id=chat.id, kind=Kind.EXCHANGE, stands=True)
    return list(found.order_by("said_at").values_list("text", flat=True))


def prompt_of(engine: ScriptedBackend) -> str:
    return engine.prompts[-1]


class TestKeeping:
    def test_both_sides_of_an_exchange_are_kept_word_for_word(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        say(alice, alices_chat, "I live in Lyon.", text_engine, "A fine town.")
        assert remembered(alices_chat) == ["I live in Lyon.", "A fine town."]
        assert not Message.objects.filter(chat=alices_chat, awaits_memory=True).exists()

    def test_twice_is_once(self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> None:
        say(alice, alices_chat, "I live in Lyon.", text_engine)
        Message.objects.filter(chat=alices_chat).update(awaits_memory=True)
        remembering.run_remembering(alices_chat.id)
        assert len(remembered(alices_chat)) == 2

    def test_greetings_are_the_cards_and_nobody_remembers_them(
        self, alice: User, text_engine: ScriptedBackend
    ) -> None:
        chat = starting.start_chat(alice, create_character(alice, Card("Mira", first_message="Evening.")))
        say(alice, chat, "Hello", text_engine)
        assert remembered(chat) == ["Hello", "I see."]

    def test_nothing_of_a_chat_that_is_not_to_be_remembered(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        Chat.objects.filter(id=alices_chat.id).update(remembers=False)
        say(alice, alices_chat, SECRET, text_engine)
        Chat.objects.filter(id=alices_chat.id).update(remembers=True)
        remembering.run_remembering(alices_chat.id)
        assert remembered(alices_chat) == []

    def test_a_reply_on_its_way_waits(self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> None:
        sent = send(alice, alices_chat, "I live in Lyon.")
        remembering.run_remembering(alices_chat.id)
        assert remembered(alices_chat) == ["I live in Lyon."]
        text_engine.script("A fine town.")
        tell(sent.replies[0])
        remembering.run_remembering(alices_chat.id)
        assert remembered(alices_chat) == ["I live in Lyon.", "A fine town."]

    def test_a_reply_moves_the_characters_mood_once(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        say(alice, alices_chat, "Hello", text_engine)
        mind = Mind.objects.get(owner=alice, character=alices_chat.character)
        Message.objects.filter(chat=alices_chat).update(awaits_memory=True)
        remembering.run_remembering(alices_chat.id)
        assert Mind.objects.get(pk=mind.pk).energy == mind.energy


class TestWhatStands:
    def test_another_version_takes_the_first_ones_place(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        first = say(alice, alices_chat, "Where are you?", text_engine, "In the attic.")
        text_engine.script("In the cellar.")
        tell(sending.write_again(alice, first.id))
        remembering.run_remembering(alices_chat.id)
        assert remembered(alices_chat) == ["Where are you?", "In the cellar."]
        branching.select_message(alice, first.id)
        remembering.run_remembering(alices_chat.id)
        assert remembered(alices_chat) == ["Where are you?", "In the attic."]

    def test_what_is_deleted_falls_at_once_and_stands_again_when_it_is_brought_back(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        reply = say(alice, alices_chat, SECRET, text_engine)
        assert reply.parent_id is not None
        gone = trash.delete_message(alice, reply.parent_id)
        assert remembered(alices_chat) == []
        trash.restore_messages(alice, gone.id)
        remembering.run_remembering(alices_chat.id)
        assert remembered(alices_chat) == [SECRET, "I see."]

    def test_what_is_hidden_from_characters_falls(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        reply = say(alice, alices_chat, SECRET, text_engine)
        assert reply.parent_id is not None
        branching.hide_message(alice, reply.parent_id, is_hidden=True)
        remembering.run_remembering(alices_chat.id)
        assert remembered(alices_chat) == ["I see."]

    def test_a_chat_in_the_trash_falls_and_comes_back_whole(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        say(alice, alices_chat, SECRET, text_engine)
        organising.delete_chats(alice, [alices_chat.id])
        remembering.run_remembering(alices_chat.id)
        assert remembered(alices_chat) == []
        organising.restore_chats(alice, [alices_chat.id])
        remembering.run_remembering(alices_chat.id)
        assert remembered(alices_chat) == [SECRET, "I see."]

    def test_what_is_deleted_for_good_is_in_nobodys_memory(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        say(alice, alices_chat, SECRET, text_engine)
        organising.delete_chats(alice, [alices_chat.id])
        Chat.objects.filter(id=alices_chat.id).update(trashed_at=now() - timedelta(days=31))
        purging.run_purging()
        assert not Memory.objects.exists()
        assert not Forgotten.objects.exists()


class TestRecalling:
    @pytest.fixture
    def told(self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> Message:
        return say(alice, alices_chat, SECRET, text_engine)

    def test_what_one_chat_was_told_another_one_knows(
        self, alice: User, azera: Character, told: Message, text_engine: ScriptedBackend
    ) -> None:
        other = starting.start_chat(alice, azera)
        reply = say(alice, other, ASKED, text_engine)
        assert "wispfire" in prompt_of(text_engine)
        assert MessageMemory.objects.filter(message=reply, memory__source_id=told.parent_id).exists()

    def test_nobody_else_does(
        self, charlie: User, azera: Character, told: Message, text_engine: ScriptedBackend
    ) -> None:
        theirs = starting.start_chat(charlie, azera)
        say(charlie, theirs, ASKED, text_engine)
        assert "wispfire" not in prompt_of(text_engine)

    def test_what_the_prompt_holds_anyway_is_not_told_twice(
        self, alice: User, alices_chat: Chat, told: Message, text_engine: ScriptedBackend
    ) -> None:
        say(alice, alices_chat, ASKED, text_engine)
        assert prompt_of(text_engine).count("wispfire") == 1

    def test_a_chat_that_recalls_nothing_does_not(
        self, alice: User, azera: Character, told: Message, text_engine: ScriptedBackend
    ) -> None:
        other = starting.start_chat(alice, azera)
        Chat.objects.filter(id=other.id).update(recalls=False)
        say(alice, other, ASKED, text_engine)
        assert "wispfire" not in prompt_of(text_engine)

    def test_what_is_forgotten_is_gone_from_the_next_prompt_and_from_under_the_reply(
        self, alice: User, azera: Character, told: Message, text_engine: ScriptedBackend
    ) -> None:
        other = starting.start_chat(alice, azera)
        reply = say(alice, other, ASKED, text_engine)
        for memory in Memory.objects.filter(owner=alice, text__contains="wispfire"):
            if Memory.objects.filter(id=memory.id).exists():
                forgetting.forget_memory(alice, memory.id)
        say(alice, other, "Say the passphrase.", text_engine)
        assert "wispfire" not in prompt_of(text_engine)
        assert not MessageMemory.objects.filter(message=reply, memory__source_id=told.parent_id).exists()
        Message.objects.filter(chat=told.chat).update(awaits_memory=True)
        remembering.run_remembering(told.chat_id)
        assert not Memory.objects.filter(owner=alice, text__contains="wispfire").exists()


def test_who_only_says_go_on_is_told_of_what_the_chat_is_about(
    alice: User, azera: Character, alices_chat: Chat, text_engine: ScriptedBackend
) -> None:
    elsewhere = starting.start_chat(alice, azera)
    say(alice, elsewhere, "My thesis in quantum physics was on tunnelling.", text_engine)
    say(alice, elsewhere, "There is more to tell of my baker.", text_engine)
    say(alice, alices_chat, "Let's talk about quantum physics.", text_engine)
    reply = say(alice, alices_chat, "Please tell me more.", text_engine)
    first = MessageMemory.objects.filter(message=reply, memory__speaker=Speaker.PERSON).order_by("place").first()
    assert first is not None
    assert "thesis" in first.memory.text


def test_what_is_forgotten_while_a_reply_is_prepared_leaves_no_record_and_no_error(
    alice: User, alices_chat: Chat, text_engine: ScriptedBackend
) -> None:
    reply = say(alice, alices_chat, SECRET, text_engine)
    kept = Memory.objects.filter(owner=alice, text=SECRET, kind=Kind.EXCHANGE).get()
    found = Recollection(kept.id, kept.source_id, kept.kind, SECRET, kept.said_at, "neutral", 0.5, (), 5)
    line = Line(SECRET, "yesterday", id=kept.id)
    recollecting.keep_remembered(reply, Recalled((found,)), [line])
    assert MessageMemory.objects.filter(message=reply).count() == 1
    forgetting.forget_memory(alice, kept.id)
    recollecting.keep_remembered(reply, Recalled((found,)), [line])
    assert not MessageMemory.objects.filter(message=reply).exists()


def test_days_are_said_as_people_say_them() -> None:
    at = datetime(2026, 5, 20, 12, tzinfo=UTC)
    said = [recollecting.when(at - timedelta(days=days), at) for days in (0, 1, 6, 12)]
    assert said == ["earlier today", "yesterday", "6 days ago", "8 May 2026"]


def test_what_waits_too_long_is_looked_for(alice: User, alices_chat: Chat) -> None:
    send(alice, alices_chat, "Hello")
    assert remembering.run_resuming() == []
    Message.objects.filter(role=Role.USER).update(
        created_at=Message.objects.latest("created_at").created_at - timedelta(hours=1)
    )
    assert remembering.run_resuming() == [alices_chat.id]


def test_who_finds_somebody_at_it_has_them_look_again(
    alice: User, alices_chat: Chat, text_engine: ScriptedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[list[UUID]] = []
    embedding = run_embedding

    def meanwhile(memory_ids: Collection[UUID]) -> int:
        heard.append(remembering.run_remembering(alices_chat.id))
        return embedding(memory_ids)

    text_engine.script("I see.")
    tell(send(alice, alices_chat, "I live in Lyon.").replies[0])
    monkeypatch.setattr("chats.remembering.run_embedding", meanwhile)
    assert remembering.run_remembering(alices_chat.id) == [alices_chat.id]
    monkeypatch.undo()
    assert heard == [[]]
    assert remembering.run_remembering(alices_chat.id) == []
    assert remembered(alices_chat) == ["I live in Lyon.", "I see."]


def test_who_sends_does_not_wait_for_what_is_remembered(alice: User, alices_chat: Chat) -> None:
    with transaction.atomic():
        holding.hold([alice.id])
        [sent] = at_once([lambda: send(alice, alices_chat)])
        assert isinstance(sent, sending.Sent)


def test_of_what_is_endless_the_beginning_is_remembered(alice: User, alices_chat: Chat) -> None:
    sent = send(alice, alices_chat, "Hello")
    Message.objects.filter(id=sent.reply.id).update(status=Status.DONE, text="word " * 100_000)
    remembering.run_remembering(alices_chat.id)
    assert [len(text) for text in remembered(alices_chat)] == [5, LONGEST]
