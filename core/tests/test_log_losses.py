"""Redis comes back empty, older, or without having answered."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import redis

from core.redis import client
from core.streams import writing
from core.streams.entries import Delta, Done, Entry, Gap, Numbered, Start, Telling
from core.streams.scripts import Keys
from core.streams.writing import LogWriter, appender
from core.tests.reading import log_of

pytestmark = pytest.mark.usefixtures("redis_db")


@pytest.fixture
def writer() -> Iterator[LogWriter]:
    writer = appender().open(uuid4(), 1, Telling())
    yield writer
    appender().abandon(writer)


def land(writer: LogWriter, *entries: Entry) -> Telling:
    appender().append(writer, entries)
    return appender().landed(writer, 5)


class TestRedisComesBackEmpty:
    def test_one_gap_says_everything_and_the_numbers_go_on(self, writer: LogWriter) -> None:
        land(writer, Start(1), Delta("one ", "hm"))
        client().flushall()
        land(writer, Delta("two "))
        land(writer, Delta("three"))
        assert log_of(writer.reply_id) == [
            Numbered(3, Gap("one two ", "hm")),
            Numbered(4, Delta("three")),
        ]
        assert writer.told == Telling(4, "one two three", "hm")

    def test_done_still_follows(self, writer: LogWriter) -> None:
        land(writer, Start(1), Delta("all of it"))
        client().flushall()
        assert appender().finish(writer, Done("done"))
        *_, gap, done = log_of(writer.reply_id)
        assert gap.entry == Gap("all of it")
        assert done == Numbered(gap.seq + 1, Done("done"))

    def test_the_lease_is_taken_again(self, writer: LogWriter) -> None:
        land(writer, Delta("one"))
        client().flushall()
        land(writer, Delta("two"))
        assert client().get(Keys.of(writer.reply_id).lease) == "1"

    def test_the_scripts_are_loaded_again(self, writer: LogWriter) -> None:
        land(writer, Delta("one"))
        client().script_flush()
        land(writer, Delta("two"))
        assert [numbered.entry for numbered in log_of(writer.reply_id)] == [Delta("one"), Delta("two")]


def test_redis_that_comes_back_older_is_told_everything(writer: LogWriter) -> None:
    for word in ("a", "b", "c"):
        land(writer, Delta(word))
    client().xdel(Keys.of(writer.reply_id).log, "3-0")
    land(writer, Delta("d"))
    assert log_of(writer.reply_id)[-1] == Numbered(4, Gap("abcd"))


class TestAnAnswerIsLost:
    """The outside network: the command arrives, its answer does not."""

    @pytest.fixture
    def answers_lost(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """How many answers get lost from now on; tests put the number in."""
        left = [0]
        real = redis.client.Pipeline.execute

        def execute(pipe: "redis.client.Pipeline", raise_on_error: bool = True) -> list[object]:
            is_ours = any(str(command[0][0]) == "EVALSHA" for command in pipe.command_stack)
            answers = real(pipe, raise_on_error)
            if is_ours and left[0]:
                left[0] -= 1
                raise redis.ConnectionError("the line broke")
            return answers

        monkeypatch.setattr(redis.client.Pipeline, "execute", execute)
        monkeypatch.setattr(writing, "RETRY_SECONDS", (0.001,))
        return left

    @pytest.mark.parametrize("lost", [1, 2, 5])
    def test_trying_again_does_not_say_it_twice(self, writer: LogWriter, answers_lost: list[int], lost: int) -> None:
        land(writer, Start(1), Delta("one "))
        answers_lost[0] = lost
        land(writer, Delta("two "))
        land(writer, Delta("three"))
        assert answers_lost == [0]
        assert [numbered.seq for numbered in log_of(writer.reply_id)] == [1, 2, 3, 4]
        assert writer.told == Telling(4, "one two three")

    def test_what_is_said_meanwhile_waits_and_joins(self, writer: LogWriter, answers_lost: list[int]) -> None:
        land(writer, Delta("one "))
        answers_lost[0] = 3
        for word in ("two ", "three ", "four"):
            appender().append(writer, [Delta(word)])
        assert appender().landed(writer, 5).text == "one two three four"
        text = "".join(
            numbered.entry.text for numbered in log_of(writer.reply_id) if isinstance(numbered.entry, Delta)
        )
        assert text == "one two three four"

    def test_the_neighbour_in_the_pipeline_is_not_doubled_either(
        self, writer: LogWriter, answers_lost: list[int]
    ) -> None:
        others = [appender().open(uuid4(), 1, Telling()) for _ in range(5)]
        answers_lost[0] = 2
        for other in others:
            appender().append(other, [Delta("x")])
        for other in others:
            assert appender().landed(other, 5) == Telling(1, "x")
            appender().abandon(other)
            assert [numbered.entry for numbered in log_of(other.reply_id)] == [Delta("x")]

    def test_an_answer_lost_and_then_the_log_itself_ends_in_one_gap(
        self, writer: LogWriter, answers_lost: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        land(writer, Start(1), Delta("one "))
        answers_lost[0] = 1
        land(writer, Delta("two "))
        client().flushall()
        land(writer, Delta("three"))
        (only,) = log_of(writer.reply_id)
        assert only.entry == Gap("one two three")
