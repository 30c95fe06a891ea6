"""What others than the writer may do to a log."""

from uuid import UUID, uuid4

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from core.redis import client
from core.streams import control
from core.streams.entries import Delta, Done, Entry, Gap, Numbered, Restart, Start, Telling, encode
from core.streams.scripts import FINISHED_SECONDS, Keys

pytestmark = pytest.mark.usefixtures("redis_db")
WORDS = st.text("ab \n", max_size=4)
ENTRIES: st.SearchStrategy[Entry] = st.one_of(
    st.builds(Delta, WORDS, WORDS), st.builds(Gap, WORDS, WORDS), st.builds(Restart, st.integers(1, 3))
)


def write(reply_id: UUID, *entries: Entry, first: int = 1) -> None:
    for seq, entry in enumerate(entries, start=first):
        client().xadd(Keys.of(reply_id).log, {"e": encode(entry)}, id=f"{seq}-0")


class TestTold:
    def test_a_log_from_its_beginning_counts_more_than_the_row(self) -> None:
        reply_id = uuid4()
        write(reply_id, Start(1), Delta("one "), Delta("two"))
        assert control.told(reply_id, Telling(2, "one ")) == Telling(3, "one two")

    def test_without_a_log_the_row_counts(self) -> None:
        assert control.told(uuid4(), Telling(7, "kept")) == Telling(7, "kept")

    def test_a_log_that_is_older_than_the_row_does_not_count(self) -> None:
        reply_id = uuid4()
        write(reply_id, Start(1), Delta("one "))
        assert control.told(reply_id, Telling(5, "one two three")) == Telling(5, "one two three")

    def test_a_log_that_begins_behind_the_row_goes_on_from_it(self) -> None:
        reply_id = uuid4()
        write(reply_id, Delta("three"), first=6)
        assert control.told(reply_id, Telling(5, "one two ")) == Telling(6, "one two three")

    def test_a_log_that_begins_with_a_gap_is_the_whole(self) -> None:
        reply_id = uuid4()
        write(reply_id, Gap("one two "), Delta("three"), first=9)
        assert control.told(reply_id, Telling(5, "one ")) == Telling(10, "one two three")

    @given(st.lists(ENTRIES, max_size=8), st.data())
    def test_it_is_what_the_entries_make_wherever_the_row_stopped(
        self, entries: list[Entry], data: st.DataObject
    ) -> None:
        reply_id = uuid4()
        write(reply_id, *entries)
        told = [Telling()]
        for seq, entry in enumerate(entries, start=1):
            told.append(told[-1].after(Numbered(seq, entry)))
        row = data.draw(st.sampled_from(told))
        assert control.told(reply_id, row) == told[-1]


class TestAnnounce:
    def test_it_adds_behind_the_last_and_holds_no_lease(self) -> None:
        reply_id = uuid4()
        write(reply_id, Start(1), Delta("one"))
        assert control.announce(reply_id, 2, Restart(2), Telling(2)) == 3
        assert not client().exists(Keys.of(reply_id).lease)
        assert client().get(Keys.of(reply_id).fence) == "2"

    def test_an_old_attempt_may_not_speak(self) -> None:
        reply_id = uuid4()
        control.announce(reply_id, 2, Restart(2), Telling())
        with pytest.raises(ValueError, match="fenced"):
            control.announce(reply_id, 1, Delta("late"), Telling())
        assert control.told(reply_id, Telling()).text == ""

    def test_a_lost_log_is_told_what_the_row_has_under_numbers_that_nobody_knows(self) -> None:
        reply_id, row = uuid4(), Telling(70, "kept")
        seq = control.announce(reply_id, 2, Done("interrupted", "worker_lost"), row)
        assert seq > row.seq + 10_000
        assert control.told(reply_id, Telling()) == Telling(seq, "kept")

    def test_one_that_was_lost_before_the_row_had_any_of_it_is_new_to_its_readers_too(self) -> None:
        assert control.announce(uuid4(), 2, Restart(2), Telling()) > 10_000

    def test_after_done_the_log_lives_for_twenty_minutes(self) -> None:
        reply_id = uuid4()
        control.press_stop(reply_id)
        assert control.announce(reply_id, 1, Done("cancelled"), Telling()) == 1
        assert 0 < client().ttl(Keys.of(reply_id).log) <= FINISHED_SECONDS
        assert not client().exists(Keys.of(reply_id).cancel)


def test_stop_is_no_error_while_redis_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    away = redis.Redis.from_url("unix:///nonexistent/redis.sock")
    monkeypatch.setattr(control, "client", lambda: away)
    control.press_stop(uuid4())
    assert "stop not sent" in caplog.text
