"""How much a socket may have on its way to a page that has not said that it got it."""

import asyncio
from collections import deque
from uuid import UUID

WINDOW_BYTES = 64 * 1024
STALL_SECONDS = 10.0


class Stalled(Exception):
    """The page has not acknowledged anything for ten seconds although the window is full."""


class Window:
    """Counts bytes out on sending, and in again when the page acknowledges. One for each socket."""

    def __init__(self) -> None:
        self._out: dict[UUID, deque[tuple[int, int]]] = {}
        self._bytes = 0
        self._progress = asyncio.Event()

    async def send(self, reply_id: UUID, seq: int, size: int) -> None:
        """Returns when a frame of this size may go out, and counts it. Raises `Stalled`."""
        while self._bytes and self._bytes + size > WINDOW_BYTES:
            self._progress.clear()
            try:
                # Not wait_for: before Python 3.12 it swallows a cancellation that meets the event.
                async with asyncio.timeout(STALL_SECONDS):
                    await self._progress.wait()
            except TimeoutError:
                raise Stalled from None
        self._out.setdefault(reply_id, deque()).append((seq, size))
        self._bytes += size

    def acknowledge(self, reply_id: UUID, seq: int) -> None:
        sent = self._out.get(reply_id)
        while sent and sent[0][0] <= seq:
            self._bytes -= sent.popleft()[1]
            self._progress.set()

    def forget(self, reply_id: UUID) -> None:
        """The page reads another place of this reply now, or none."""
        for _seq, size in self._out.pop(reply_id, ()):
            self._bytes -= size
        self._progress.set()
