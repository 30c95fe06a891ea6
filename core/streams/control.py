"""What others than the writer may do to a log: press Stop, and speak for an attempt that is no more."""

import logging
from typing import cast
from uuid import UUID

import redis

from core.redis import client
from core.streams.entries import Done, Entry, Gap, Telling, encode, numbered
from core.streams.scripts import APPEND, FINISHED_SECONDS, LEASE_MILLISECONDS, LIVING_SECONDS, RESTATE, Keys

logger = logging.getLogger(__name__)

# Readers may have heard this much more than the row has when the log was lost: its next number must be new to all.
LOST_ENTRIES = 100_000


def press_stop(reply_id: UUID) -> None:
    """The writer sees it with its next append, or its next beat. The row has the same wish if Redis is away."""
    try:
        client().set(Keys.of(reply_id).cancel, 1, ex=LIVING_SECONDS)
    except redis.RedisError:
        logger.warning("stop not sent; the row has it", extra={"reply_id": str(reply_id)})


def announce(reply_id: UUID, attempt: int, entry: Entry, told: Telling) -> int:
    """Add one entry behind the last, on behalf of `attempt`, and hold no lease. Answers its number.

    `told` is what the row has; a log that lost it is given it first.
    Raises `redis.RedisError`, and `ValueError` if a newer attempt owns the log.
    """
    keys = Keys.of(reply_id)
    head = (4, *keys.all(), str(attempt), str(LEASE_MILLISECONDS), str(LIVING_SECONDS))
    verdict, seq, _stopped = client().eval(APPEND, *head, "0")
    if verdict == "ok" and (int(seq) < told.seq or (int(seq) == 0 and attempt > 1)):
        far = str(told.seq + LOST_ENTRIES)
        verdict, seq, _stopped = client().eval(RESTATE, *head, far, encode(Gap(told.text, told.thinking)))
    if verdict == "ok":
        verdict, seq, _stopped = client().eval(APPEND, *head, "0", encode(entry))
    if verdict != "ok":
        raise ValueError(f"attempt {attempt} of {reply_id} is {verdict}")
    client().delete(keys.lease)
    if isinstance(entry, Done):
        client().expire(keys.log, FINISHED_SECONDS)
        client().delete(keys.cancel)
    return int(seq)


def told(reply_id: UUID, row: Telling) -> Telling:
    """Both texts as the log has them now; what the row says where the log does not reach back to it."""
    # Before its first entry a reply may have a text already: the one that it goes on from.
    telling = Telling() if row.seq else row
    rows = cast(list[tuple[str, dict[str, str]]], client().xrange(Keys.of(reply_id).log))
    for entry in numbered(rows):
        if entry.seq > telling.seq + 1 and telling.seq < row.seq:
            telling = row
        if entry.seq > telling.seq:
            telling = telling.after(entry)
    return telling if telling.seq >= row.seq else row
