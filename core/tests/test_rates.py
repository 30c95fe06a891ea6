"""So many requests a minute, on a real Redis."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core import rates
from core.redis import client

pytestmark = pytest.mark.usefixtures("redis_db")


def taken(key: str, per_minute: int, times: int) -> list[rates.Rate]:
    found = [rates.take(key, per_minute) for _ in range(times)]
    return [rate for rate in found if rate is not None]


def test_a_minutes_requests_may_come_at_once_and_then_one_at_a_time() -> None:
    answers = taken("a", 60, 62)
    assert [rate.is_allowed for rate in answers] == [True] * 60 + [False] * 2
    assert [rate.remaining for rate in answers[:3]] == [59, 58, 57]
    assert answers[-1].retry_seconds == 1
    assert 59 <= answers[-1].reset_seconds <= 60


def test_a_refused_request_costs_nothing() -> None:
    taken("a", 2, 2)
    before = client().get("rate:a")
    assert [rate.is_allowed for rate in taken("a", 2, 5)] == [False] * 5
    assert client().get("rate:a") == before


def test_each_key_is_counted_for_itself() -> None:
    taken("a", 1, 1)
    assert [rate.is_allowed for rate in taken("b", 1, 2)] == [True, False]


def test_of_a_hundred_at_once_as_many_are_let_through_as_there_is_room() -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _number: rates.take("a", 20), range(100)))
    # The minute goes on meanwhile, and gives one back every three seconds.
    assert 20 <= sum(rate.is_allowed for rate in answers if rate is not None) <= 21


def test_the_past_is_forgotten() -> None:
    taken("a", 60, 1)
    assert 0 < client().pttl("rate:a") <= 1000


def test_without_redis_nobody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import redis

    def away() -> "redis.Redis":
        return redis.Redis(host="127.0.0.1", port=1)

    monkeypatch.setattr(rates, "client", away)
    assert rates.take("a", 1) is None
