"""Saying it otherwise: the old words stay beside the new ones."""

from uuid import uuid4

import pytest
from pytest_django import Settings

from accounts.models import User
from characters.actions.characters import create_character
from characters.cards.card import Card
from chats.actions import branching, casting, sending, starting
from chats.models import Chat, Message, Part, Role
from chats.tests.acting import send, tell
from chats.tree import path_to
from core.errors import BadInput, Conflict, LimitReached
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]


def shown(chat: Chat) -> list[str]:
    chat.refresh_from_db()
    return [message.text for message in path_to(chat.leaf_id, limit=100)]


class TestOnesOwn:
    def test_it_is_answered_anew_and_the_old_words_stay(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        text_engine.script("One")
        old = send(alice, alices_chat)
        tell(old.reply)
        edited = branching.edit_message(alice, old.message.id, "  Goodbye ")
        text_engine.script("Two")
        tell(edited.reply)
        assert shown(alices_chat) == ["Goodbye", "Two"]
        assert edited.message.edited_from_id == old.message.id
        branching.select_message(alice, old.message.id)
        assert shown(alices_chat) == ["Hello", "One"]

    def test_with_the_same_key_it_is_the_same_edit_with_the_same_replies(
        self, alice: User, text_engine: ScriptedBackend
    ) -> None:
        cast = [create_character(alice, Card(name)) for name in ("Mira", "Bram")]
        chat, key = starting.start_chat(alice, *cast), uuid4()
        old = send(alice, chat, "Mira, Bram?")
        for reply in old.replies:
            tell(reply)
        edited = branching.edit_message(alice, old.message.id, "Bram, Mira!", key)
        assert len(edited.replies) == 2
        assert branching.edit_message(alice, old.message.id, "Bram, Mira!", key) == edited
        with pytest.raises(Conflict, match="another message"):
            branching.edit_message(alice, old.message.id, "Others", key)

    def test_at_the_limit_nothing_is_changed(self, alice: User, alices_chat: Chat, settings: Settings) -> None:
        settings.LIVE_REPLIES_PER_USER = 1
        old = send(alice, alices_chat)
        with pytest.raises(LimitReached):
            branching.edit_message(alice, old.message.id, "Goodbye")
        alices_chat.refresh_from_db()
        assert alices_chat.leaf_id == old.reply.id
        assert Message.objects.count() == 2

    @pytest.mark.parametrize("text", ["", "  ", "a\0b", "x" * (sending.LONGEST_MESSAGE + 1)])
    def test_what_cannot_be_stored_is_refused(self, alice: User, alices_chat: Chat, text: str) -> None:
        old = send(alice, alices_chat).message
        with pytest.raises(BadInput):
            branching.edit_message(alice, old.id, text)
        assert Message.objects.count() == 2

    def test_nobody_changes_what_somebody_else_in_the_chat_said(
        self, alice: User, charlie: User, alices_chat: Chat
    ) -> None:
        persona = alices_chat.participants.get().persona
        alices_chat.participants.create(user=charlie, part=Part.WRITER, persona=persona)
        hers = send(alice, alices_chat).message
        with pytest.raises(Conflict, match="Somebody else"):
            branching.edit_message(charlie, hers.id, "Mine")


class TestACharacters:
    def test_it_is_left_as_it_stands_and_nobody_answers(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        text_engine.script("One")
        old = tell(send(alice, alices_chat).reply)
        edited = branching.edit_message(alice, old.id, "Won")
        assert edited.replies == ()
        assert shown(alices_chat) == ["Hello", "Won"]
        assert (edited.message.role, edited.message.character_id) == (Role.CHARACTER, old.character_id)
        old.refresh_from_db()
        assert old.text == "One"

    def test_with_the_same_key_it_is_the_same_edit_even_when_somebody_has_spoken_since(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        old, key = tell(send(alice, alices_chat).reply), uuid4()
        edited = branching.edit_message(alice, old.id, "Won", key)
        tell(sending.ask_to_speak(alice, alices_chat.id))
        assert branching.edit_message(alice, old.id, "Won", key) == edited

    def test_not_while_it_is_on_its_way(self, alice: User, alices_chat: Chat) -> None:
        reply = send(alice, alices_chat).reply
        with pytest.raises(Conflict, match="on its way"):
            branching.edit_message(alice, reply.id, "Won")

    def test_who_was_not_there_does_not_hear_it_in_other_words_either(
        self, alice: User, text_engine: ScriptedBackend
    ) -> None:
        mira, bram, odile = (create_character(alice, Card(name)) for name in ("Mira", "Bram", "Odile"))
        chat = starting.start_chat(alice, mira, odile)
        old = tell(sending.send_message(alice, chat.id, "Hello", uuid4(), speaker=mira.id).reply)
        casting.add_character(alice, chat.id, bram.id)
        branching.edit_message(alice, old.id, "The tunnel.")
        tell(sending.ask_to_speak(alice, chat.id, bram.id))
        assert "tunnel" not in text_engine.prompts[-1]


class TestHiding:
    def test_characters_are_not_told_of_it_until_it_is_shown_again(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        note = send(alice, alices_chat, "A note on the side")
        tell(note.reply)
        for is_hidden in (True, False):
            branching.hide_message(alice, note.message.id, is_hidden)
            tell(send(alice, alices_chat, "Next").reply)
            assert ("on the side" not in text_engine.prompts[-1]) == is_hidden
        assert shown(alices_chat)[0] == "A note on the side"
