"""The one language model of a process: lent to whoever tells a reply, and exchanged when another one is chosen."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from inference.text.engine import TextEngine
from inference.text.settings import TextSettings

logger = logging.getLogger(__name__)

# A model that could not be loaded is not tried again for so long: each trial costs the caches of all chats.
REFUSED_SECONDS = 600.0

Refused = Callable[[TextSettings, Exception], None]


@dataclass(eq=False, slots=True)
class _Loaded:
    settings: TextSettings
    engine: TextEngine
    lent: int = 0
    retired: bool = False


@dataclass(frozen=True, slots=True)
class _Refusal:
    """`beside`: there was another model beside it, so it may fit alone."""

    settings: TextSettings
    until: float
    beside: bool


class Lender:
    def __init__(self, build: Callable[[TextSettings], TextEngine]) -> None:
        self._build = build
        self._choosing = threading.Lock()
        self._counting = threading.Lock()
        self._now: _Loaded | None = None
        self._refusal: _Refusal | None = None

    @contextmanager
    def lend(self, wanted: TextSettings | None, usual: TextSettings, refused: Refused) -> Iterator[TextEngine]:
        """The engine of the model that is wanted; nobody closes it before the block ends.

        If it cannot be built, `refused` hears why, and the model before it goes on; at the start of the process that
        is the usual one. None wants whichever is loaded. Raises what building the usual one raises.
        """
        with self._choosing:
            loaded = self._chosen(wanted, usual, refused)
            with self._counting:
                loaded.lent += 1
        try:
            yield loaded.engine
        finally:
            self._give_back(loaded)

    def _give_back(self, loaded: _Loaded) -> None:
        with self._counting:
            loaded.lent -= 1
            over = loaded.retired and not loaded.lent
        if over:
            loaded.engine.close()

    def _chosen(self, wanted: TextSettings | None, usual: TextSettings, refused: Refused) -> _Loaded:
        now = self._now
        if now is None:
            self._now = now = self._first(wanted or usual, usual, refused)
        elif wanted is not None and wanted != now.settings and not self._is_refused(wanted, beside=now.lent > 0):
            self._now = now = self._exchanged(now, wanted, refused)
        return now

    def _first(self, wanted: TextSettings, usual: TextSettings, refused: Refused) -> _Loaded:
        if wanted != usual and not self._is_refused(wanted, beside=False):
            try:
                return _Loaded(wanted, self._build(wanted))
            except Exception as error:  # noqa: BLE001  a library's own errors
                self._refuse(wanted, error, refused, beside=False)
        return _Loaded(usual, self._build(usual))

    def _exchanged(self, old: _Loaded, wanted: TextSettings, refused: Refused) -> _Loaded:
        """Nobody speaks: the old one goes first, because memory may hold only one. Otherwise it goes when they end."""
        with self._counting:
            busy = old.lent > 0
            old.retired = busy
        if not busy:
            self._now = None
            old.engine.close()
        try:
            return _Loaded(wanted, self._build(wanted))
        except Exception as error:  # noqa: BLE001  a library's own errors
            self._refuse(wanted, error, refused, beside=busy)
        if busy and self._kept(old):
            return old
        return _Loaded(old.settings, self._build(old.settings))

    def _kept(self, old: _Loaded) -> bool:
        """Take the old one back. False: its last reply ended meanwhile, and it was closed."""
        with self._counting:
            old.retired = old.lent == 0
        return not old.retired

    def _refuse(self, wanted: TextSettings, error: Exception, refused: Refused, *, beside: bool) -> None:
        logger.warning("model not loaded: %s", error, extra={"model": wanted.name or wanted.model})
        self._refusal = _Refusal(wanted, time.monotonic() + REFUSED_SECONDS, beside)
        refused(wanted, error)

    def _is_refused(self, wanted: TextSettings, *, beside: bool) -> bool:
        refusal = self._refusal
        if refusal is None or refusal.settings != wanted or time.monotonic() > refusal.until:
            return False
        return beside or not refusal.beside
