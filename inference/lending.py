"""The language models of a process: lent to whoever tells a reply, and exchanged when another one is chosen."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from inference.text.engine import TextEngine
from inference.text.settings import TextSettings

logger = logging.getLogger(__name__)

# A model that could not be loaded is not tried again for so long: each trial costs the caches of all chats.
REFUSED_SECONDS = 600.0
# Each takes a thread and a few connections.
MOST_SERVERS = 16

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
    """Up to `most` models in memory at once, and beside them those that servers have.

    Whichever was wanted longest ago makes room for one that is not there.
    """

    def __init__(self, build: Callable[[TextSettings], TextEngine], most: int = 1) -> None:
        self._build = build
        self._most = most
        self._choosing = threading.Lock()
        self._counting = threading.Lock()
        self._loaded: OrderedDict[TextSettings, _Loaded] = OrderedDict()  # the last was wanted last
        self._refusal: _Refusal | None = None

    @contextmanager
    def lend(self, wanted: TextSettings | None, usual: TextSettings, refused: Refused) -> Iterator[TextEngine]:
        """The engine of the model that is wanted; nobody closes it before the block ends.

        If it cannot be built, `refused` hears why, and the model before it goes on; at the start of the process that
        is the usual one. None wants whichever was wanted last. Raises what building the usual one raises.
        """
        with self._choosing:
            loaded = self._chosen(wanted, usual, refused)
            self._loaded.move_to_end(loaded.settings)
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
        if wanted is not None and (there := self._loaded.get(wanted)) is not None:
            return there
        # Nobody but one of its kind stands in for it: what is told on this machine goes to no server.
        on_server = bool((wanted or usual).url)
        peers = [loaded for loaded in self._loaded.values() if bool(loaded.settings.url) == on_server]
        if not peers:
            return self._first(wanted or usual, usual, refused)
        latest = peers[-1]
        if wanted is None:
            return latest
        # Whether it would have all memory, once it is made room for.
        alone = self._most == 1 and not any(loaded.lent for loaded in peers)
        if self._is_refused(wanted, beside=not alone):
            return latest
        full = len(peers) >= (MOST_SERVERS if on_server else self._most)
        left = self._make_room(peers) if full else None
        try:
            return self._built(wanted)
        except Exception as error:  # noqa: BLE001  a library's own errors
            self._refuse(wanted, error, refused, beside=not alone)
        if left is not latest:
            return latest
        if left.retired and self._kept(left):
            self._loaded[left.settings] = left
            return left
        return self._built(left.settings)

    def _first(self, wanted: TextSettings, usual: TextSettings, refused: Refused) -> _Loaded:
        if wanted != usual and not self._is_refused(wanted, beside=False):
            try:
                return self._built(wanted)
            except Exception as error:  # noqa: BLE001  a library's own errors
                self._refuse(wanted, error, refused, beside=False)
        return self._loaded.get(usual) or self._built(usual)

    def _make_room(self, peers: list[_Loaded]) -> _Loaded:
        """An idle one is closed, because memory may hold no more. If all speak, one is closed when its replies end."""
        with self._counting:
            idle = [loaded for loaded in peers if not loaded.lent]
            leaving = (idle or peers)[0]
            leaving.retired = leaving.lent > 0
        del self._loaded[leaving.settings]
        if not leaving.retired:
            leaving.engine.close()
        return leaving

    def _built(self, wanted: TextSettings) -> _Loaded:
        self._loaded[wanted] = loaded = _Loaded(wanted, self._build(wanted))
        return loaded

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
