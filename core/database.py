"""Rows from threads and from coroutines, without holding a connection."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import OperationalError, connection

# A database that restarts is back within seconds.
ROW_SECONDS = 30.0
RETRY_SECONDS = 0.5

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def brief_connection() -> Iterator[None]:
    """For threads that touch rows now and then: the connection goes back to the pool at the end."""
    try:
        yield
    finally:
        if not connection.in_atomic_block:
            connection.close()


def insisting(work: Callable[[], R], seconds: float) -> R:
    """For threads: again and again while the database is away, or every connection to it is lent, for so long.

    `work` may be done in part and then again. Raises `OperationalError` when the time is over.
    """
    give_up = time.monotonic() + seconds
    while True:
        try:
            with brief_connection():
                return work()
        except OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(RETRY_SECONDS)


def in_thread(function: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """For coroutines that touch rows. Not thread-sensitive: all of a process would wait in line for one thread.

    A coroutine that is cancelled meanwhile ends when its thread has: nothing of it then still holds a connection.
    """

    def work_in_thread(*args: P.args, **kwargs: P.kwargs) -> R:
        with brief_connection():
            return function(*args, **kwargs)

    # channels' database_sync_to_async does the same, but under its test client it keeps the connections.
    wrapped = sync_to_async(work_in_thread, thread_sensitive=False)

    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        work: asyncio.Future[R] = asyncio.ensure_future(wrapped(*args, **kwargs))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.wait([work])
            raise

    return call
