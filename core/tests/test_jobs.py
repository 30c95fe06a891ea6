"""Leases, fences and marks beside the queue."""

from uuid import uuid4

import pytest

from core import jobs
from core.redis import client
from core.streams.scripts import Keys

pytestmark = pytest.mark.usefixtures("redis_db")


class TestWithoutLease:
    def test_it_names_those_that_nobody_works_on_in_their_order(self) -> None:
        ids = [uuid4() for _ in range(4)]
        client().set(Keys.of(ids[1]).lease, 1)
        assert jobs.without_lease(ids) == [ids[0], ids[2], ids[3]]

    def test_it_asks_nobody_about_nothing(self) -> None:
        assert jobs.without_lease([]) == []


class TestWithoutTask:
    def test_it_names_those_that_are_not_in_the_queue(self) -> None:
        queued, lost = uuid4(), uuid4()
        jobs.mark_queued(queued)
        assert jobs.without_task([queued, lost]) == [lost]

    def test_a_forgotten_mark_is_no_mark(self) -> None:
        job_id = uuid4()
        jobs.mark_queued(job_id)
        jobs.forget_queued(job_id)
        assert jobs.without_task([job_id]) == [job_id]

    def test_a_mark_does_not_stay_for_ever(self) -> None:
        job_id = uuid4()
        jobs.mark_queued(job_id)
        assert 0 < client().ttl(f"queued:{job_id}") <= jobs.QUEUE_MARK_SECONDS

    def test_it_asks_nobody_about_nothing(self) -> None:
        assert jobs.without_task([]) == []


class TestFence:
    def test_it_shuts_out_an_attempt_without_a_lease(self) -> None:
        job_id = uuid4()
        assert jobs.fence(job_id, 1)
        assert client().get(Keys.of(job_id).fence) == "2"

    def test_it_leaves_a_living_one_alone(self) -> None:
        job_id = uuid4()
        client().set(Keys.of(job_id).lease, 1)
        assert not jobs.fence(job_id, 1)
        assert not client().exists(Keys.of(job_id).fence)

    def test_an_attempt_that_was_replaced_long_ago_is_no_news(self) -> None:
        job_id = uuid4()
        client().set(Keys.of(job_id).fence, 3)
        assert not jobs.fence(job_id, 1)
        assert client().get(Keys.of(job_id).fence) == "3"

    def test_fencing_twice_is_fencing_once(self) -> None:
        job_id = uuid4()
        assert jobs.fence(job_id, 1)
        assert jobs.fence(job_id, 1)
        assert client().get(Keys.of(job_id).fence) == "2"
