"""Going from one branch of a chat to another, and beginning one."""

from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.models import Character
from chats.actions import branching, casting, sending, settings, starting, trash
from chats.models import Bookmark, Chat, Message
from chats.pages import paths
from chats.tests.acting import at_once, send, tell
from chats.tree import path_to, show, versions
from core.errors import BadInput, Conflict, LimitReached, NotFound
from core.jobs import Status
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]


def shown(chat: Chat) -> list[str]:
    chat.refresh_from_db()
    return [message.text for message in path_to(chat.leaf_id, limit=100)]


def said(user: User, chat: Chat, engine: ScriptedBackend, text: str, answer: str) -> sending.Sent:
    """A message, and its reply as it was told."""
    engine.script(answer)
    sent = send(user, chat, text)
    tell(sent.reply)
    return sent


class TestTheOutline:
    def test_its_cost_does_not_grow_with_its_branches(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        def asked() -> int:
            alices_chat.refresh_from_db()
            with CaptureQueriesContext(connection) as queries:
                paths.paths(alice, alices_chat)
            return len(queries)

        first = said(alice, alices_chat, text_engine, "Hello", "One").reply
        numbers = []
        for answer in ("Two", "Three", "Four"):
            text_engine.script(answer)
            branching.make_canonical(alice, tell(sending.write_again(alice, first.id)).id, alices_chat.id)
            numbers.append(asked())
        assert numbers == [numbers[0]] * 3

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    @pytest.mark.parametrize("offset", ["-840", "840"])
    def test_any_day_can_be_gone_to(
        self, day: str, offset: str, alice: User, alices_chat: Chat, signed_in: Client
    ) -> None:
        message = send(alice, alices_chat).reply
        answer = signed_in.get(
            f"/chats/{alices_chat.id}/jump/", {"date": day, "offset": offset}, headers={"accept": "application/json"}
        )
        there = path_to(message.id, limit=9)[0 if day < "2" else -1]
        assert answer.json() == {"message_id": str(there.id)}


class TestVersions:
    def test_writing_a_reply_again_keeps_the_old_one_beside_it(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        first = said(alice, alices_chat, text_engine, "Hello", "One").reply
        text_engine.script("Two")
        again = tell(sending.write_again(alice, first.id))
        assert shown(alices_chat) == ["Hello", "Two"]
        placed = versions([again])[again.id]
        assert (placed.number, placed.of, placed.before, placed.after) == (2, 2, first.id, None)

    def test_another_version_shows_what_followed_it(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        first = said(alice, alices_chat, text_engine, "Hello", "One").reply
        said(alice, alices_chat, text_engine, "And?", "Much")
        text_engine.script("Two")
        again = tell(sending.write_again(alice, first.id))
        assert shown(alices_chat) == ["Hello", "Two"]
        branching.select_message(alice, first.id)
        assert shown(alices_chat) == ["Hello", "One", "And?", "Much"]
        branching.select_message(alice, again.id)
        assert shown(alices_chat) == ["Hello", "Two"]

    def test_going_on_begins_with_the_very_words(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        first = said(alice, alices_chat, text_engine, "Hello", "One").reply
        text_engine.script(" and two")
        longer = tell(sending.go_on(alice, first.id))
        first.refresh_from_db()
        assert (first.text, longer.text) == ("One", "One and two")
        assert longer.parent_id == first.parent_id

    @pytest.mark.parametrize("act", [sending.write_again, sending.go_on])
    def test_nobody_speaks_who_has_left(
        self, alice: User, text_engine: ScriptedBackend, act: Callable[[User, UUID], Message]
    ) -> None:
        mira, bram = create_character(alice, Card("Mira")), create_character(alice, Card("Bram"))
        chat = starting.start_chat(alice, mira, bram)
        text_engine.script("One")
        reply = tell(sending.send_message(alice, chat.id, "Hello", uuid4(), speaker=bram.id).reply)
        casting.remove_character(alice, chat.id, bram.id)
        with pytest.raises(Conflict, match="Bram has left"):
            act(alice, reply.id)
        assert shown(chat) == ["Hello", "One"]

    def test_of_a_double_click_the_second_does_nothing(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        first = said(alice, alices_chat, text_engine, "Hello", "One").reply
        sending.write_again(alice, first.id)
        with pytest.raises(Conflict, match="on its way"):
            sending.write_again(alice, first.id)
        assert Message.objects.count() == 3

    def test_with_the_same_key_it_is_the_same_version(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        sent, key = said(alice, alices_chat, text_engine, "Hello", "One"), uuid4()
        assert sending.write_again(alice, sent.reply.id, key) == sending.write_again(alice, sent.reply.id, key)
        with pytest.raises(Conflict, match="another message"):
            send(alice, alices_chat, "Hello", key)

    @pytest.mark.parametrize(
        "act",
        [
            lambda user, sent, key: branching.edit_message(user, sent.message.id, "Other words", key),
            lambda user, sent, key: sending.write_again(user, sent.reply.id, key),
            lambda user, sent, key: sending.go_on(user, sent.reply.id, key),
            lambda user, sent, key: sending.ask_to_speak(user, sent.message.chat_id, key=key),
        ],
    )
    def test_a_key_that_is_used_in_two_chats_at_once_is_one_messages(
        self,
        alice: User,
        alices_chat: Chat,
        azera: Character,
        text_engine: ScriptedBackend,
        act: Callable[[User, sending.Sent, UUID], object],
    ) -> None:
        key = uuid4()
        sents = [
            said(alice, chat, text_engine, "Hello", "One") for chat in (alices_chat, starting.start_chat(alice, azera))
        ]
        outcomes = at_once([partial(act, alice, sent, key) for sent in sents])
        assert [type(one) for one in outcomes].count(Conflict) == 1, outcomes
        assert Message.objects.filter(owner=alice, key=key).count() == 1


class TestBranches:
    def test_what_is_said_next_begins_one_and_the_old_one_stays(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        first = said(alice, alices_chat, text_engine, "Hello", "One")
        then = said(alice, alices_chat, text_engine, "And?", "Much")
        branching.branch_from(alice, first.reply.id)
        assert shown(alices_chat) == ["Hello", "One"]
        said(alice, alices_chat, text_engine, "Or?", "Little")
        assert shown(alices_chat) == ["Hello", "One", "Or?", "Little"]
        branching.select_message(alice, then.message.id)
        assert shown(alices_chat) == ["Hello", "One", "And?", "Much"]

    def test_a_message_from_a_tab_that_shows_another_branch_goes_there(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        first = said(alice, alices_chat, text_engine, "Hello", "One")
        then = said(alice, alices_chat, text_engine, "And?", "Much")
        branching.branch_from(alice, first.reply.id)
        said(alice, alices_chat, text_engine, "Or?", "Little")
        sending.send_message(alice, alices_chat.id, "From the other tab", uuid4(), after=then.reply.id)
        assert shown(alices_chat)[:-1] == ["Hello", "One", "And?", "Much", "From the other tab"]

    def test_not_from_a_reply_that_is_on_its_way(self, alice: User, alices_chat: Chat) -> None:
        reply = send(alice, alices_chat).reply
        with pytest.raises(Conflict, match="on its way"):
            branching.branch_from(alice, reply.id)

    def test_a_leaf_that_was_read_before_somebody_answered_it_ends_the_path_all_the_same(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        """Its row says what follows it by now; the object in hand does not."""
        old = said(alice, alices_chat, text_engine, "Hello", "One").reply
        old.refresh_from_db()
        said(alice, alices_chat, text_engine, "And?", "Much")
        alices_chat.refresh_from_db()
        show(alices_chat, old)
        old.refresh_from_db()
        assert old.chosen_id is None

    def test_one_has_a_name(self, alice: User, alices_chat: Chat) -> None:
        message = send(alice, alices_chat).message
        assert branching.rename_branch(alice, message.id, "  The   storm ").branch_name == "The storm"
        with pytest.raises(BadInput, match="80 letters"):
            branching.rename_branch(alice, message.id, "x" * 81)

    def test_one_counts(self, alice: User, alices_chat: Chat) -> None:
        message = send(alice, alices_chat).message
        assert branching.make_canonical(alice, message.id, alices_chat.id).canonical_id == message.id
        assert branching.make_canonical(alice, None, alices_chat.id).canonical_id is None


class TestCopies:
    def test_it_has_the_path_up_to_there_and_nothing_else(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        first = said(alice, alices_chat, text_engine, "Hello", "One")
        said(alice, alices_chat, text_engine, "And?", "Much")
        text_engine.script("Two")
        tell(sending.write_again(alice, first.reply.id))
        copy = branching.copy_to_new_chat(alice, first.reply.id)
        assert shown(copy) == ["Hello", "One"]
        assert copy.messages.count() == 2
        assert copy.title == "Hello, from here"
        assert shown(alices_chat) == ["Hello", "Two"]
        said(alice, copy, text_engine, "Next", "Three")
        assert shown(copy) == ["Hello", "One", "Next", "Three"]

    def test_what_is_being_told_is_left_out(self, alice: User, alices_chat: Chat) -> None:
        sent = send(alice, alices_chat)
        assert shown(branching.copy_to_new_chat(alice, sent.reply.id)) == ["Hello"]
        assert Message.objects.get(id=sent.reply.id).status == Status.QUEUED

    def test_a_copy_of_a_chat_with_the_longest_name_has_one_that_fits(self, alice: User, alices_chat: Chat) -> None:
        message = send(alice, alices_chat).message
        settings.rename_chat(alice, alices_chat.id, "x" * settings.LONGEST_TITLE)
        assert len(branching.copy_to_new_chat(alice, message.id).title) == settings.LONGEST_TITLE


class TestBookmarks:
    def test_a_place_has_one(self, alice: User, alices_chat: Chat) -> None:
        message = send(alice, alices_chat).message
        first = branching.bookmark(alice, message.id)
        assert branching.bookmark(alice, message.id, "The storm") == first
        assert Bookmark.objects.get().name == "The storm"
        branching.remove_bookmark(alice, message.id)
        assert not Bookmark.objects.exists()

    def test_one_can_be_renamed_when_there_is_room_for_no_more(
        self, alice: User, alices_chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(branching, "MOST_BOOKMARKS", 1)
        sent = send(alice, alices_chat)
        branching.bookmark(alice, sent.message.id)
        assert branching.bookmark(alice, sent.message.id, "The storm").name == "The storm"
        with pytest.raises(LimitReached):
            branching.bookmark(alice, sent.reply.id)


class TestStrangers:
    def test_nobody_elses_chat_can_be_walked_or_grown(
        self, alice: User, charlie: User, alices_chat: Chat, azera: Character, text_engine: ScriptedBackend
    ) -> None:
        sent = said(alice, alices_chat, text_engine, "Hello", "One")
        own = starting.start_chat(charlie, azera)
        branching.bookmark(alice, sent.message.id)
        rows = list(Message.objects.order_by("id").values())
        for act in (
            lambda: branching.select_message(charlie, sent.message.id),
            lambda: branching.branch_from(charlie, sent.message.id),
            lambda: branching.edit_message(charlie, sent.message.id, "Mine"),
            lambda: branching.edit_message(charlie, sent.reply.id, "Mine"),
            lambda: branching.rename_branch(charlie, sent.message.id, "Mine"),
            lambda: branching.hide_message(charlie, sent.message.id, True),
            lambda: branching.make_canonical(charlie, sent.message.id, alices_chat.id),
            lambda: branching.make_canonical(charlie, sent.message.id, own.id),
            lambda: branching.make_canonical(charlie, None, alices_chat.id),
            lambda: branching.copy_to_new_chat(charlie, sent.message.id),
            lambda: branching.bookmark(charlie, sent.message.id),
            lambda: branching.remove_bookmark(charlie, sent.message.id),
            lambda: sending.write_again(charlie, sent.reply.id),
            lambda: sending.go_on(charlie, sent.reply.id),
            lambda: sending.ask_to_speak(charlie, alices_chat.id),
            lambda: sending.send_message(charlie, own.id, "Mine", uuid4(), after=sent.reply.id),
            lambda: sending.cancel_reply(charlie, sent.reply.id),
            lambda: trash.delete_message(charlie, sent.message.id),
        ):
            with pytest.raises(NotFound):
                act()
        assert list(Message.objects.order_by("id").values()) == rows
        assert Bookmark.objects.count() == 1
        assert Chat.objects.filter(owner=charlie).count() == 1
