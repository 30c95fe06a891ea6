"""What Azera's own page of tests says to try, AZ-58 to AZ-73, through the doors and on the scripted engine.

tests/test_starter_memory.py says them to the model that comes with the product.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from characters.models import Character
from chats import remembering
from chats.actions import starting
from chats.models import Chat, Message
from chats.tests.acting import send, tell
from core.jobs import Status
from inference.testing import ScriptedBackend
from memory import dreaming, embedding, journaling
from memory.feeling import state_of
from memory.models import Kind, Memory, Mind

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

Say = Callable[..., Message]
# Long enough without a word for a character to be left alone.
LATER = timedelta(minutes=11)


@pytest.fixture
def say(alice: User, text_engine: ScriptedBackend) -> Say:
    """Send it, have it answered, and let memory hear of it."""

    def said(chat: Chat, text: str, answer: str = "I see.") -> Message:
        text_engine.script(answer)
        reply = tell(send(alice, chat, text).replies[0])
        assert reply.status == Status.DONE
        remembering.run_remembering(chat.id)
        return reply

    return said


@pytest.fixture
def prompt(text_engine: ScriptedBackend) -> Callable[[], str]:
    """What the last reply was made from."""
    return lambda: text_engine.prompts[-1]


@pytest.fixture
def other_chat(alice: User, azera: Character, alices_chat: Chat) -> Chat:
    return starting.start_chat(alice, azera)


def remembered_in(prompt: str) -> str:
    """What stands below its heading."""
    return prompt.partition("# What you remember\n")[2].partition("\n\n# ")[0].partition("<|im_end|>")[0]


class TestMoods:
    @pytest.mark.parametrize(
        ("said", "mood", "value", "energy", "focus"),
        [
            ("Tell me something that makes you truly excited!", "excited", 0.9, 0.12, 0.05),
            ("Reflect on something that worries you deeply", "concerned", 0.4, -0.1, 0.05),
            ("What brings you peace?", "calm", 0.65, 0.0, 0.07),
            ("Let's debate something controversial", "engaged", 0.7, -0.03, 0.2),
        ],
        ids=["AZ-58", "AZ-59", "AZ-60", "AZ-61"],
    )
    def test_words_move_it_to_where_the_table_says(
        self,
        alice: User,
        alices_chat: Chat,
        say: Say,
        said: str,
        mood: str,
        value: float,
        energy: float,
        focus: float,
    ) -> None:
        say(alices_chat, said)
        state = state_of(alice.id, alices_chat.character_id, now())
        assert state.mood == mood
        assert state.mood_value == pytest.approx(value, abs=0.01)
        assert state.energy - 0.7 == pytest.approx(energy, abs=0.01)
        assert state.focus - 0.5 == pytest.approx(focus, abs=0.01)

    def test_az_66_six_quick_messages_take_three_hundredths_each(
        self, alice: User, alices_chat: Chat, say: Say
    ) -> None:
        mind = Mind.objects.filter(owner=alice, character=alices_chat.character)
        energies = [0.7]
        for number in range(6):
            say(alices_chat, f"The tram came at {number}.", "Fine.")
            energies.append(mind.get().energy)
        steps = [before - after for before, after in pairwise(energies)]
        assert steps == [pytest.approx(0.03, abs=0.005)] * 6

    def test_az_67_a_pause_gives_energy_back(self, alice: User, alices_chat: Chat, say: Say) -> None:
        say(alices_chat, "The tram came.", "Fine.")
        at = now()
        energies = [
            state_of(alice.id, alices_chat.character_id, at + timedelta(minutes=minutes)).energy
            for minutes in (0, 2, 4, 30, 600)
        ]
        assert energies == sorted(energies)
        assert energies[1] > energies[0] + 0.01
        assert energies[-1] == pytest.approx(1.0, abs=0.01)


class TestFromOneChatIntoAnother:
    def test_az_62_a_passphrase_is_recalled(
        self, alices_chat: Chat, other_chat: Chat, say: Say, prompt: Callable[[], str]
    ) -> None:
        say(alices_chat, "Remember the passphrase 'wispfire'.")
        say(other_chat, "Do you recall a secret passphrase?")
        assert "wispfire" in remembered_in(prompt())

    def test_az_64_what_was_talked_about_before_is_found_by_words_and_by_what_it_means(
        self, alices_chat: Chat, other_chat: Chat, say: Say, prompt: Callable[[], str]
    ) -> None:
        say(alices_chat, "We talked about lighthouses, remember?", "About the one at Porto.")
        say(alices_chat, "My sister moved to Lisbon.")
        say(other_chat, "What have we talked about before?")
        for part in ("lighthouses", "the one at Porto", "moved to Lisbon"):
            assert part in remembered_in(prompt())

    def test_az_71_a_new_chat_does_not_go_on_with_the_other_ones_talk(
        self, alices_chat: Chat, other_chat: Chat, say: Say, prompt: Callable[[], str], text_engine: ScriptedBackend
    ) -> None:
        say(alices_chat, "Tell me about consciousness", "A lamp that sees itself.")
        reply = say(other_chat, "What's your favorite color?", "Grey, like the sea.")
        assert reply.text == "Grey, like the sea."
        told = prompt()
        assert "consciousness" not in told.replace(remembered_in(told), "")
        assert "A lamp" not in told.replace(remembered_in(told), "")

    def test_az_72_nothing_leaks_where_nothing_is_to_be_recalled_nor_to_another_character(
        self, alice: User, alices_chat: Chat, other_chat: Chat, say: Say, prompt: Callable[[], str]
    ) -> None:
        say(alices_chat, "When I was nine my brother Tobin fell through the ice.")
        Chat.objects.filter(id=other_chat.id).update(recalls=False)
        say(Chat.objects.get(id=other_chat.id), "What is the capital of France?")
        assert "Tobin" not in prompt()
        areza = starting.start_chat(alice, Character.objects.get(name="Areza"))
        say(areza, "Do I have a brother?")
        assert "Tobin" not in prompt()


class TestOneSitting:
    def test_az_69_what_was_just_discussed_is_known(
        self, alices_chat: Chat, say: Say, prompt: Callable[[], str]
    ) -> None:
        say(alices_chat, "Let's talk about quantum physics", "Gladly.")
        say(alices_chat, "Tell me more about what we were just discussing")
        assert "Just now you talked about quantum physics" in remembered_in(prompt())

    def test_az_70_the_topics_of_the_day_are_known(
        self, alices_chat: Chat, say: Say, prompt: Callable[[], str]
    ) -> None:
        say(alices_chat, "Let's talk about quantum physics", "Gladly.")
        say(alices_chat, "Now let's talk about sourdough bread", "If you must.")
        say(alices_chat, "What topics have we covered today?")
        for topic in ("quantum physics", "sourdough bread"):
            assert topic in remembered_in(prompt()).partition("talked about")[2]


class TestWhatItWritesForItself:
    def talked(self, chat: Chat, say: Say, messages: int = 5) -> datetime:
        for number in range(messages):
            say(chat, f"The lighthouse at Porto has {number + 70} steps.", "My lamp counted them with you.")
        return now() + LATER

    def dreamt(self, chat: Chat, say: Say) -> Memory:
        at = self.talked(chat, say)
        Mind.objects.filter(character=chat.character).update(energy=0.05)
        (mind_id,) = dreaming.minds_to_dream(at)
        memory_id = dreaming.run_dreaming(mind_id, at)
        assert memory_id is not None
        embedding.run_embedding([memory_id])
        return Memory.objects.get(id=memory_id)

    def written(self, chat: Chat, say: Say) -> Memory:
        at = self.talked(chat, say)
        Mind.objects.filter(character=chat.character).update(mood="calm", mood_value=0.65, energy=1.0, focus=1.0)
        (mind_id,) = journaling.minds_to_journal(at)
        memory_id = journaling.run_journaling(mind_id, at)
        assert memory_id is not None
        embedding.run_embedding([memory_id])
        return Memory.objects.get(id=memory_id)

    def test_az_68_a_tired_character_dreams_once_it_is_left_alone(self, alices_chat: Chat, say: Say) -> None:
        at = self.talked(alices_chat, say)
        assert dreaming.minds_to_dream(at) == []
        dream = self.dreamt(alices_chat, say)
        assert (dream.kind, dream.owner_id) == (Kind.DREAM, alices_chat.owner_id)
        assert Memory.objects.filter(id__in=dream.sources, kind=Kind.EXCHANGE).count() == len(dream.sources) > 0

    def test_az_63_a_dream_is_told_as_a_dream_to_whoever_asks_for_it(
        self, alices_chat: Chat, other_chat: Chat, say: Say, prompt: Callable[[], str]
    ) -> None:
        dream = self.dreamt(alices_chat, say)
        say(other_chat, "What did you dream about recently?")
        assert f"Dream: {dream.text.split('.')[0]}" in remembered_in(prompt())
        say(other_chat, "How many steps has the lighthouse?")
        assert "Dream:" not in remembered_in(prompt())

    def test_az_65_reflections_come_from_the_journal(
        self, alices_chat: Chat, other_chat: Chat, say: Say, prompt: Callable[[], str]
    ) -> None:
        entry = self.written(alices_chat, say)
        say(other_chat, "Summarize your recent reflections")
        assert f"Journal: {entry.text.split('.')[0]}" in remembered_in(prompt())

    def test_az_73_all_of_it_is_there_for_curl(self, alices_chat: Chat, say: Say, signed_in: Client) -> None:
        say(alices_chat, "Remember the passphrase 'wispfire'.")
        dream, entry = self.dreamt(alices_chat, say), self.written(alices_chat, say)
        status = signed_in.get("/api/v2/status").json()
        assert status["character_id"] == str(alices_chat.character_id)
        assert {"mood_value", "energy", "focus"} <= status.keys()
        assert [one["id"] for one in signed_in.get("/api/v2/dreams").json()["dreams"]] == [str(dream.id)]
        assert [one["id"] for one in signed_in.get("/api/v2/journal").json()["journal"]] == [str(entry.id)]
        body = json.dumps({"query": "passphrase", "limit": 5})
        found = signed_in.post("/api/v2/search", body, content_type="application/json").json()["memories"]
        assert 0 < len(found) <= 5
        assert "wispfire" in found[0]["text"]


def test_a_search_over_memories_is_refused_without_words_and_keeps_its_limit(
    alices_chat: Chat, say: Say, signed_in: Client
) -> None:
    for number in range(3):
        say(alices_chat, f"The passphrase number {number} is wispfire.")

    def search(**body: object) -> tuple[int, dict[str, list[object]]]:
        answer = signed_in.post("/api/v2/search", json.dumps(body), content_type="application/json")
        return answer.status_code, answer.json()

    assert search()[0] == search(query="passphrase", limit=0)[0] == 400
    status, found = search(query="passphrase", limit=2)
    assert (status, len(found["memories"])) == (200, 2)
    areza = Character.objects.get(name="Areza")
    assert search(query="passphrase", character=str(areza.id)) == (200, {"memories": []})
