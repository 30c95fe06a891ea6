"""The web's side of the log: one subscription for each process, any number of followers.

Redis publishes every append, so a follower that keeps up is served from memory. One that joins late,
falls behind, or lost its connection reads the log itself: the log is what counts, the wake-up only
saves a question. A follower holds at most one batch, whatever its reader does.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

import redis.asyncio
import redis.exceptions

from core.redis import async_client
from core.streams.entries import Numbered, decode, numbered
from core.streams.scripts import Keys

logger = logging.getLogger(__name__)

BATCH = 32
# What a process keeps of each followed log: minutes of a fast model, and no more than one socket may have on its way.
RECENT_CHARACTERS = 64 * 1024
# A wake-up can be lost with its connection; nobody is silent for longer than this without asking.
ASK_SECONDS = 2.0
RETRY_SECONDS = 0.2
# Keeps the subscription alive while nobody follows anything, and tells by its confirmation that it is new.
OWN_CHANNEL = "reply:hub"


@dataclass(eq=False, slots=True)
class _Log:
    recent: "OrderedDict[int, tuple[Numbered, int]]" = field(default_factory=OrderedDict)
    characters: int = 0
    tip: int = 0
    quiet: bool = False
    followers: set["Follower"] = field(default_factory=set)

    def keep(self, numbered: Numbered, size: int) -> None:
        # An entry may be published twice: it counts once.
        if (known := self.recent.get(numbered.seq)) is not None:
            self.characters -= known[1]
        self.recent[numbered.seq] = (numbered, size)
        self.characters += size
        self.tip, self.quiet = numbered.seq, False
        while self.characters > RECENT_CHARACTERS:
            self.characters -= self.recent.popitem(last=False)[1][1]

    def forget(self) -> None:
        self.recent.clear()
        self.characters = 0

    def after(self, seq: int) -> list[Numbered]:
        found: list[Numbered] = []
        while len(found) < BATCH and (kept := self.recent.get(seq + 1 + len(found))):
            found.append(kept[0])
        return found

    def wake(self, *, look: bool = False) -> None:
        for follower in self.followers:
            follower.look = follower.look or look
            follower.wake.set()


class Follower:
    """One reader's place in one log."""

    def __init__(self, hub: "LogHub", reply_id: UUID, log: _Log) -> None:
        self._hub = hub
        self._log = log
        self.reply_id = reply_id
        self.wake = asyncio.Event()
        # Something may have been missed: the next wait begins with a look at the log itself.
        self.look = True

    async def next(self, after: int) -> list[Numbered]:
        """The entries that follow `after`, at most `BATCH`. Empty: nothing came for about two seconds."""
        waited = False
        while True:
            self.wake.clear()
            if found := self._log.after(after):
                return found
            if self.look or self._log.tip > after:
                looking, self.look = self.look, False
                found = await self._hub.read(self.reply_id, after)
                if found:
                    self.look = self.look or looking
                    return found
                if waited and looking:
                    return []
            if not self.wake.is_set():
                await self.wake.wait()
                waited = True


