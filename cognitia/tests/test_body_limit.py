"""A request that is too large is refused before it fills the disk."""

import json
from collections.abc import Iterator

import pytest
from asgiref.typing import ASGIReceiveCallable, ASGIReceiveEvent, ASGISendCallable, ASGISendEvent, HTTPScope, Scope

from cognitia.body_limit import BodyLimit

MOST = 2**20


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Reads all there is and says how much; silent if the client goes."""
    size = 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return
        size += len(event["body"])
        if not event["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": False})
    await send({"type": "http.response.body", "body": str(size).encode(), "more_body": False})


async def ask(chunks: list[bytes], said: int | None = None) -> tuple[int, bytes]:
    events: Iterator[ASGIReceiveEvent] = iter(
        [
            {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
            for number, chunk in enumerate(chunks)
        ]
    )
    heard: list[ASGISendEvent] = []

    async def receive() -> ASGIReceiveEvent:
        return next(events)

    async def send(event: ASGISendEvent) -> None:
        heard.append(event)

    headers = [(b"content-length", str(said).encode())] if said is not None else []
    scope: HTTPScope = {"type": "http", "method": "POST", "path": "/", "headers": headers}  # type: ignore[typeddict-item]
    await BodyLimit(application, MOST)(scope, receive, send)
    start, body = heard
    assert start["type"] == "http.response.start"
    assert body["type"] == "http.response.body"
    return start["status"], body["body"]


@pytest.mark.parametrize("size", [0, 1, MOST])
async def test_what_fits_goes_through(size: int) -> None:
    assert await ask([b"x" * size], size) == (200, str(size).encode())


async def test_a_header_that_says_too_much_is_enough() -> None:
    status, body = await ask([], MOST + 1)
    assert (status, json.loads(body)["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("said", [None, 5])
async def test_more_than_the_header_says_is_counted(said: int | None) -> None:
    status, body = await ask([b"x" * MOST, b"x"], said)
    assert (status, json.loads(body)["error"]["code"]) == (413, "too_large")
