"""The web's side: past and live entries in order, whatever happens to the subscription."""

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import redis.asyncio

from core.redis import async_client
from core.streams import reading
from core.streams.entries import Delta, Entry, Numbered, Start, encode
from core.streams.reading import BATCH, RECENT_CHARACTERS, LogHub
from core.streams.scripts import APPEND, Keys
from core.tests.waiting import until_async

pytestmark = pytest.mark.usefixtures("redis_db")


@pytest.fixture
async def log_hub() -> AsyncIterator[LogHub]:
    hub = LogHub()
    yield hub
    await hub.close()


@pytest.fixture
async def line() -> AsyncIterator["redis.asyncio.Redis"]:
    """A connection of the test's own."""
    line = async_client()
    yield line
    await line.aclose()


async def append(line: "redis.asyncio.Redis", reply_id: UUID, *entries: Entry) -> None:
    for entry in entries:
        await line.eval(APPEND, 4, *Keys.of(reply_id).all(), "1", "3000", "60", "0", encode(entry))


async def collect(hub: LogHub, reply_id: UUID, until_seq: int, after: int = 0) -> list[Numbered]:
    found: list[Numbered] = []
    async with asyncio.timeout(15), hub.follow(reply_id) as follower:
        while after < until_seq:
            for numbered in await follower.next(after):
                found.append(numbered)
                after = numbered.seq
    return found


def words(count: int) -> list[Entry]:
    return [Delta(f"w{number} ") for number in range(count)]


def numbered(entries: list[Entry]) -> list[Numbered]:
    return [Numbered(seq, entry) for seq, entry in enumerate(entries, start=1)]


async def test_the_past_comes_first_and_then_what_is_said_now(log_hub: LogHub, line: "redis.asyncio.Redis") -> None:
    reply_id, said = uuid4(), [Start(1), *words(9)]
    await append(line, reply_id, *said[:5])
    async with log_hub.follow(reply_id) as follower:
        assert await follower.next(0) == numbered(said)[:5]
        await append(line, reply_id, *said[5:])
        found: list[Numbered] = []
        while len(found) < 5:
            found += await follower.next(5 + len(found))
    assert found == numbered(said)[5:]


async def test_what_is_said_while_the_past_is_read_leaves_no_hole(
    log_hub: LogHub, line: "redis.asyncio.Redis"
) -> None:
    reply_id, said = uuid4(), words(300)
    writing = asyncio.create_task(append(line, reply_id, *said))
    chance = random.Random(7)
    places = [chance.randrange(100) for _ in range(8)]
    readers = [asyncio.create_task(collect(log_hub, reply_id, 300, after)) for after in places]
    found = await asyncio.gather(*readers)
    await writing
    for after, entries in zip(places, found, strict=True):
        assert entries == numbered(said)[after:]


