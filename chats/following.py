"""One reader's way through one reply: from the row, from the log, to the end. For the socket and for SSE."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from chats import access, failures
from chats.streaming import Reading, ReplyFrame
from core.database import in_thread
from core.jobs import LIVE
from core.streams.entries import Done, Gap, Numbered, Telling
from core.streams.reading import LogHub


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the row says at one moment."""

    told: Telling
    status: str
    code: str

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


async def frames(hub: LogHub, user: User, reply_id: UUID, after: int) -> AsyncGenerator[ReplyFrame, None]:
    """What a page is sent that has everything up to entry `after`. Raises `NotFound` for another's reply."""
    reading = Reading(str(reply_id))
    async with aclosing(_follow(hub, user, reply_id, after)) as items:
        async for item in items:
            if isinstance(item, Telling):
                reading = Reading(str(reply_id), item)
                continue
            frame = reading.frame(item)
            if isinstance(item.entry, Done):
                frame["message"] = failures.sentence(item.entry.status, item.entry.code)
            yield frame


async def entries(hub: LogHub, user: User, reply_id: UUID, after: int) -> AsyncGenerator[Numbered, None]:
    """The entries behind `after` up to the last, `Done`. Raises `NotFound` for another's reply."""
    async with aclosing(_follow(hub, user, reply_id, after)) as items:
        async for item in items:
            if isinstance(item, Numbered):
                yield item


async def _follow(hub: LogHub, user: User, reply_id: UUID, after: int) -> AsyncGenerator[Telling | Numbered, None]:
    """First what the reader has, as far as it can be known, and then what follows."""
    row = await _snapshot(user, reply_id)
    async with hub.follow(reply_id) as follower:
        past = await _past(hub, reply_id, after, row.told.seq)
        if past is None:
            # The log does not reach back to where this reader stopped: it begins anew, from the row.
            row = await _snapshot(user, reply_id)
            yield Telling()
            yield (item := _whole(row))
            if not row.is_live:
                yield _end(row, item.seq)
                return
            seq = item.seq
        else:
            yield past
            seq = past.seq
        while True:
            for numbered in (batch := await follower.next(seq)):
                yield numbered
                seq = numbered.seq
                if isinstance(numbered.entry, Done):
                    return
            if batch or (row := await _snapshot(user, reply_id)).is_live:
                continue
            # It has ended; the log may have been lost before it could say so. Look once more, then believe the row.
            if not await hub.read(reply_id, seq):
                yield (item := _whole(row, at_least=seq))
                yield _end(row, item.seq)
                return


async def _past(hub: LogHub, reply_id: UUID, after: int, row_seq: int) -> Telling | None:
    """What a reader has who applied everything up to `after`. None: the log cannot tell, or knows less than the row."""
    told = Telling()
    while told.seq < after:
        batch = await hub.read(reply_id, told.seq)
        if not batch:
            return None
        for numbered in batch:
            if told.seq == after:
                break
            if numbered.seq > after or not _continues(told, numbered):
                return None
            told = told.after(numbered)
    if following := await hub.read(reply_id, after, count=1):
        return told if _continues(told, following[0]) else None
    return None if row_seq > after else told


def _continues(told: Telling, numbered: Numbered) -> bool:
    return numbered.seq == told.seq + 1 or isinstance(numbered.entry, Gap)


def _whole(row: Snapshot, at_least: int = 0) -> Numbered:
    return Numbered(max(row.told.seq, at_least), Gap(row.told.text, row.told.thinking))


def _end(row: Snapshot, seq: int) -> Numbered:
    return Numbered(seq + 1, Done(row.status, row.code))


async def _snapshot(user: User, reply_id: UUID) -> Snapshot:
    """Raises `NotFound`."""
    reply = await in_thread(access.get_reply_for)(user, reply_id)
    return Snapshot(reply.telling, reply.status, reply.failure_code)
