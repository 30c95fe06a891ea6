"""One reader's way through one reply: from the row, from the log, to the end. For the socket and for SSE."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from chats import access, failures
from chats.streaming import Reading, ReplyFrame
from core.database import in_thread
from core.jobs import LIVE
from core.streams.entries import Delta, Done, Gap, Numbered, Telling
from core.streams.reading import LogHub

# The past is read at once: more entries than a reply of the longest context has tokens would begin anew from the row.
PAST_BATCH = 10_000
# Who was sent away, or whose reply was deleted, is found out this often while there is something to hear.
RECHECK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the row says at one moment."""

    told: Telling
    status: str
    code: str

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


async def frames(
    hub: LogHub, user: User, reply_id: UUID, after: int, *, chat_id: UUID | None = None
) -> AsyncGenerator[ReplyFrame, None]:
    """What a page of this chat is sent that has everything up to entry `after`. Raises `NotFound` for another's."""
    reading = Reading(str(reply_id))
    async with aclosing(_follow(hub, user, reply_id, after, chat_id)) as items:
        async for item in items:
            if isinstance(item, Telling):
                reading = Reading(str(reply_id), item)
                continue
            frame = reading.frame(item)
            if isinstance(item.entry, Done):
                frame["message"] = failures.sentence(item.entry.status, item.entry.code)
            yield frame


async def entries(hub: LogHub, user: User, reply_id: UUID, after: int) -> AsyncGenerator[Numbered, None]:
    """The entries behind `after` up to the last, `Done`. Raises `NotFound` for another's reply, and for one that its
    reader may hear no longer."""
    async with aclosing(_follow(hub, user, reply_id, after)) as items:
        async for item in items:
            if isinstance(item, Numbered):
                yield item


async def _follow(
    hub: LogHub, user: User, reply_id: UUID, after: int, chat_id: UUID | None = None
) -> AsyncGenerator[Telling | Numbered, None]:
    """First what the reader has, as far as it can be known, and then what follows."""
    row = await _snapshot(user, reply_id, chat_id)
    async with hub.follow(reply_id) as follower:
        place = await _place(hub, reply_id, after, row.told)
        if place is None:
            # The log does not reach back to where this reader stopped: it begins anew, from the row.
            row = await _snapshot(user, reply_id)
            yield Telling()
            yield (item := _whole(row))
            if not row.is_live:
                yield _end(row, item.seq)
                return
            seq = item.seq
        else:
            yield place.told
            seq = place.told.seq
            for numbered in place.following:
                yield numbered
                seq = numbered.seq
                if isinstance(numbered.entry, Done):
                    return
        clock = asyncio.get_running_loop().time
        looked_at = clock()
        while True:
            batch = await follower.next(seq)
            if batch and clock() - looked_at >= RECHECK_SECONDS:
                await _snapshot(user, reply_id)
                looked_at = clock()
            for numbered in batch:
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reader stopped: what it has, and the entries behind that which were read on the way."""

    told: Telling
    following: tuple[Numbered, ...]


async def _place(hub: LogHub, reply_id: UUID, after: int, row: Telling) -> _Place | None:
    """Where a reader is who applied everything up to `after`. None: the log cannot tell, or knows less than the row.

    The row is seconds old, so the few entries between it and the reader are added to its text, or taken off it.
    """
    read = await hub.read(reply_id, min(row.seq, after), count=PAST_BATCH)
    place = _replayed(row, read, after) if row.seq <= after else _rewound(row, read, after)
    if place is None and row.seq > 0:
        place = _replayed(Telling(), await hub.read(reply_id, 0, count=PAST_BATCH), after)
    if place is None or (not place.following and row.seq > after):
        return None
    return place


def _replayed(told: Telling, read: list[Numbered], after: int) -> _Place | None:
    for at, numbered in enumerate(read):
        if not _continues(told, numbered):
            return None
        if numbered.seq > after:
            return _Place(told, tuple(read[at:])) if told.seq == after else None
        told = told.after(numbered)
    return _Place(told, ()) if told.seq == after else None


def _rewound(row: Telling, read: list[Numbered], after: int) -> _Place | None:
    """The row without its last entries. None where one of them did more than add to the text."""
    missed = read[: row.seq - after]
    deltas = [numbered.entry for numbered in missed if isinstance(numbered.entry, Delta)]
    if len(deltas) != row.seq - after or missed[-1].seq != row.seq:
        return None
    text = row.text[: len(row.text) - sum(len(delta.text) for delta in deltas)]
    thinking = row.thinking[: len(row.thinking) - sum(len(delta.thinking) for delta in deltas)]
    return _Place(Telling(after, text, thinking), tuple(read))


def _continues(told: Telling, numbered: Numbered) -> bool:
    return numbered.seq == told.seq + 1 or isinstance(numbered.entry, Gap)


def _whole(row: Snapshot, at_least: int = 0) -> Numbered:
    return Numbered(max(row.told.seq, at_least), Gap(row.told.text, row.told.thinking))


def _end(row: Snapshot, seq: int) -> Numbered:
    return Numbered(seq + 1, Done(row.status, row.code))


async def _snapshot(user: User, reply_id: UUID, chat_id: UUID | None = None) -> Snapshot:
    """Raises `NotFound`."""
    reply = await in_thread(access.get_reply_for)(user, reply_id, chat_id=chat_id)
    return Snapshot(reply.telling, reply.status, reply.failure_code)
