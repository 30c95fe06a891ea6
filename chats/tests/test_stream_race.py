"""The promise of the stream: wherever a reader stops, and whatever is lost meanwhile, it ends with the same text.

Each log is written by a real turn, and read by one reader from its first word to its last; then every place in it
is a place to come back to, as a page (`frames`) and as a client of server-sent events (`entries`).
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from django.utils.timezone import now

from accounts.models import User
from chats import following, recovery, turns
from chats.models import Chat, Message
from chats.tests.acting import send
from chats.tests.page import Page
from core.database import in_thread
from core.jobs import Status
from core.markdown import blocks
from core.redis import client
from core.streams.entries import Delta, Done, Start, Telling
from core.streams.reading import LogHub
from core.streams.scripts import Keys
from core.streams.writing import appender
from core.tests.reading import log_of
from core.tests.waiting import until_async
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

STORY = (
    "# The ", "harbour\n\nA ", "storm *came* ", "up.\n", "\n- rope\n", "- tar\n\n", "- nails\n\n", "```py",
    "thon\nx = 1\n", "```\n\n", "| a | b |\n|--|--|\n", "| 1 | 2 |\n\n", "The ", "👩", "‍👩‍👧 end", ".",
)  # fmt: skip

Act = Callable[[Message], Awaitable[None]]


@pytest.fixture
async def log_hub() -> AsyncIterator[LogHub]:
    hub = LogHub()
    yield hub
    await hub.close()


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[Telling]:
    """What the row was given on the way: with every token."""
    monkeypatch.setattr(turns, "CHECKPOINT_TOKENS", 1)
    kept: list[Telling] = []
    checkpoint = Message.checkpoint

    def noted(reply: Message, told: Telling) -> bool:
        kept.append(told)
        return checkpoint(reply, told)

    monkeypatch.setattr(Message, "checkpoint", noted)
    return kept


class Told:
    """One reply as its first reader heard it: the page and both texts after each entry."""

    def __init__(self, reply: Message) -> None:
        self.reply = reply
        self.pages: dict[int, Page] = {0: Page()}
        self.tellings: dict[int, Telling] = {0: Telling()}

    @property
    def last(self) -> Page:
        return self.pages[max(self.pages)]


async def hear(hub: LogHub, user: User, reply: Message, act: Act) -> Told:
    """Read it from its first word to its last while `act` lets it be told."""
    told, page, telling = Told(reply), Page(), Telling()

    async def read_frames() -> None:
        async for frame in following.frames(hub, user, reply.id, 0):
            assert page.apply(frame) == "applied"
            told.pages[page.seq] = page.copy()

    async def read_entries() -> None:
        nonlocal telling
        async for numbered in following.entries(hub, user, reply.id, 0):
            telling = telling.after(numbered)
            told.tellings[telling.seq] = telling

    async with asyncio.timeout(30):
        await asyncio.gather(read_frames(), read_entries(), act(reply))
    await in_thread(reply.refresh_from_db)()
    assert told.pages.keys() == told.tellings.keys()
    assert (page.ended, page.tail) == (reply.status, "")
    assert tuple(page.blocks) == blocks(reply.text)
    assert (telling.text, page.thinking) == (reply.text, reply.thinking)
    return told


async def come_back_everywhere(hub: LogHub, user: User, told: Told) -> None:
    """Stop at every entry and go on from it, as a page and as a client of server-sent events."""
    for seq, known in told.pages.items():
        page = known.copy()
        if seq < max(told.pages):
            async for frame in following.frames(hub, user, told.reply.id, seq):
                assert page.apply(frame) == "applied", f"after {seq}: {frame}"
            assert (page.shown, page.ended) == (told.last.shown, told.last.ended), f"after {seq}"
            telling = told.tellings[seq]
            async for numbered in following.entries(hub, user, told.reply.id, seq):
                telling = telling.after(numbered)
            assert (telling.text, telling.thinking) == (told.reply.text, told.reply.thinking), f"after {seq}"


async def a_turn(reply: Message) -> None:
    await in_thread(turns.run_turn)(reply.id)


@pytest.fixture
def reply(alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> Message:
    text_engine.script(*STORY)
    return send(alice, alices_chat).reply


class TestAfterItWasTold:
    async def test_every_place_is_a_place_to_come_back_to(self, alice: User, reply: Message, log_hub: LogHub) -> None:
        told = await hear(log_hub, alice, reply, a_turn)
        assert len(told.pages) > 3
        await come_back_everywhere(log_hub, alice, told)

    async def test_the_row_holds_what_the_entries_up_to_its_number_make(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, kept: list[Telling], log_hub: LogHub
    ) -> None:
        sent = await in_thread(send)(alice, alices_chat, "[tokens=60 rate=400]")
        told = await hear(log_hub, alice, sent.reply, a_turn)
        assert len({row.seq for row in kept}) > 5
        for row in kept:
            assert row == told.tellings[row.seq]
            assert Page.of_row(row).shown == told.pages[row.seq].shown

    async def test_after_the_log_has_expired(self, alice: User, reply: Message, log_hub: LogHub) -> None:
        told = await hear(log_hub, alice, reply, a_turn)
        client().delete(Keys.of(reply.id).log)
        await come_back_everywhere(log_hub, alice, told)

    async def test_after_redis_came_back_empty(self, alice: User, reply: Message, log_hub: LogHub) -> None:
        told = await hear(log_hub, alice, reply, a_turn)
        client().flushall()
        await come_back_everywhere(log_hub, alice, told)

    async def test_after_redis_came_back_older(self, alice: User, reply: Message, log_hub: LogHub) -> None:
        told = await hear(log_hub, alice, reply, a_turn)
        newest = max(told.pages)
        client().xdel(Keys.of(reply.id).log, *(f"{newest - back}-0" for back in range(min(3, newest))))
        await come_back_everywhere(log_hub, alice, told)


class TestWithEveryKindOfEntry:
    async def test_thinking(self, alice: User, reply: Message, log_hub: LogHub) -> None:
        async def act(reply: Message) -> None:
            assert await in_thread(reply.claim)()
            log = appender().open(reply.id, 1, Telling())
            for entry in (Start(1), Delta("", "Hm. "), Delta("", "Ah."), Delta("One.\n\n", "!"), Delta("Two.")):
                appender().append(log, [entry])
                await in_thread(appender().landed)(log, 5)
            whole = log.told
            assert await in_thread(reply.end)(Status.DONE, whole)
            await in_thread(appender().finish)(log, Done("done"))

        await come_back_everywhere(log_hub, alice, await hear(log_hub, alice, reply, act))

    async def test_a_restart(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, log_hub: LogHub
    ) -> None:
        async def act(reply: Message) -> None:
            await die_early(reply)
            assert await in_thread(recovery.run_reaping)() == [reply.id]
            text_engine.script(*STORY)
            await a_turn(reply)

        sent = await in_thread(send)(alice, alices_chat)
        told = await hear(log_hub, alice, sent.reply, act)
        assert told.reply.attempt == 2
        await come_back_everywhere(log_hub, alice, told)

    async def test_a_restart_after_redis_was_lost_with_the_worker(
        self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, log_hub: LogHub
    ) -> None:
        async def act(reply: Message) -> None:
            await die_early(reply)
            client().flushall()
            assert await in_thread(recovery.run_reaping)() == [reply.id]
            text_engine.script(*STORY)
            await a_turn(reply)

        sent = await in_thread(send)(alice, alices_chat)
        told = await hear(log_hub, alice, sent.reply, act)
        await come_back_everywhere(log_hub, alice, told)

    async def test_a_gap(self, alice: User, alices_chat: Chat, text_engine: ScriptedBackend, log_hub: LogHub) -> None:
        async def act(reply: Message) -> None:
            turn = asyncio.create_task(a_turn(reply))
            await until_async(has_entries(reply, 8))
            client().flushall()
            await until_async(has_entries(reply, 8))
            client().flushall()
            await turn

        sent = await in_thread(send)(alice, alices_chat, "[tokens=60 rate=60]")
        told = await hear(log_hub, alice, sent.reply, act)
        assert len(log_of(sent.reply.id)) < max(told.pages), "the log has lost its past"
        await come_back_everywhere(log_hub, alice, told)


async def test_readers_that_come_and_go_all_the_time_hear_everything_once(
    alice: User, alices_chat: Chat, text_engine: ScriptedBackend, log_hub: LogHub
) -> None:
    sent = await in_thread(send)(alice, alices_chat, "[tokens=150 rate=150]")

    async def restless(seed: int) -> tuple[Page, list[int]]:
        chance, page = random.Random(seed), Page()
        heard: list[int] = []
        while not page.ended:
            patience = chance.randrange(1, 12)
            async for frame in following.frames(log_hub, alice, sent.reply.id, page.seq):
                assert page.apply(frame) == "applied"
                heard.append(frame["seq"])
                patience -= 1
                if not patience:
                    break
        return page, heard

    async with asyncio.timeout(30):
        turn = asyncio.create_task(a_turn(sent.reply))
        readers = await asyncio.gather(*(restless(seed) for seed in range(8)))
        await turn
    await in_thread(sent.reply.refresh_from_db)()
    for page, heard in readers:
        assert heard == list(range(1, len(heard) + 1))
        assert tuple(page.blocks) == blocks(sent.reply.text)


async def die_early(reply: Message) -> None:
    """A worker claims it, says a little, which its reader hears, and is killed; its lease runs out."""
    assert await in_thread(reply.claim)()
    log = appender().open(reply.id, 1, Telling())
    for entry in (Start(1), Delta("Onc"), Delta("e.\n\nThere ", "hm")):
        appender().append(log, [entry])
        await in_thread(appender().landed)(log, 5)
    appender().abandon(log)
    row = log.told

    def lease_is_over() -> None:
        Message.objects.filter(id=reply.id).update(
            started_at=now() - timedelta(minutes=1), text="Onc", seq=row.seq - 1
        )

    await in_thread(lease_is_over)()

    async def lease_is_gone() -> bool:
        client().delete(Keys.of(reply.id).lease)
        return not client().exists(Keys.of(reply.id).lease)

    await until_async(lease_is_gone)


def has_entries(reply: Message, count: int) -> Callable[[], Awaitable[bool]]:
    async def enough() -> bool:
        return client().xlen(Keys.of(reply.id).log) >= count

    return enough


def test_the_log_of_a_turn_has_no_hole(alice: User, reply: Message) -> None:
    turns.run_turn(reply.id)
    log = log_of(reply.id)
    assert [numbered.seq for numbered in log] == list(range(1, len(log) + 1))
