"""The worker's side of the log: many replies, one thread that appends for all of them.

Turns hand their tokens over without waiting. The thread takes what has gathered, sends it as one
pipeline, and while Redis is away it keeps everything and tries again: tokens then arrive later and
in larger entries, but none is lost. Appends cost one round trip for all live replies together.
"""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

import redis

from core.redis import client
from core.streams.entries import Delta, Done, Entry, Gap, Numbered, Telling, encode
from core.streams.scripts import APPEND, FINISHED_SECONDS, LEASE_MILLISECONDS, LIVING_SECONDS, RESTATE, Keys

logger = logging.getLogger(__name__)

# A third of the lease, so that two beats may be late; also how soon Stop is seen before the first token.
BEAT_SECONDS = 0.5
RETRY_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0)
# The row already has the whole text when `done` is appended, so waiting longer for Redis would help nobody.
FINISH_SECONDS = 5.0


class Fenced(Exception):
    """A newer attempt owns this reply; whatever this one still does must not be seen."""


@dataclass(eq=False, slots=True)
class LogWriter:
    """One attempt's hand on one log. `stop` is set when Stop was pressed, or when the attempt is fenced."""

    reply_id: UUID
    attempt: int
    told: Telling
    stop: threading.Event = field(default_factory=threading.Event)
    fenced: bool = False
    # What follows belongs to the appender, under its lock.
    pending: list[Entry] = field(default_factory=list)
    flight: list[Entry] = field(default_factory=list)
    uncertain: bool = False
    beaten_at: float = 0.0

    @property
    def keys(self) -> Keys:
        return Keys.of(self.reply_id)


