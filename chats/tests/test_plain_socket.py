"""The socket for programs: /ws/chat, in the shapes that its clients know."""

import asyncio
from uuid import uuid4

import pytest

from accounts.models import User
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.models import Character
from chats import turns
from chats.models import Chat, Message
from chats.tests.sockets import Frame, Socket, socket
from core.database import in_thread
from core.jobs import Status
from inference.testing import ScriptedBackend

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_db", "text_engine", "web_process"),
]


async def tell_next() -> None:
    """What a worker does with the reply that is waiting."""
    reply: Message | None = None
    while reply is None:
        reply = await in_thread(Message.objects.filter(status=Status.QUEUED).first)()
        await asyncio.sleep(0)
    await in_thread(turns.run_turn)(reply.id)


async def until(page: Socket, last: str) -> list[Frame]:
    heard: list[Frame] = []
    while not heard or heard[-1]["type"] != last:
        heard.append(await page.hear("status", "token", "complete", "error"))
    return heard


async def test_a_message_is_answered_token_by_token(
    alice: User, azera: Character, text_engine: ScriptedBackend
) -> None:
    text_engine.script("Hel", "lo")
    async with socket(alice, None) as page:
        await page.send({"message": "I love this!", "character_id": str(azera.id), "user_id": str(alice.id)})
        turn = asyncio.create_task(tell_next())
        heard = await until(page, "complete")
        await turn
    assert [frame["task"] for frame in heard if frame["type"] == "status"] == [
        "processing_message",
        "generating_response",
    ]
    assert "".join(frame["content"] for frame in heard if frame["type"] == "token") == "Hello"
    assert heard[-1]["sentiment"]["compound"] > 0.5
    assert set(heard[-1]["sentiment"]) == {"compound", "positive", "negative", "neutral"}


async def test_the_next_message_goes_on_in_the_same_chat(alice: User, azera: Character) -> None:
    async with socket(alice, None) as page:
        for _ in range(2):
            await page.send({"message": "Hello", "character_id": str(azera.id)})
            turn = asyncio.create_task(tell_next())
            await until(page, "complete")
            await turn
    assert await in_thread(Chat.objects.count)() == 1


@pytest.mark.parametrize(
    "frame",
    [
        "{",
        "[]",
        {"message": "Hi"},
        {"message": 1, "character_id": str(uuid4())},
        {"message": "Hi", "character_id": "x"},
    ],
)
async def test_a_frame_that_is_none_is_refused_and_the_socket_stays(
    alice: User, azera: Character, frame: str | dict[str, object]
) -> None:
    async with socket(alice, None) as page:
        await page.send(frame)
        refused = await page.hear("error")
        assert refused["error"]["code"] == "bad_input"
        assert refused["message"] == refused["error"]["message"]
        await page.send({"message": " ", "character_id": str(azera.id)})
        assert (await page.hear("error"))["error"]["code"] == "bad_input"


async def test_another_persons_character_and_name_are_nothing(alice: User, charlie: User, azera: Character) -> None:
    private = await in_thread(create_character)(alice, Card("Secret"))
    async with socket(charlie, None) as page:
        for character, user in ((private.id, charlie.id), (uuid4(), charlie.id), (azera.id, alice.id)):
            await page.send({"message": "Hi", "character_id": str(character), "user_id": str(user)})
            assert (await page.hear("error"))["error"]["code"] == "not_found"
    assert not await in_thread(Chat.objects.exists)()


async def test_nobody_is_let_in_without_signing_in() -> None:
    async with socket(None, None) as page:
        assert await page.closed() == 4401
