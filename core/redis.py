"""Connections to Redis, one pool per process and kind."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import redis
import redis.asyncio
from django.conf import settings
from redis.exceptions import LockError

logger = logging.getLogger(__name__)

# A command that has no answer after this long has lost its server; blocking reads use their own connection.
COMMAND_SECONDS = 5.0


@cache
def client() -> "redis.Redis":
    """For threads: workers, actions, management commands."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=COMMAND_SECONDS,
        socket_connect_timeout=COMMAND_SECONDS,
        max_connections=64,
        decode_responses=True,
    )


@contextmanager
def locked(name: str, seconds: float) -> Iterator[bool]:
    """False: somebody else is at it, and this does not wait for them. The lock of one that died ends after `seconds`.

    Raises `redis.RedisError`.
    """
    lock = client().lock(name, timeout=seconds, blocking=False)
    is_mine = lock.acquire()
    try:
        yield is_mine
    finally:
        if is_mine:
            try:
                lock.release()
            except LockError:
                logger.warning("it took longer than its lock", extra={"lock": name})


def async_client() -> "redis.asyncio.Redis":
    """For one event loop: the caller keeps it, and closes it.

    No socket timeout: redis-py 8 would otherwise end a quiet subscription after 5 s.
    """
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=None,
        socket_connect_timeout=COMMAND_SECONDS,
        max_connections=256,
        decode_responses=True,
    )
