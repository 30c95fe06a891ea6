"""Connections to Redis, one pool per process and kind."""

from functools import cache

import redis
import redis.asyncio
from django.conf import settings

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
