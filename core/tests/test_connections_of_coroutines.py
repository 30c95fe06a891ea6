"""A coroutine that is cancelled while it waits for rows leaves no connection behind."""

import asyncio

import pytest
from django.db import connection

from accounts.models import User
from core.database import in_thread
from core.tests.waiting import until_async

pytestmark = pytest.mark.django_db(transaction=True)


def borrowed() -> int:
    """Connections of the pool that somebody has."""
    stats = connection.pool.get_stats()  # type: ignore[attr-defined]
    return int(stats["pool_size"]) - int(stats["pool_available"])


def ask_slowly() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.05)")


async def test_cancelled_questions_give_their_connections_back(alice: User) -> None:
    before = borrowed()
    for round_ in range(40):
        asking = asyncio.ensure_future(in_thread(ask_slowly)())
        await asyncio.sleep(round_ / 1000)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    async def all_back() -> bool:
        return borrowed() <= before

    await until_async(all_back)
