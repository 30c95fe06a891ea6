"""A hint is sent when the rows are there, and is not worth a failed request."""

import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from channels.layers import get_channel_layer
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from chats.models import Chat, Message
from core.database import brief_connection, in_thread
from core.events import Event, publish_on_commit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLit(Event):
    type: ClassVar[str] = "lamp.lit"

    lamp_id: UUID
    bright: bool = True


class Listener:
    def __init__(self, channel: str) -> None:
        self._channel = channel

    async def next(self) -> dict[str, object]:
        message = await get_channel_layer().receive(self._channel)
        frame: dict[str, object] = json.loads(message["frame"])
        return frame


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    """An open page in the group "lamps"."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("lamps", channel)
    yield Listener(channel)
    await layer.group_discard("lamps", channel)
    await layer.flush()


def light(lamp_id: UUID) -> None:
    publish_on_commit("lamps", LampLit(lamp_id=lamp_id))


async def test_it_is_a_frame_with_the_name_of_what_happened(listener: Listener) -> None:
    lamp_id = uuid4()
    await in_thread(light)(lamp_id)
    assert await listener.next() == {"type": "lamp.lit", "lamp_id": str(lamp_id), "bright": True}


async def test_it_is_sent_after_the_commit(listener: Listener, alice: User) -> None:
    lamp_id, other_id = uuid4(), uuid4()

    def write() -> None:
        with transaction.atomic():
            light(lamp_id)
            # Somebody else commits meanwhile.
            with ThreadPoolExecutor(1) as pool:
                pool.submit(light_alone).result()

    def light_alone() -> None:
        with brief_connection():
            light(other_id)

    await in_thread(write)()
    assert [(await listener.next())["lamp_id"] for _ in range(2)] == [str(other_id), str(lamp_id)]


async def test_what_is_rolled_back_never_happened(listener: Listener) -> None:
    lamp_id = uuid4()

    def write() -> None:
        with transaction.atomic():
            light(uuid4())
            transaction.set_rollback(True)
        light(lamp_id)

    await in_thread(write)()
    assert (await listener.next())["lamp_id"] == str(lamp_id)


def test_a_layer_that_is_away_costs_the_hint_and_not_the_request(
    alice: User, alices_chat: Chat, client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    away = {"address": "unix:///nonexistent/redis.sock"}
    settings.CHANNEL_LAYERS = {
        "default": {**settings.CHANNEL_LAYERS["default"], "CONFIG": {"hosts": [away], "prefix": "cognitia"}}
    }
    # Whatever level another test of this process has left.
    caplog.set_level("WARNING", logger="core.events")
    client.force_login(alice)
    answer = client.post(f"/chats/{alices_chat.id}/messages/", {"text": "Hello", "key": str(uuid4())})
    assert answer.status_code == 302
    assert Message.objects.count() == 2
    assert "hint not sent" in caplog.text
