"""Deleting, and bringing back."""

import pytest

from accounts.models import User
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.models import Character
from chats.actions import branching, organising, sending, starting, trash
from chats.models import Chat, Message, Part, Trash
from chats.tests.acting import send, tell
from chats.tests.sockets import socket
from chats.tests.table import come_in, group
from chats.tree import path_to, versions
from core.database import in_thread
from core.errors import Conflict, NotAllowed, NotFound
from core.jobs import Status
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]


def shown(chat: Chat) -> list[str]:
    chat.refresh_from_db()
    return [message.text for message in path_to(chat.leaf_id, limit=100)]


def said(user: User, chat: Chat, engine: ScriptedBackend, text: str, answer: str) -> sending.Sent:
    engine.script(answer)
    sent = send(user, chat, text)
    tell(sent.reply)
    return sent


class TestMessages:
    def test_what_follows_goes_along_and_comes_back_with_it(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        said(alice, alices_chat, text_engine, "Hello", "One")
        then = said(alice, alices_chat, text_engine, "And?", "Much")
        made = trash.delete_message(alice, then.message.id)
        assert made.messages == 2
        assert shown(alices_chat) == ["Hello", "One"]
        trash.restore_messages(alice, made.id)
        assert shown(alices_chat) == ["Hello", "One", "And?", "Much"]
        assert not Trash.objects.exists()

    def test_the_version_beside_it_is_shown_instead(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        first = said(alice, alices_chat, text_engine, "Hello", "One").reply
        said(alice, alices_chat, text_engine, "And?", "Much")
        text_engine.script("Two")
        again = tell(sending.write_again(alice, first.id))
        made = trash.delete_message(alice, again.id)
        assert shown(alices_chat) == ["Hello", "One", "And?", "Much"]
        assert versions([first])[first.id].of == 1
        trash.restore_messages(alice, made.id)
        assert shown(alices_chat) == ["Hello", "Two"]

    def test_what_is_not_shown_goes_without_a_trace(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        first = said(alice, alices_chat, text_engine, "Hello", "One").reply
        text_engine.script("Two")
        again = tell(sending.write_again(alice, first.id))
        trash.delete_message(alice, first.id)
        assert shown(alices_chat) == ["Hello", "Two"]
        branching.select_message(alice, again.id)
        assert shown(alices_chat) == ["Hello", "Two"]

    def test_a_reply_on_its_way_is_stopped(self, alice: User, alices_chat: Chat) -> None:
        sent = send(alice, alices_chat)
        trash.delete_message(alice, sent.message.id)
        sent.reply.refresh_from_db()
        assert sent.reply.status == Status.CANCELLED
        assert shown(alices_chat) == []

    def test_one_that_waits_behind_it_does_not_keep_it_from_being_stopped(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram", most=2)
        first, second = send(alice, chat).replies
        trash.delete_message(alice, second.id)
        sending.cancel_reply(alice, first.id)
        first.refresh_from_db()
        assert first.status == Status.CANCELLED

    def test_one_that_was_deleted_while_it_was_told_does_not_keep_what_is_above_it(
        self, alice: User, alices_chat: Chat
    ) -> None:
        """Its worker has not heard of Stop yet."""
        sent = send(alice, alices_chat)
        assert sent.reply.claim()
        trash.delete_message(alice, sent.reply.id)
        assert Message.objects.get(id=sent.reply.id).status == Status.RUNNING
        assert trash.delete_message(alice, sent.message.id).messages == 1
        assert shown(alices_chat) == []

    def test_what_followed_something_deleted_waits_for_it(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        said(alice, alices_chat, text_engine, "Hello", "One")
        then = said(alice, alices_chat, text_engine, "And?", "Much")
        inner = trash.delete_message(alice, then.reply.id)
        outer = trash.delete_message(alice, then.message.id)
        with pytest.raises(Conflict, match="Bring that back first"):
            trash.restore_messages(alice, inner.id)
        trash.restore_messages(alice, outer.id)
        trash.restore_messages(alice, inner.id)
        assert shown(alices_chat) == ["Hello", "One", "And?", "Much"]

    def test_what_followed_a_greeting_that_was_deleted_twice_waits_for_it(
        self, alice: User, text_engine: ScriptedBackend
    ) -> None:
        card = Card("Mira", first_message="Hi.", alternate_greetings=("Out!",))
        chat = starting.start_chat(alice, create_character(alice, card))
        starting.choose_greeting(alice, chat.id, 1)
        starting.choose_greeting(alice, chat.id, 0)
        greeting = Message.objects.get(greeting=0)
        said(alice, chat, text_engine, "Hello", "One")
        talk = trash.delete_message(alice, greeting.id)
        # Chosen again it comes back alone, and goes again.
        starting.choose_greeting(alice, chat.id, 0)
        assert shown(chat) == ["Hi."]
        bare = trash.delete_message(alice, greeting.id)
        with pytest.raises(Conflict, match="Bring that back first"):
            trash.restore_messages(alice, talk.id)
        trash.restore_messages(alice, bare.id)
        trash.restore_messages(alice, talk.id)
        assert shown(chat) == ["Hi.", "Hello", "One"]

    def test_what_was_deleted_is_nowhere(self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> None:
        sent = said(alice, alices_chat, text_engine, "Hello", "One")
        trash.delete_message(alice, sent.message.id)
        for act in (branching.select_message, branching.branch_from, trash.delete_message):
            with pytest.raises(NotFound):
                act(alice, sent.message.id)
        with pytest.raises(NotFound):
            sending.write_again(alice, sent.reply.id)
        assert shown(alices_chat) == []


class TestOthers:
    def test_a_stranger_neither_deletes_nor_brings_back(
        self, alice: User, charlie: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        sent = said(alice, alices_chat, text_engine, "Hello", "One")
        with pytest.raises(NotFound):
            trash.delete_message(charlie, sent.message.id)
        made = trash.delete_message(alice, sent.reply.id)
        with pytest.raises(NotFound):
            trash.restore_messages(charlie, made.id)
        assert shown(alices_chat) == ["Hello"]

    def test_who_reads_along_deletes_nothing_and_stops_nobody(
        self, alice: User, charlie: User, alices_chat: Chat
    ) -> None:
        persona = alices_chat.participants.get().persona
        alices_chat.participants.create(user=charlie, part=Part.READER, persona=persona)
        sent = send(alice, alices_chat)
        with pytest.raises(NotAllowed):
            trash.delete_message(charlie, sent.message.id)
        sent.reply.refresh_from_db()
        assert sent.reply.status == Status.QUEUED
        with pytest.raises(NotAllowed):
            organising.delete_chats(charlie, [alices_chat.id])

    def test_a_guest_brings_back_their_own_and_the_host_everybodys(
        self, alice: User, charlie: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        persona = alices_chat.participants.get().persona
        alices_chat.participants.create(user=charlie, part=Part.WRITER, persona=persona)
        first = said(alice, alices_chat, text_engine, "Hello", "One")
        then = said(alice, alices_chat, text_engine, "And?", "Much")
        hers = trash.delete_message(alice, then.message.id)
        with pytest.raises(NotFound):
            trash.restore_messages(charlie, hers.id)
        trash.restore_messages(alice, hers.id)
        his = trash.delete_message(charlie, first.reply.id)
        trash.restore_messages(alice, his.id)
        assert shown(alices_chat) == ["Hello", "One", "And?", "Much"]


class TestChats:
    def test_it_is_gone_for_everybody_until_it_is_brought_back(
        self, alice: User, charlie: User, alices_chat: Chat
    ) -> None:
        persona = alices_chat.participants.get().persona
        alices_chat.participants.create(user=charlie, part=Part.WRITER, persona=persona)
        reply = send(alice, alices_chat).reply
        organising.delete_chats(alice, [alices_chat.id])
        reply.refresh_from_db()
        assert reply.status == Status.CANCELLED
        for person in (alice, charlie):
            with pytest.raises(NotFound):
                send(person, alices_chat)
        with pytest.raises(NotFound):
            organising.restore_chats(charlie, [alices_chat.id])
        organising.restore_chats(alice, [alices_chat.id])
        assert send(charlie, alices_chat).message.parent_id == reply.id

    @pytest.mark.usefixtures("web_process")
    async def test_everybodys_list_of_chats_is_told(self, alice: User, charlie: User, azera: Character) -> None:
        chat = await in_thread(group)(alice, "Mira")
        await in_thread(come_in)(charlie, chat)
        own = await in_thread(starting.start_chat)(charlie, azera)
        async with socket(charlie, own.id) as theirs:
            await theirs.hear("chat.state")
            await in_thread(organising.delete_chats)(alice, [chat.id])
            assert (await theirs.hear("chat.changed"))["chat_id"] == str(chat.id)
            await in_thread(organising.restore_chats)(alice, [chat.id])
            assert (await theirs.hear("chat.changed"))["chat_id"] == str(chat.id)

    def test_a_stranger_does_neither(self, charlie: User, alices_chat: Chat) -> None:
        with pytest.raises(NotFound):
            organising.delete_chats(charlie, [alices_chat.id])
        with pytest.raises(NotFound):
            organising.restore_chats(charlie, [alices_chat.id])
        assert Chat.objects.filter(id=alices_chat.id, trashed_at=None).exists()
