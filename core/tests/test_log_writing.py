"""The worker's side: numbered without a hole, fenced, with a lease, and stopped when Stop is pressed."""

import threading
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from core.redis import client
from core.streams import control
from core.streams.entries import Delta, Done, Entry, Start, Telling
from core.streams.scripts import FINISHED_SECONDS, TAKE_OVER, Keys
from core.streams.writing import BEAT_SECONDS, Appender, Fenced, LogWriter, _joined, appender
from core.tests.reading import log_of
from core.tests.waiting import until

pytestmark = pytest.mark.usefixtures("redis_db")


@pytest.fixture
def reply_id() -> UUID:
    return uuid4()


@pytest.fixture
def writer(reply_id: UUID) -> Iterator[LogWriter]:
    writer = appender().open(reply_id, 1, Telling())
    yield writer
    appender().abandon(writer)


def land(writer: LogWriter, *entries: Entry) -> Telling:
    appender().append(writer, entries)
    return appender().landed(writer, 5)


class TestAppend:
    def test_entries_are_numbered_from_one_without_a_hole(self, reply_id: UUID, writer: LogWriter) -> None:
        land(writer, Start(1))
        for word in ("a", "b", "c"):
            land(writer, Delta(word))
        assert [numbered.seq for numbered in log_of(reply_id)] == [1, 2, 3, 4]
        assert writer.told == Telling(4, "abc")

    def test_neighbouring_deltas_join_in_both_texts(self) -> None:
        joined = _joined([Start(1), Delta("a"), Delta("b", "x"), Delta("", "y"), Done("done"), Delta("c")])
        assert joined == [Start(1), Delta("ab", "xy"), Done("done"), Delta("c")]

    def test_what_came_in_one_breath_is_one_entry(self, reply_id: UUID, writer: LogWriter) -> None:
        land(writer, *(Delta(letter) for letter in "abcdef"))
        assert [numbered.entry for numbered in log_of(reply_id)] == [Delta("abcdef")]

    def test_many_threads_lose_nothing(self, reply_id: UUID, writer: LogWriter) -> None:
        def say_fifty() -> None:
            for _ in range(50):
                appender().append(writer, [Delta("x")])

        threads = [threading.Thread(target=say_fifty) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert appender().landed(writer, 5).text == "x" * 400
        assert control.told(reply_id, Telling()) == writer.told

    def test_replies_do_not_mix(self, reply_id: UUID, writer: LogWriter) -> None:
        other = appender().open(uuid4(), 1, Telling())
        appender().append(other, [Delta("theirs")])
        land(writer, Delta("mine"))
        appender().landed(other, 5)
        appender().abandon(other)
        assert [numbered.entry for numbered in log_of(reply_id)] == [Delta("mine")]
        assert [numbered.entry for numbered in log_of(other.reply_id)] == [Delta("theirs")]

    def test_a_second_attempt_goes_on_after_the_first(self, reply_id: UUID, writer: LogWriter) -> None:
        land(writer, Start(1), Delta("a"))
        appender().abandon(writer)
        second = appender().open(reply_id, 2, Telling(2))
        land(second, Start(2))
        appender().abandon(second)
        assert [numbered.seq for numbered in log_of(reply_id)] == [1, 2, 3]


class TestFence:
    def test_a_fenced_writer_writes_nothing_and_hears_of_it(self, reply_id: UUID, writer: LogWriter) -> None:
        land(writer, Delta("before"))
        client().set(Keys.of(reply_id).fence, 2)
        appender().append(writer, [Delta("after")])
        until(lambda: writer.fenced)
        with pytest.raises(Fenced):
            appender().append(writer, [Delta("later")])
        assert writer.stop.is_set()
        assert [numbered.entry for numbered in log_of(reply_id)] == [Delta("before")]

    def test_it_hears_of_it_without_saying_anything(self, reply_id: UUID, writer: LogWriter) -> None:
        land(writer, Delta("before"))
        client().set(Keys.of(reply_id).fence, 2)
        until(lambda: writer.fenced, BEAT_SECONDS * 4)

    def test_it_does_not_take_the_lease_of_the_new_attempt(self, reply_id: UUID, writer: LogWriter) -> None:
        keys = Keys.of(reply_id)
        land(writer, Delta("before"))
        client().set(keys.fence, 2)
        client().set(keys.lease, 2)
        until(lambda: writer.fenced)
        assert client().get(keys.lease) == "2"

    def test_it_cannot_say_done(self, reply_id: UUID, writer: LogWriter) -> None:
        land(writer, Delta("before"))
        client().set(Keys.of(reply_id).fence, 2)
        assert not appender().finish(writer, Done("done"))
        assert [numbered.entry for numbered in log_of(reply_id)] == [Delta("before")]

    def test_the_thread_has_nothing_to_wake_up_for(self, reply_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
        own = Appender()
        fenced = own.open(reply_id, 1, Telling())
        waits: list[float | None] = []
        wait = own._changed.wait

        def noted(timeout: float | None = None) -> bool:
            waits.append(timeout)
            return wait(timeout)

        monkeypatch.setattr(own._changed, "wait", noted)
        client().set(Keys.of(reply_id).fence, 2)
        until(lambda: fenced.fenced and waits and waits[-1] is None)

    def test_nobody_takes_over_while_the_lease_lives(self, reply_id: UUID, writer: LogWriter) -> None:
        land(writer, Delta("a"))
        assert client().eval(TAKE_OVER, 4, *Keys.of(reply_id).all(), "1", "60") == 0


class TestLease:
    def test_it_is_held_while_the_writer_is_open_and_says_nothing(self, reply_id: UUID, writer: LogWriter) -> None:
        lease = Keys.of(reply_id).lease
        until(lambda: client().exists(lease))
        client().delete(lease)
        until(lambda: client().exists(lease), BEAT_SECONDS * 4)

    def test_it_is_gone_after_the_last_entry(self, reply_id: UUID, writer: LogWriter) -> None:
        keys = Keys.of(reply_id)
        assert appender().finish(writer, Done("done"))
        until(lambda: not client().exists(keys.lease))
        assert 0 < client().ttl(keys.log) <= FINISHED_SECONDS
        assert log_of(reply_id)[-1].entry == Done("done")

    def test_it_is_not_renewed_for_an_abandoned_writer(self, reply_id: UUID, writer: LogWriter) -> None:
        lease = Keys.of(reply_id).lease
        until(lambda: client().exists(lease))
        appender().abandon(writer)
        until(lambda: not client().exists(lease))


class TestStop:
    def test_it_is_seen_within_a_beat_although_nothing_is_said(self, reply_id: UUID, writer: LogWriter) -> None:
        land(writer, Delta("a"))
        control.press_stop(reply_id)
        assert writer.stop.wait(BEAT_SECONDS * 4)

    def test_it_is_seen_with_the_next_entry(self, reply_id: UUID, writer: LogWriter) -> None:
        control.press_stop(reply_id)
        land(writer, Delta("a"))
        assert writer.stop.is_set()

    def test_it_does_not_stop_another_reply(self, writer: LogWriter) -> None:
        control.press_stop(uuid4())
        land(writer, Delta("a"))
        assert not writer.stop.is_set()
