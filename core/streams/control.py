"""What others than the writer may do to a log: press Stop, and speak for an attempt that is no more."""

import logging
from uuid import UUID

import redis

from core.redis import client
from core.streams.entries import Done, Entry, Numbered, Telling, decode, encode
from core.streams.scripts import APPEND, FINISHED_SECONDS, LEASE_MILLISECONDS, LIVING_SECONDS, Keys

logger = logging.getLogger(__name__)


def press_stop(reply_id: UUID) -> None:
    """The writer sees it with its next append, or its next beat. The row has the same wish if Redis is away."""
    try:
        client().set(Keys.of(reply_id).cancel, 1, ex=LIVING_SECONDS)
    except redis.RedisError:
        logger.warning("stop not sent; the row has it", extra={"reply_id": str(reply_id)})


def announce(reply_id: UUID, attempt: int, entry: Entry) -> int:
    """Add one entry behind the last, on behalf of `attempt`, and hold no lease. Answers its number.

    Raises `redis.RedisError`, and `ValueError` if a newer attempt owns the log.
    """
    keys = Keys.of(reply_id)
    verdict, seq, _stopped = client().eval(
        APPEND, 4, *keys.all(), str(attempt), str(LEASE_MILLISECONDS), str(LIVING_SECONDS), "0", encode(entry)
    )
    if verdict != "ok":
        raise ValueError(f"attempt {attempt} of {reply_id} is {verdict}")
    client().delete(keys.lease)
    if isinstance(entry, Done):
        client().expire(keys.log, FINISHED_SECONDS)
        client().delete(keys.cancel)
    return int(seq)


def told(reply_id: UUID, row: Telling) -> Telling:
    """Both texts as the log has them now; what the row says where the log does not reach back to it."""
    telling = Telling()
    for identity, fields in client().xrange(Keys.of(reply_id).log):
        numbered = Numbered(int(identity.partition("-")[0]), decode(fields["e"]))
        if numbered.seq > telling.seq + 1 and telling.seq < row.seq:
            telling = row
        if numbered.seq > telling.seq:
            telling = telling.after(numbered)
    return telling if telling.seq >= row.seq else row