class LogHub:
    """Belongs to one event loop. Its task ends with `close`."""

    def __init__(self) -> None:
        self._client = async_client()
        self._logs: dict[str, _Log] = {}
        self._reconnected: set[asyncio.Event] = set()
        self._pubsub: redis.asyncio.client.PubSub | None = None
        self._subscribed: dict[str, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._confirmed_before = False

    @asynccontextmanager
    async def follow(self, reply_id: UUID) -> AsyncIterator[Follower]:
        """Subscribes first, so that what is appended while the past is read is not missed."""
        channel = Keys.of(reply_id).log
        log = self._logs.setdefault(channel, _Log())
        follower = Follower(self, reply_id, log)
        log.followers.add(follower)
        try:
            await self._listen(channel)
            yield follower
        finally:
            log.followers.discard(follower)
            if not log.followers and self._logs.pop(channel, None) is not None:
                self._subscribed.pop(channel, None)
                await self._unsubscribe(channel)

    async def read(self, reply_id: UUID, after: int, count: int = BATCH) -> list[Numbered]:
        """Straight from the log. While Redis is away this answers nothing."""
        try:
            rows = await self._client.xrange(Keys.of(reply_id).log, min=f"{after + 1}-0", count=count)
        except (redis.exceptions.RedisError, OSError):
            await asyncio.sleep(RETRY_SECONDS)
            return []
        return numbered(cast(list[tuple[str, dict[str, str]]], rows))

    @asynccontextmanager
    async def reconnections(self) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever wake-ups may have been missed; clear it before looking."""
        event = asyncio.Event()
        self._reconnected.add(event)
        self._begin()
        try:
            yield event
        finally:
            self._reconnected.discard(event)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    # --- the subscription -------------------------------------------------------------------------------------------

    async def _listen(self, channel: str) -> None:
        confirmed = self._subscribed.setdefault(channel, asyncio.Event())
        self._begin()
        if self._pubsub is not None and not confirmed.is_set():
            try:
                await self._pubsub.subscribe(channel)
            except (redis.exceptions.RedisError, OSError):
                return  # the task subscribes again to everything when it is back
        try:
            # Not wait_for: before Python 3.12 it swallows a cancellation that meets the event.
            async with asyncio.timeout(ASK_SECONDS):
                await confirmed.wait()
        except TimeoutError:
            logger.warning("subscription not confirmed; reading the log instead")

    def _begin(self) -> None:
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._ask())]

    async def _unsubscribe(self, channel: str) -> None:
        if self._pubsub is None:
            return
        try:
            await self._pubsub.unsubscribe(channel)
        except (redis.exceptions.RedisError, OSError):
            logger.debug("unsubscribe failed; the connection is gone with it")

    async def _run(self) -> None:
        while True:
            pubsub = self._client.pubsub()
            try:
                await pubsub.subscribe(OWN_CHANNEL, *self._logs)
                self._pubsub = pubsub
                async for message in pubsub.listen():
                    self._hear(message)
            except (redis.exceptions.RedisError, OSError) as error:
                logger.warning("reply log subscription lost: %s", error)
            finally:
                self._pubsub = None
                for confirmed in self._subscribed.values():
                    confirmed.clear()
                await pubsub.aclose()  # type: ignore[no-untyped-call]
            await asyncio.sleep(RETRY_SECONDS)

    async def _ask(self) -> None:
        """One clock for all followers: a timer for each wait would cost as much as the token."""
        while True:
            await asyncio.sleep(ASK_SECONDS)
            for log in self._logs.values():
                if log.quiet:
                    log.wake(look=True)
                log.quiet = True

    def _hear(self, message: dict[str, str | int | None]) -> None:
        channel = str(message["channel"])
        if message["type"] == "subscribe":
            # The client also connects and subscribes again by itself; either way something may have been missed.
            if channel == OWN_CHANNEL and self._confirmed_before:
                self._wake_all()
            self._confirmed_before = self._confirmed_before or channel == OWN_CHANNEL
            if channel in self._logs:
                self._subscribed.setdefault(channel, asyncio.Event()).set()
                self._logs[channel].wake(look=True)
            return
        log = self._logs.get(channel)
        if message["type"] != "message" or log is None:
            return
        first, *lines = str(message["data"]).split("\n")
        for seq, line in enumerate(lines, start=int(first)):
            log.keep(Numbered(seq, decode(line)), len(line))
        log.wake()

    def _wake_all(self) -> None:
        for log in self._logs.values():
            log.forget()
            log.wake(look=True)
        for event in self._reconnected:
            event.set()


_hubs: "dict[asyncio.AbstractEventLoop, LogHub]" = {}


def hub() -> LogHub:
    """This event loop's hub."""
    loop = asyncio.get_running_loop()
    for old in [known for known in _hubs if known.is_closed()]:
        del _hubs[old]
    if loop not in _hubs:
        _hubs[loop] = LogHub()
    return _hubs[loop]
