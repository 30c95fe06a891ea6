"""Who has a chat open just now. Only a hint: it is in Redis, and a page that falls silent is forgotten by itself."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import redis

from core.redis import client

logger = logging.getLogger(__name__)

# A page says that it is there with every ping, each 25 s.
HERE_SECONDS = 60.0

T = TypeVar("T")


def enter(chat_id: UUID, user_id: UUID, page: str) -> bool:
    """This page is there, for a minute to come. True: its person was not there before."""

    def add() -> bool:
        was_there = user_id in _here(chat_id)
        with client().pipeline() as steps:
            steps.zadd(_key(chat_id), {_member(user_id, page): time.time() + HERE_SECONDS})
            steps.expire(_key(chat_id), int(2 * HERE_SECONDS))
            steps.execute()
        return not was_there

    return _asked(add, otherwise=False)


def leave(chat_id: UUID, user_id: UUID, page: str) -> bool:
    """The page is closed. True: it was its person's last."""

    def remove() -> bool:
        removed = client().zrem(_key(chat_id), _member(user_id, page))
        return bool(removed) and user_id not in _here(chat_id)

    return _asked(remove, otherwise=False)


def here(chat_id: UUID) -> frozenset[UUID]:
    """The persons who have it open."""
    return _asked(lambda: _here(chat_id), otherwise=frozenset())


def _here(chat_id: UUID) -> frozenset[UUID]:
    instant = time.time()
    with client().pipeline() as steps:
        steps.zremrangebyscore(_key(chat_id), "-inf", instant)
        steps.zrange(_key(chat_id), 0, -1)
        _removed, members = steps.execute()
    return frozenset(UUID(str(member).partition(" ")[0]) for member in members)


def _asked(question: Callable[[], T], *, otherwise: T) -> T:
    try:
        return question()
    except redis.RedisError as error:
        logger.warning("presence not known: %s", error)
        return otherwise


def _key(chat_id: UUID) -> str:
    return f"presence:{chat_id}"


def _member(user_id: UUID, page: str) -> str:
    return f"{user_id} {page}"