async def test_a_late_follower_reads_the_log_itself(log_hub: LogHub, line: "redis.asyncio.Redis") -> None:
    reply_id = uuid4()
    said: list[Entry] = [Delta(f"{number} " + "x" * (RECENT_CHARACTERS // 50)) for number in range(100)]
    async with log_hub.follow(reply_id):
        await append(line, reply_id, *said)
        assert await collect(log_hub, reply_id, len(said)) == numbered(said)


async def test_a_follower_that_keeps_up_is_served_from_memory(
    log_hub: LogHub, line: "redis.asyncio.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    reply_id = uuid4()
    async with log_hub.follow(reply_id) as follower:
        await append(line, reply_id, Start(1))
        assert await follower.next(0) == [Numbered(1, Start(1))]
        asked: list[int] = []
        read = log_hub.read

        async def counted(reply_id: UUID, after: int, count: int = BATCH) -> list[Numbered]:
            asked.append(after)
            return await read(reply_id, after, count)

        monkeypatch.setattr(log_hub, "read", counted)
        follower.wake.clear()
        await append(line, reply_id, Delta("a"))
        await asyncio.wait_for(follower.wake.wait(), 5)
        assert await follower.next(1) == [Numbered(2, Delta("a"))]
        assert asked == []


async def test_what_is_published_twice_counts_once(log_hub: LogHub) -> None:
    reply_id, line = uuid4(), encode(Delta("x" * (RECENT_CHARACTERS // 3)))
    async with log_hub.follow(reply_id):
        for _ in range(10):
            log_hub._hear({"type": "message", "channel": Keys.of(reply_id).log, "data": f"1\n{line}"})
        log = log_hub._logs[Keys.of(reply_id).log]
        assert (list(log.recent), log.characters) == ([1], len(line))
        # One that is larger than all that may be kept is not kept, and nothing is owed for it.
        log.keep(Numbered(2, Delta("")), RECENT_CHARACTERS + 1)
        assert (list(log.recent), log.characters) == ([], 0)


async def test_a_batch_has_an_upper_bound(log_hub: LogHub, line: "redis.asyncio.Redis") -> None:
    reply_id = uuid4()
    await append(line, reply_id, *words(BATCH + 5))
    async with log_hub.follow(reply_id) as follower:
        assert len(await follower.next(0)) == BATCH


async def test_silence_is_an_empty_answer(log_hub: LogHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ASK_SECONDS", 0.05)
    async with log_hub.follow(uuid4()) as follower:
        assert await follower.next(0) == []


async def test_two_follow_one_log(log_hub: LogHub, line: "redis.asyncio.Redis") -> None:
    reply_id, said = uuid4(), words(100)
    readers = [asyncio.create_task(collect(log_hub, reply_id, 100)) for _ in range(2)]
    await append(line, reply_id, *said)
    assert await asyncio.gather(*readers) == [numbered(said), numbered(said)]


async def test_it_stays_subscribed_while_one_is_left_and_no_longer(
    log_hub: LogHub, line: "redis.asyncio.Redis"
) -> None:
    reply_id = uuid4()
    channel = Keys.of(reply_id).log

    async def listeners() -> int:
        return int((await line.pubsub_numsub(channel))[0][1])

    async with log_hub.follow(reply_id):
        async with log_hub.follow(reply_id):
            assert await listeners() == 1
        assert await listeners() == 1
        await append(line, reply_id, Delta("a"))
        assert await collect(log_hub, reply_id, 1) == [Numbered(1, Delta("a"))]

    async def nobody_listens() -> bool:
        return await listeners() == 0

    await until_async(nobody_listens)


async def test_one_who_comes_as_the_last_one_leaves_still_hears(log_hub: LogHub, line: "redis.asyncio.Redis") -> None:
    reply_id = uuid4()
    for turn in range(20):
        async with log_hub.follow(reply_id):
            pass
        async with log_hub.follow(reply_id) as follower:
            follower.wake.clear()
            await append(line, reply_id, Delta("x"))
            await asyncio.wait_for(follower.wake.wait(), 1)
            assert [entry.seq for entry in await follower.next(turn)] == [turn + 1]


async def test_a_subscription_that_is_cut_off_goes_on_within_five_seconds(
    log_hub: LogHub, line: "redis.asyncio.Redis"
) -> None:
    reply_id, said = uuid4(), words(60)
    reader = asyncio.create_task(collect(log_hub, reply_id, 60))
    async with log_hub.reconnections() as reconnected:
        await append(line, reply_id, *said[:20])
        reconnected.clear()
        await line.client_kill_filter(_type="pubsub")
        await append(line, reply_id, *said[20:40])
        await asyncio.wait_for(reconnected.wait(), 5)
        await append(line, reply_id, *said[40:])
    assert await asyncio.wait_for(reader, 5) == numbered(said)


async def test_after_it_was_cut_off_new_followers_hear_at_once(log_hub: LogHub, line: "redis.asyncio.Redis") -> None:
    reply_id = uuid4()
    async with log_hub.follow(reply_id) as follower, log_hub.reconnections() as reconnected:
        await line.client_kill_filter(_type="pubsub")
        await asyncio.wait_for(reconnected.wait(), 5)

        async def listens() -> bool:
            return int((await line.pubsub_numsub(Keys.of(reply_id).log))[0][1]) == 1

        await until_async(listens)
        follower.wake.clear()
        await append(line, reply_id, Delta("x"))
        await asyncio.wait_for(follower.wake.wait(), 1)


async def test_a_reader_that_goes_away_in_the_middle_leaves_nothing_behind(
    log_hub: LogHub, line: "redis.asyncio.Redis"
) -> None:
    reply_id = uuid4()
    reader = asyncio.create_task(collect(log_hub, reply_id, 100))
    await append(line, reply_id, Delta("x"))

    async def is_followed() -> bool:
        return bool(log_hub._logs)

    await until_async(is_followed)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    assert not log_hub._logs
    assert not log_hub._subscribed
