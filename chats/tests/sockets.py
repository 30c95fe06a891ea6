"""A page's socket, with the browser's cookie, on the application that serves them."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import close_old_connections
from django.test import Client

from accounts.models import User
from cognitia.asgi import application
from core.database import in_thread

ORIGIN = "http://localhost"
Frame = dict[str, Any]


class Socket:
    def __init__(self, line: WebsocketCommunicator) -> None:
        self.line = line

    async def send(self, frame: Mapping[str, object] | str) -> None:
        await self.line.send_to(text_data=frame if isinstance(frame, str) else json.dumps(frame))

    async def hear(self, *types: str, seconds: float = 5) -> Frame:
        """The next frame of one of these types; others are passed over."""
        while True:
            frame: Frame = json.loads(await self.line.receive_from(timeout=seconds))
            if frame["type"] in types:
                return frame

    async def closed(self, seconds: float = 5) -> int:
        """The code it is closed with; frames before it are passed over."""
        while True:
            output = await self.line.receive_output(timeout=seconds)
            if output["type"] == "websocket.close":
                return int(output["code"])

    async def frames_until_done(self, reply_id: UUID) -> list[Frame]:
        heard: list[Frame] = []
        while True:
            frame: Frame = json.loads(await self.line.receive_from(timeout=5))
            if frame.get("reply_id") == str(reply_id) and "seq" in frame:
                heard.append(frame)
                if frame["type"] == "reply.done":
                    return heard


def cookie_of(user: User) -> str:
    browser = Client()
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


@asynccontextmanager
async def socket(
    user: User | None, chat_id: UUID | None, origin: str | None = ORIGIN, ticket: str | None = None
) -> AsyncIterator[Socket]:
    """The socket of a chat's page; without a chat, the one for programs. A cookie for `user`, or a ticket."""
    headers = [(b"host", b"localhost")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if user is not None:
        headers.append((b"cookie", (await in_thread(cookie_of)(user)).encode()))
    path = f"/ws/chats/{chat_id}/" if chat_id is not None else "/ws/chat"
    line = WebsocketCommunicator(application, path if ticket is None else f"{path}?ticket={ticket}", headers=headers)
    accepted, code = await line.connect(timeout=5)
    if not accepted:
        raise ConnectionRefusedError(code)
    try:
        yield Socket(line)
    finally:
        await line.disconnect(timeout=5)
        await line.wait(timeout=5)
        await in_thread(close_old_connections)()
