"""What of a long conversation a prompt begins with: the same for many turns, and the rest in short."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from chats import folding, remembering
from chats.actions import branching
from chats.models import Chat, Message, Receipt
from chats.tests.acting import send, tell
from core.jobs import Status
from inference.testing import SCRIPTED_CONTEXT, ScriptedBackend
from memory import summarizing
from memory.models import Kind, Memory

LONG = 150


class TestTheRule:
    @given(st.lists(st.integers(1, 60), max_size=60), st.integers(0, 60), st.integers(60, 2_000))
    def test_what_fits_stays_and_what_does_not_is_folded_to_half(
        self, costs: list[int], begins: int, room: int
    ) -> None:
        begins = min(begins, len(costs))
        first = folding.first_told(costs, begins, room)
        assert first >= begins
        if sum(costs[begins:]) <= room * 0.9:
            assert first == begins
        else:
            assert sum(costs[first:]) <= room / 2
            # And not by one message more than that takes.
            assert sum(costs[first - 1 :]) > room / 2

    def test_a_growing_chat_begins_with_the_same_message_for_many_turns(self) -> None:
        costs, begins, changes = [], 0, 0
        for _turn in range(400):
            costs.append(25)
            now = folding.first_told(costs, begins, 1_000)
            changes += now != begins
            begins = now
        assert changes <= 25


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_db")
class TestPrompts:
    @pytest.fixture
    def long_chat(self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> Chat:
        """As many words as make the context full, said and answered."""
        for number in range(SCRIPTED_CONTEXT // LONG // 2 - 3):
            self.say(alice, alices_chat, text_engine, number)
        return alices_chat

    def say(self, alice: User, chat: Chat, engine: ScriptedBackend, number: int) -> Message:
        engine.script(f"answer{number} " + "yes " * (LONG - 1))
        reply = tell(send(alice, chat, f"question{number} " + "so " * (LONG - 1)).replies[0])
        assert reply.status == Status.DONE
        return reply

    def test_once_it_is_folded_the_beginning_stays_for_many_turns(
        self, alice: User, long_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        begins = [self.say(alice, long_chat, text_engine, 100 + turn).history_from for turn in range(6)]
        assert max(begins) > 0
        assert len(set(begins)) <= 2
        assert "question0" not in text_engine.prompts[-1]

    def test_what_was_folded_away_is_told_in_short(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        for number in range(SCRIPTED_CONTEXT // LONG // 2 + 2):
            reply = self.say(alice, alices_chat, text_engine, number)
            remembering.run_remembering(alices_chat.id)
            if (due := summarizing.due(alice.id, alices_chat.character_id, alices_chat.id)) is not None:
                text_engine.fail("no model for chapters")
                summarizing.run_summarizing(due)
        first = Memory.objects.filter(chat_id=alices_chat.id, kind=Kind.SUMMARY).earliest("valid_from")
        assert reply.history_from > 0
        assert first.text in text_engine.prompts[-1]
        assert any(one["source"] == "summary" for one in Receipt.objects.get(message=reply).slices)

    def test_who_heard_only_the_later_part_is_told_all_of_it_and_its_examples(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend
    ) -> None:
        first = self.say(alice, alices_chat, text_engine, 1)
        assert first.parent_id is not None
        branching.hide_message(alice, first.parent_id, is_hidden=True)
        assert self.say(alice, alices_chat, text_engine, 2).history_from == 0
        branching.hide_message(alice, first.parent_id, is_hidden=False)
        self.say(alice, alices_chat, text_engine, 3)
        assert "question1" in text_engine.prompts[-1]
