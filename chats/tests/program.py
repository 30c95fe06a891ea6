"""A program at the door of OpenAI's API, and a worker that tells what it asks for."""

import asyncio
import json
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.test import AsyncClient

from chats import turns
from chats.models import Message
from core.database import in_thread
from core.jobs import Status

T = TypeVar("T")
Answer = dict[str, Any]
LOOK_SECONDS = 0.01
URL = "/v1/chat/completions"


def _queued() -> list[UUID]:
    return list(Message.objects.filter(status=Status.QUEUED).order_by("created_at").values_list("id", flat=True))


async def told(asking: Awaitable[T]) -> T:
    """What somebody asks for, with a worker at it."""
    task = asyncio.ensure_future(asking)
    while not task.done():
        for reply_id in await in_thread(_queued)():
            await in_thread(turns.run_turn)(reply_id)
        await asyncio.wait([task], timeout=LOOK_SECONDS)
    return task.result()


class Program:
    def __init__(self, secret: str, model: str) -> None:
        self.secret, self.model, self.client = secret, model, AsyncClient()

    async def post(self, body: object, *, url: str = URL, **headers: str) -> Any:  # noqa: ANN401  a test client's answer
        sent = body if isinstance(body, bytes | str) else json.dumps(body)
        return await told(
            self.client.post(
                url, sent, "application/json", headers={"Authorization": f"Bearer {self.secret}", **headers}
            )
        )

    async def get(self, url: str) -> Any:  # noqa: ANN401  a test client's answer
        return await self.client.get(url, headers={"Authorization": f"Bearer {self.secret}"})

    async def say(self, *messages: Mapping[str, object], **wishes: object) -> Answer:
        """The answer to a conversation, with `chat`, the chat that it was kept in."""
        answer = await self.post({"model": self.model, "messages": list(messages), **wishes})
        assert answer.status_code == 200, answer.content
        return {**json.loads(answer.content), "chat": answer.headers.get("X-Cognitia-Chat")}

    async def stream(self, *messages: Mapping[str, object], **wishes: object) -> list[str]:
        """The events of a streamed answer, without what marks them as such."""

        async def read() -> list[str]:
            answer: Any = await self.client.post(
                URL,
                json.dumps({"model": self.model, "messages": list(messages), "stream": True, **wishes}),
                "application/json",
                headers={"Authorization": f"Bearer {self.secret}"},
            )
            assert answer.status_code == 200, answer.content
            assert answer.headers["Content-Type"] == "text/event-stream"
            text = b"".join([part async for part in answer]).decode()
            return [event.removeprefix("data: ") for event in text.split("\n\n") if event.startswith("data: ")]

        return await told(read())


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def system(text: str) -> dict[str, str]:
    return {"role": "system", "content": text}


def text_of(answer: Answer, index: int = 0) -> str:
    return str(answer["choices"][index]["message"]["content"])
