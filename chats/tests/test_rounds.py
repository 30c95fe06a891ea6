"""Several characters answer, go on among themselves, and stop when they are told to."""

from itertools import pairwise
from uuid import uuid4

import pytest
from pytest_django import Settings

from accounts.models import User
from chats import rounds, turns
from chats.actions import casting, people, sending
from chats.models import Chat, Message, Part, Role, TurnTaking
from chats.tests.acting import send, tell
from chats.tests.table import come_in, group
from chats.tree import path_to
from core.errors import Conflict, NotAllowed, NotFound
from core.jobs import LIVE, Status
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]


def told(chat: Chat) -> list[Message]:
    """Tell everything that is waiting, as the workers do; answers the whole path."""
    while waiting := turns.waiting_in(chat.id):
        for reply_id in waiting:
            turns.run_turn(reply_id)
    chat.refresh_from_db()
    return path_to(chat.leaf_id, limit=100)


def speakers(path: list[Message]) -> list[str]:
    return [message.character.name for message in path if message.role == Role.CHARACTER]


class TestAnswering:
    def test_in_order_each_has_its_turn(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram", "Odile")
        for _ in range(4):
            send(alice, chat)
            path = told(chat)
        assert speakers(path) == ["Mira", "Bram", "Odile", "Mira"]

    def test_as_many_answer_as_the_rules_say(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram", "Odile", most=2)
        sent = send(alice, chat)
        assert [reply.character.name for reply in sent.replies] == ["Mira", "Bram"]
        second = sent.replies[1]
        assert second.parent_id == sent.reply.id
        assert speakers(told(chat)) == ["Mira", "Bram"]
        send(alice, chat)
        assert speakers(told(chat)) == ["Mira", "Bram", "Odile", "Mira"]

    def test_whoever_spoke_last_may_answer_again(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram", turns=TurnTaking.NATURAL)
        for character in (member.character_id for member in chat.cast.all()):
            casting.change_seat(alice, chat.id, character, casting.SeatChanges(talkativeness=0.0))
        for _ in range(3):
            send(alice, chat, "And you, Mira?")
            path = told(chat)
        assert speakers(path) == ["Mira", "Mira", "Mira"]

    def test_who_is_silenced_answers_only_when_called_on(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram", turns=TurnTaking.NATURAL, most=8)
        mira, bram = (member.character_id for member in chat.cast.all())
        casting.change_seat(alice, chat.id, mira, casting.SeatChanges(is_muted=True))
        casting.change_seat(alice, chat.id, bram, casting.SeatChanges(talkativeness=1.0))
        send(alice, chat, "Mira! Bram!")
        assert speakers(told(chat)) == ["Bram"]
        tell(sending.ask_to_speak(alice, chat.id, mira))
        assert speakers(told(chat)) == ["Bram", "Mira"]

    def test_who_is_called_on_answers_whoevers_turn_it_is(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram", "Odile")
        odile = chat.cast.get(character__name="Odile").character_id
        sent = sending.send_message(alice, chat.id, "Hello", uuid4(), speaker=odile)
        assert [reply.character_id for reply in sent.replies] == [odile]

    def test_only_somebody_at_the_table_can_be_called_on(self, alice: User) -> None:
        chat, other = group(alice, "Mira", "Bram"), group(alice, "Odile")
        with pytest.raises(NotFound):
            sending.send_message(alice, chat.id, "Hello", uuid4(), speaker=other.character_id)
        tell(send(alice, chat).reply)
        with pytest.raises(NotFound):
            sending.ask_to_speak(alice, chat.id, other.character_id)

    def test_called_on_only_when_wanted_they_wait(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram", turns=TurnTaking.MANUAL, on=5)
        assert send(alice, chat, "Mira?").replies == ()
        assert speakers(told(chat)) == []
        sending.ask_to_speak(alice, chat.id)
        assert len(speakers(told(chat))) == 1  # and nobody goes on by themselves

    def test_alone_with_one_character_it_always_answers(self, alice: User) -> None:
        chat = group(alice, "Mira", turns=TurnTaking.MANUAL)
        assert len(send(alice, chat).replies) == 1

    def test_two_people_can_talk_without_the_one_character(self, alice: User, charlie: User) -> None:
        chat = group(alice, "Mira", turns=TurnTaking.MANUAL)
        come_in(charlie, chat)
        assert send(alice, chat).replies == ()
        assert send(charlie, chat).replies == ()
        assert sending.ask_to_speak(charlie, chat.id).character_id == chat.character_id


class TestDirecting:
    def test_the_model_says_who_speaks(self, alice: User, text_engine: ScriptedBackend) -> None:
        chat = group(alice, "Mira", "Bram", "Odile", turns=TurnTaking.DIRECTOR)
        text_engine.script("Odile")
        text_engine.script("The storm is mine.")
        send(alice, chat, "Who lit the lamp?")
        path = told(chat)
        assert speakers(path) == ["Odile"]
        assert path[-1].text == "The storm is mine."
        assert "Mira, Bram, Odile" in text_engine.prompts[0]
        assert "Who lit the lamp?" in text_engine.prompts[0]

    def test_where_it_names_nobody_somebody_speaks_anyway(self, alice: User, text_engine: ScriptedBackend) -> None:
        chat = group(alice, "Mira", "Bram", turns=TurnTaking.DIRECTOR)
        text_engine.script("I cannot say.")
        text_engine.script("Well.")
        send(alice, chat)
        assert told(chat)[-1].text == "Well."

    def test_it_cannot_name_who_is_silenced(self, alice: User, text_engine: ScriptedBackend) -> None:
        chat = group(alice, "Mira", "Bram", turns=TurnTaking.DIRECTOR)
        mira = chat.character_id
        casting.change_seat(alice, chat.id, mira, casting.SeatChanges(is_muted=True))
        text_engine.script("Mira")
        text_engine.script("Well.")
        send(alice, chat, "Mira?")
        assert speakers(told(chat)) == ["Bram"]
        assert "characters: Bram." in text_engine.prompts[0]

    def test_who_is_called_on_is_not_put_to_it(self, alice: User, text_engine: ScriptedBackend) -> None:
        chat = group(alice, "Mira", "Bram", turns=TurnTaking.DIRECTOR)
        text_engine.script("Well.")
        tell(sending.send_message(alice, chat.id, "Hello", uuid4(), speaker=chat.character_id).reply)
        assert len(text_engine.prompts) == 1


class TestSpeakerGuard:
    @pytest.mark.parametrize("name", ["Bram", "Protag"])
    def test_a_reply_ends_where_another_would_speak(
        self, alice: User, text_engine: ScriptedBackend, name: str
    ) -> None:
        chat = group(alice, "Mira", "Bram")
        text_engine.script("Mind the step.\n", f"{name}: I do.")
        reply = tell(send(alice, chat).reply)
        assert reply.text.strip() == "Mind the step."
        assert reply.status == Status.DONE

    def test_each_reads_the_others_by_name(self, alice: User, text_engine: ScriptedBackend) -> None:
        chat = group(alice, "Mira", "Bram", most=2)
        text_engine.script("Mind the step.")
        send(alice, chat, "Hello there")
        told(chat)
        bram = text_engine.prompts[-1]
        assert "Mira: Mind the step." in bram
        assert "Protag: Hello there" in bram
        assert "The sheet of Bram" in bram
        assert "The sheet of Mira" not in bram


class TestGoingOn:
    @pytest.mark.parametrize("most", [1, 2, 5])
    def test_they_stop_by_themselves(self, alice: User, most: int) -> None:
        chat = group(alice, "Mira", "Bram", on=most)
        send(alice, chat)
        names = speakers(told(chat))
        assert len(names) == most
        assert all(one != other for one, other in pairwise(names))

    def test_none_goes_on_where_the_rules_do_not_say_so(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram")
        send(alice, chat)
        assert len(speakers(told(chat))) == 1

    def test_one_alone_does_not_talk_to_itself(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram", turns=TurnTaking.NATURAL, on=5)
        bram = chat.cast.get(character__name="Bram").character_id
        casting.change_seat(alice, chat.id, bram, casting.SeatChanges(is_muted=True))
        send(alice, chat)
        assert speakers(told(chat)) == ["Mira"]

    def test_who_says_its_own_name_lets_another_speak(self, alice: User, text_engine: ScriptedBackend) -> None:
        chat = group(alice, "Mira", "Bram", turns=TurnTaking.NATURAL, on=2)
        text_engine.script("I am Mira, Mira Vale!")
        sending.send_message(alice, chat.id, "Who?", uuid4(), speaker=chat.character_id)
        assert speakers(told(chat)) == ["Mira", "Bram"]

    def test_a_word_from_a_person_ends_the_round(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram", on=20)
        first = send(alice, chat).reply
        second = send(alice, chat, "Wait!")
        tell(first)
        assert not Message.objects.filter(parent=first, role=Role.CHARACTER).exists()
        assert Message.objects.get(parent=first).id == second.message.id

    def test_it_ends_with_the_person_who_began_it(self, alice: User, charlie: User) -> None:
        chat = group(alice, "Mira", "Bram", on=20)
        come_in(charlie, chat)
        reply = send(charlie, chat).reply
        people.remove_person(alice, chat.id, charlie.id)
        tell(reply)
        assert turns.waiting_in(chat.id) == []


class TestStopping:
    def test_stop_ends_the_whole_round(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram", "Odile", most=3, on=10)
        sent = send(alice, chat)
        sending.cancel_reply(alice, sent.reply.id)
        assert speakers(told(chat)) == ["Mira", "Bram", "Odile"]
        assert not Message.objects.filter(chat=chat, status__in=LIVE).exists()
        assert set(
            Message.objects.filter(id__in=[one.id for one in sent.replies]).values_list("status", flat=True)
        ) == {Status.CANCELLED}

    def test_stop_with_the_last_word_ends_it_too(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram")
        reply = tell(send(alice, chat).reply)
        casting.change_rules(alice, chat.id, casting.Rules(TurnTaking.ROUND_ROBIN, 1, 10))
        Message.objects.filter(id=reply.id).update(cancel_requested=True)
        assert rounds.go_on_after(reply.id) is None
        Message.objects.filter(id=reply.id).update(cancel_requested=False)
        assert rounds.go_on_after(reply.id) is not None

    def test_one_who_takes_part_can_stop_anothers(self, alice: User, charlie: User) -> None:
        chat = group(alice, "Mira", "Bram")
        come_in(charlie, chat)
        reply = send(alice, chat).reply
        sending.cancel_reply(charlie, reply.id)
        reply.refresh_from_db()
        assert reply.status == Status.CANCELLED

    def test_one_who_reads_along_cannot(self, alice: User, charlie: User) -> None:
        chat = group(alice, "Mira", "Bram")
        come_in(charlie, chat, people.Terms(part=Part.READER))
        reply = send(alice, chat).reply
        with pytest.raises(NotAllowed, match="You read along"):
            sending.cancel_reply(charlie, reply.id)


class TestAskingToSpeak:
    def test_nothing_must_be_on_its_way(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram")
        send(alice, chat)
        with pytest.raises(Conflict, match="on its way"):
            sending.ask_to_speak(alice, chat.id)

    def test_the_same_key_is_the_same_reply(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram")
        tell(send(alice, chat).reply)
        key = uuid4()
        assert sending.ask_to_speak(alice, chat.id, None, key) == sending.ask_to_speak(alice, chat.id, None, key)

    def test_in_order_it_is_the_next_ones_turn(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram")
        tell(send(alice, chat).reply)
        tell(sending.ask_to_speak(alice, chat.id))
        assert speakers(told(chat)) == ["Mira", "Bram"]

    def test_where_all_are_silenced_it_says_so(self, alice: User) -> None:
        chat = group(alice, "Mira", "Bram")
        tell(send(alice, chat).reply)
        for member in chat.cast.all():
            casting.change_seat(alice, chat.id, member.character_id, casting.SeatChanges(is_muted=True))
        with pytest.raises(Conflict, match="Take the silence off"):
            sending.ask_to_speak(alice, chat.id)

    def test_no_more_are_told_at_once_than_are_allowed(self, alice: User, settings: Settings) -> None:
        settings.LIVE_REPLIES_PER_USER = 1
        chat = group(alice, "Mira", "Bram", most=2)
        assert len(send(alice, chat).replies) == 2  # the first message is always answered by all who want to
