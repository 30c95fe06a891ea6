"""Rows from threads and from coroutines, without holding a connection."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.db import connection

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


def in_thread(function: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """For coroutines that touch rows. Not thread-sensitive: all of a process would share one thread and wait in line."""
    return database_sync_to_async(function, thread_sensitive=False)
