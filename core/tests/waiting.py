"""Waiting for what must come, with a deadline."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

POLL_SECONDS = 0.005


def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Returns when the condition holds; fails the test when it does not in time."""
    give_up = time.monotonic() + seconds
    poll = threading.Event()
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        poll.wait(POLL_SECONDS)


async def until_async(condition: Callable[[], Awaitable[object]], seconds: float = 5.0) -> None:
    give_up = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        await asyncio.sleep(POLL_SECONDS)