class Appender:
    """Start it once a process. All its methods may be called from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._writers: list[LogWriter] = []
        self._append_sha = ""
        self._restate_sha = ""
        threading.Thread(target=self._run, name="reply-log", daemon=True).start()

    def open(self, reply_id: UUID, attempt: int, told: Telling) -> LogWriter:
        """A writer that goes on after `told`, and whose lease is renewed until it is finished."""
        writer = LogWriter(reply_id, attempt, told)
        with self._changed:
            self._writers.append(writer)
            self._changed.notify_all()
        return writer

    def append(self, writer: LogWriter, entries: Iterable[Entry]) -> None:
        """Hand entries over; they are written within a moment. Raises `Fenced`."""
        with self._changed:
            if writer.fenced:
                raise Fenced
            writer.pending.extend(entries)
            self._changed.notify_all()

    def landed(self, writer: LogWriter, seconds: float) -> Telling:
        """What the log holds, after giving what is on its way this long to arrive."""
        with self._changed:
            self._changed.wait_for(lambda: writer.fenced or not (writer.pending or writer.flight), timeout=seconds)
            return writer.told

    def finish(self, writer: LogWriter, done: Done) -> bool:
        """Write the last entry and let go of the lease. False: Redis did not answer in time; the row has the end."""
        try:
            self.append(writer, [done])
        except Fenced:
            self.abandon(writer)
            return False
        self.landed(writer, FINISH_SECONDS)
        with self._changed:
            written = not (writer.fenced or writer.pending or writer.flight)
        self.abandon(writer)
        if written:
            keys = writer.keys
            try:
                with client().pipeline(transaction=False) as pipe:
                    pipe.expire(keys.log, FINISHED_SECONDS)
                    pipe.delete(keys.lease, keys.cancel)
                    pipe.execute()
            except redis.RedisError:
                logger.warning("reply log not closed", extra={"reply_id": str(writer.reply_id)})
        return written

    def abandon(self, writer: LogWriter) -> None:
        """Stop renewing the lease."""
        with self._changed:
            if writer in self._writers:
                self._writers.remove(writer)

    # --- the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        failures = 0
        while True:
            work = self._take()
            try:
                self._write(work)
                failures = 0
            except redis.RedisError as error:
                if failures == 0:
                    logger.warning("reply log unreachable: %s", error)
                for writer in work:
                    writer.uncertain = True
                time.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1

    def _take(self) -> list[LogWriter]:
        with self._changed:
            while True:
                now = time.monotonic()
                work = []
                for writer in self._writers:
                    if writer.fenced:
                        continue
                    if not writer.flight and writer.pending:
                        writer.flight = _joined(writer.pending)
                        writer.pending = []
                    if writer.flight or now - writer.beaten_at >= BEAT_SECONDS:
                        work.append(writer)
                if work:
                    return work
                # A fenced writer has no beat left to wait for.
                beats = [writer.beaten_at for writer in self._writers if not writer.fenced]
                self._changed.wait(max(0.001, min(beats) + BEAT_SECONDS - now) if beats else None)

    def _write(self, work: list[LogWriter]) -> None:
        if not self._append_sha:
            self._append_sha = str(client().script_load(APPEND))
            self._restate_sha = str(client().script_load(RESTATE))
        with client().pipeline(transaction=False) as pipe:
            for writer in work:
                first = writer.told.seq + 1
                pipe.evalsha(
                    self._append_sha,
                    4,
                    *writer.keys.all(),
                    writer.attempt,
                    LEASE_MILLISECONDS,
                    LIVING_SECONDS,
                    first,
                    *(encode(entry) for entry in writer.flight),
                )
            answers = pipe.execute(raise_on_error=False)
        trouble: redis.RedisError | None = None
        for writer, answer in zip(work, answers, strict=True):
            if isinstance(answer, redis.RedisError):
                trouble = answer
                if isinstance(answer, redis.exceptions.NoScriptError):
                    self._append_sha = ""
                continue
            verdict, last, stopped = answer
            self._settle(writer, str(verdict), int(last), bool(stopped))
        if trouble is not None:
            raise trouble

    def _settle(self, writer: LogWriter, verdict: str, last: int, stopped: bool) -> None:
        landed = writer.told
        for entry in writer.flight:
            landed = landed.after(Numbered(landed.seq + 1, entry))
        if verdict == "lost" and not (writer.uncertain and last == landed.seq):
            landed, verdict, stopped = self._restate(writer, landed)
        with self._changed:
            writer.beaten_at = time.monotonic()
            writer.uncertain = False
            writer.fenced = writer.fenced or verdict == "fenced"
            if not writer.fenced:
                # A `done` still has to follow a restated text.
                restated = verdict == "restated"
                writer.flight = [entry for entry in writer.flight if isinstance(entry, Done)] if restated else []
                writer.told = landed
            if writer.fenced or stopped:
                writer.stop.set()
            self._changed.notify_all()

    def _restate(self, writer: LogWriter, landed: Telling) -> tuple[Telling, str, bool]:
        """The log lost its past (Redis came back empty, or older): say everything once more, as one entry."""
        verdict, seq, stopped = client().evalsha(
            self._restate_sha,
            4,
            *writer.keys.all(),
            str(writer.attempt),
            str(LEASE_MILLISECONDS),
            str(LIVING_SECONDS),
            str(landed.seq),
            encode(Gap(landed.text, landed.thinking)),
        )
        if verdict == "fenced":
            return landed, "fenced", bool(stopped)
        return Telling(int(seq), landed.text, landed.thinking), "restated", bool(stopped)


def _joined(entries: list[Entry]) -> list[Entry]:
    """Neighbouring deltas as one: what gathered while Redis was busy needs one number, not many."""
    joined: list[Entry] = []
    for entry in entries:
        last = joined[-1] if joined else None
        if isinstance(entry, Delta) and isinstance(last, Delta):
            joined[-1] = Delta(last.text + entry.text, last.thinking + entry.thinking)
        else:
            joined.append(entry)
    return joined


@cache
def appender() -> Appender:
    """This process's appender."""
    return Appender()
