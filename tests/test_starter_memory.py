"""What Azera's own page of tests says to try, through the models that come with the product, in this process."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings as configured
from django.utils.timezone import now
from pytest_django import Settings

from accounts.models import User
from characters.models import Character
from chats import remembering
from chats.actions import starting
from chats.models import Chat, Message
from chats.tests.acting import send, tell
from core.jobs import Status
from inference import registry
from inference.embedding.settings import AUTO
from inference.text.settings import TextSettings
from memory.feeling import state_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

LLAMA = "inference.text.adapters.llama_cpp"


@pytest.fixture(scope="module", autouse=True)
def _loaded_once() -> Iterator[None]:
    """All tests here share the models, and those of other modules get their own back."""
    registry.forget_engines()
    yield
    registry.forget_engines()


@pytest.fixture(autouse=True)
def _what_comes_with_the_product(settings: Settings) -> None:
    settings.INFERENCE = {"text": TextSettings(LLAMA, str(configured.STARTER_MODEL), slots=1, threads=1)}
    settings.EMBEDDING = replace(configured.EMBEDDING, adapter=AUTO)


@pytest.fixture
def other_chat(alice: User, azera: Character, alices_chat: Chat) -> Chat:
    return starting.start_chat(alice, azera)


def say(user: User, chat: Chat, text: str) -> str:
    """Send it, have it answered, and let memory hear of it."""
    reply: Message = tell(send(user, chat, text).replies[0])
    assert reply.status == Status.DONE
    remembering.run_remembering(chat.id)
    return reply.text


@pytest.mark.parametrize(
    ("told", "asked", "answer"),
    [
        ("Remember the passphrase 'wispfire'.", "Do you recall a secret passphrase?", "wispfire"),
        ("My password is wispfire.", "What is my password?", "wispfire"),
        ("Please remember that my locker code is 4817.", "Do you remember my locker code?", "4817"),
        ("My boat is called Brennick.", "What is my boat called?", "Brennick"),
    ],
)
def test_az_62_it_answers_in_one_chat_with_what_it_was_told_in_another(
    alice: User, alices_chat: Chat, other_chat: Chat, told: str, asked: str, answer: str
) -> None:
    say(alice, alices_chat, told)
    assert answer in say(alice, other_chat, asked)


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
def test_words_move_its_mood_whatever_it_answers(
    alice: User, alices_chat: Chat, said: str, mood: str, value: float, energy: float, focus: float
) -> None:
    say(alice, alices_chat, said)
    state = state_of(alice.id, alices_chat.character_id, now())
    assert state.mood == mood
    assert state.mood_value == pytest.approx(value, abs=0.01)
    assert state.energy - 0.7 == pytest.approx(energy, abs=0.01)
    assert state.focus - 0.5 == pytest.approx(focus, abs=0.01)


def test_az_71_another_chat_gets_another_answer_without_an_echo(
    alice: User, alices_chat: Chat, other_chat: Chat
) -> None:
    first = say(alice, alices_chat, "Tell me about consciousness")
    second = say(alice, other_chat, "What's your favorite color?")
    assert first != second
    assert "conscious" not in second.lower()


def test_az_72_a_story_of_one_chat_does_not_come_up_unasked_in_another(
    alice: User, alices_chat: Chat, other_chat: Chat
) -> None:
    say(alice, alices_chat, "When I was nine my brother Tobin fell through the ice of Lake Marrow. I pulled him out.")
    answer = say(alice, other_chat, "What is the capital of France?").lower()
    for word in ("tobin", "marrow", "brother", "ice of"):
        assert word not in answer
