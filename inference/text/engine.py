"""The one thread that owns a language model, and what callers see of it.

Callers are threads, one for each live reply. They render, tokenise and detokenise; the engine thread only
admits requests, asks the backend for one step of all of them at once, and hands the pieces out.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from collections.abc import Sequence as Items
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from queue import SimpleQueue
from typing import Protocol

from inference.errors import BadRequest, ContextOverflow, EngineFailed, InferenceError, Overloaded
from inference.text.backend import Piece, TextBackend
from inference.text.formats import CHATML, FORMATS, Format
from inference.text.listening import Listener
from inference.text.pace import Pace
from inference.text.parking import Parked, Parking
from inference.text.pieces import Detokenizer
from inference.text.prompt import Prompt, Segment
from inference.text.sampling import SamplingParams
from inference.text.scheduler import Feed, Scheduler
from inference.text.sequence import Sequence
from inference.text.slots import Placement

logger = logging.getLogger(__name__)

COUNTS_KEPT = 16_384
# How long one reply takes, roughly, on the machine this is for: only the estimate that a refusal gives.
SECONDS_EACH = 5.0


class FinishReason(StrEnum):
    END = "end"
    STOP = "stop"
    LENGTH = "length"
    CANCELLED = "cancelled"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Delta:
    """What was added: text of whole characters, in either channel."""

    text: str = ""
    thinking: str = ""
    tokens: int = 1


@dataclass(frozen=True, slots=True)
class Finish:
    """Always the last item of a generation that raised nothing."""

    reason: FinishReason
    prompt_tokens: int
    reply_tokens: int
    reused_tokens: int = 0  # of the prompt: those that had been computed before


@dataclass(frozen=True, slots=True)
class Generation:
    """One request. `cancelled` may be set from any thread; `deadline` is a time of `time.monotonic()`.

    `conversation` names the chat it goes on with, whose cache is then kept for the next time; `user` is whose
    requests share one user's part of the machine. `format` is a name of `formats.FORMATS`, or empty for the model's
    own. `speaker` is who answers, `others` are those whose lines it must not write.
    """

    prompt: Prompt
    params: SamplingParams
    format: str = ""
    speaker: str = ""
    others: tuple[str, ...] = ()
    conversation: str = ""
    user: str = ""
    cancelled: threading.Event = field(default_factory=threading.Event)
    deadline: float = float("inf")


class TextEngine(Protocol):
    """What the rest of the product knows of a language model. `recommended` is how its makers would sample it."""

    name: str
    context_tokens: int
    recommended: SamplingParams

    def count(self, text: str) -> int:
        """Tokens of ordinary text, exactly."""

    def generate(self, generation: Generation) -> Iterator[Delta | Finish]:
        """The reply as it is written. Raises `ContextOverflow`, `Overloaded` or `EngineFailed`."""

    def close(self) -> None:
        """Give back what it holds. Nothing else may be called afterwards."""


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """`waiting`: requests that may wait for a slot. `parking_bytes`: RAM for the caches of chats without one.

    A step reads so much of the prompts as takes `beside_seconds` where others speak, which is a pause between their
    words (a reader takes in four words a second), and where nobody does `alone_seconds` of one prompt, and twice that
    of several, which is how long Stop or a newcomer waits.
    """

    waiting: int = 256
    parking_bytes: int = 256 * 2**20
    beside_seconds: float = 0.25
    alone_seconds: float = 0.5


@dataclass(eq=False, slots=True)
class _Request:
    generation: Generation
    sequence: Sequence
    outbox: "SimpleQueue[bytes | FinishReason | InferenceError]" = field(default_factory=SimpleQueue)


class Engine:
    """A `TextEngine` over a `TextBackend`."""

    def __init__(self, backend: TextBackend, limits: EngineLimits | None = None, own_format: Format = CHATML) -> None:
        self.name = backend.name
        self.context_tokens = backend.context_tokens
        self.recommended = backend.recommended
        self._backend = backend
        # A chat's earlier messages are counted again with every turn.
        self.count = lru_cache(COUNTS_KEPT)(self._count)
        self.own_format = own_format
        self._plain: dict[str, tuple[str, ...]] = {}
        self._limits = limits or EngineLimits()
        self._parking = Parking(self._limits.parking_bytes)
        self._scheduler = Scheduler(backend.slots, self._parking)
        self._pace = Pace(backend.batch_tokens, self._limits.beside_seconds, self._limits.alone_seconds)
        self._arrived: deque[_Request] = deque()
        self._requests: dict[int, _Request] = {}
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="text-engine", daemon=True)
        self._thread.start()

    def _count(self, text: str) -> int:
        return len(self._backend.encode([Segment(text)]))

    def close(self) -> None:
        """End the thread and give the model's memory back. Replies that are being told are cancelled."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        for request in [*self._arrived, *self._requests.values()]:
            request.outbox.put(FinishReason.CANCELLED)
        self._backend.close()

    def generate(self, generation: Generation) -> Iterator[Delta | Finish]:
        chosen = FORMATS.get(generation.format, self.own_format)
        tokens = self._backend.encode(chosen.render(generation.prompt, self._typeable(chosen)))
        room = self.context_tokens - len(tokens)
        if room < 1:
            raise ContextOverflow(len(tokens), self.context_tokens)
        most = min(room, generation.params.max_tokens)
        request = _Request(generation, Sequence(tokens, most, generation.user, generation.conversation))
        with self._changed:
            waiting = len(self._arrived) + len(self._scheduler.waiting)
            if waiting >= self._limits.waiting:
                raise Overloaded(waiting, waiting * SECONDS_EACH / self._backend.slots)
            self._arrived.append(request)
            self._changed.notify()
        try:
            yield from self._deltas(request, chosen)
        finally:
            # Whoever stops listening has cancelled.
            generation.cancelled.set()

    def _typeable(self, chosen: Format) -> tuple[str, ...]:
        """The markers that are ordinary text to this model."""
        if chosen.name not in self._plain:
            self._plain[chosen.name] = tuple(
                marker for marker in chosen.markers if len(self._backend.encode([Segment(marker, control=True)])) != 1
            )
        return self._plain[chosen.name]

    def _deltas(self, request: _Request, chosen: Format) -> Iterator[Delta | Finish]:
        generation, sequence, told = request.generation, request.sequence, 0
        detokenizer = Detokenizer()
        listener = Listener(
            (*generation.params.stop, *chosen.stops),
            thinks=chosen.thinks,
            speaker=generation.speaker,
            others=generation.others,
            opening=generation.prompt.opening,
        )
        while True:
            item = request.outbox.get()
            if isinstance(item, InferenceError):
                raise item
            if isinstance(item, FinishReason):
                said, _ = listener.hear(detokenizer.push(b"", final=True), final=True)
                if said.text or said.thinking:
                    yield Delta(said.text, said.thinking, tokens=0)
                yield Finish(item, sequence.prompt_tokens, told, sequence.reused)
                return
            told += 1
            said, stopped = listener.hear(detokenizer.push(item))
            yield Delta(said.text, said.thinking)
            if stopped:
                generation.cancelled.set()
                yield Finish(FinishReason.STOP, sequence.prompt_tokens, told, sequence.reused)
                return

    # --- the engine thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._changed:
                while not (self._arrived or self._requests or self._closing):
                    self._changed.wait()
                if self._closing:
                    return
                arrived = list(self._arrived)
                self._arrived.clear()
                for request in arrived:
                    self._requests[request.sequence.number] = request
                    self._scheduler.add(request.sequence)
            for request in arrived:
                self._begin(request)
            self._drop()
            for placement in self._scheduler.place():
                self._place(placement)
            self._step()

    def _begin(self, request: _Request) -> None:
        try:
            self._backend.begin(request.sequence, request.generation.params)
        except Exception as error:  # noqa: BLE001  a library's own errors; this request fails, the thread lives
            self._fail(request, error)

    def _drop(self) -> None:
        """Spend nothing on what nobody waits for."""
        for request in list(self._requests.values()):
            if (reason := _over(request)) is not None:
                self._end(request, reason)

    def _place(self, placement: Placement) -> None:
        """Bring what is already computed of a sequence into its slot. What fails is computed again."""
        sequence, slot, backend = placement.sequence, placement.slot, self._backend
        try:
            if placement.park:
                self._parking.put(Parked(placement.park, placement.parked_tokens, backend.save(slot)))
            there = True
            if placement.copied_from is not None:
                there = backend.copy(placement.copied_from, slot)
            elif placement.loaded is not None:
                there = backend.load(slot, placement.loaded.state)
            if not (there and backend.cut(slot, placement.keep)):
                self._scheduler.forget(sequence)
        except Exception as error:
            logger.exception("a cache could not be moved", exc_info=error)
            self._scheduler.forget(sequence)
            backend.cut(slot, 0)
        if not sequence.told_before:
            sequence.reused = sequence.computed

    def _step(self) -> None:
        for feeds in self._scheduler.step(self._pace):
            self._compute(feeds)

    def _compute(self, feeds: Items[Feed]) -> None:
        started = time.monotonic()
        try:
            pieces = self._backend.step(feeds)
        except Exception as error:
            logger.warning("a step failed; each of its %d sequences is tried alone", len(feeds), exc_info=error)
            for feed in feeds:
                self._step_alone(feed)
            return
        if not feeds[0].sequence.speaks:
            self._pace.seen(feeds[0].start, feeds[0].count, time.monotonic() - started)
        for feed in feeds:
            self._scheduler.computed(feed)
        self._hand_out(pieces)

    def _step_alone(self, feed: Feed) -> None:
        """After a batch that failed: whoever is to blame fails, and nobody else."""
        request = self._requests[feed.sequence.number]
        try:
            if not self._backend.cut(feed.slot, feed.start):
                self._scheduler.forget(feed.sequence)
                return
            pieces = self._backend.step([feed])
        except Exception as error:  # noqa: BLE001  a library's own errors
            self._fail(request, error)
            return
        self._scheduler.computed(feed)
        self._hand_out(pieces)

    def _hand_out(self, pieces: Items[Piece]) -> None:
        for piece in pieces:
            request = self._requests[piece.sequence.number]
            if piece.error:
                self._fail(request, EngineFailed(piece.error))
            elif piece.ended:
                self._end(request, FinishReason.END)
            else:
                self._scheduler.told(piece.sequence, piece.token)
                request.outbox.put(piece.text)
                if piece.sequence.full:
                    self._end(request, FinishReason.LENGTH)

    def _end(self, request: _Request, reason: FinishReason) -> None:
        self._forget(request, known=True)
        request.outbox.put(reason)

    def _fail(self, request: _Request, error: Exception) -> None:
        ours = error if isinstance(error, InferenceError) else EngineFailed(str(error))
        if not isinstance(ours, BadRequest):
            logger.error("request failed in the engine", exc_info=error)
        self._forget(request, known=False)
        request.outbox.put(ours)

    def _forget(self, request: _Request, *, known: bool) -> None:
        slot = request.sequence.slot
        del self._requests[request.sequence.number]
        self._scheduler.drop(request.sequence, known=known)
        self._backend.release(request.sequence)
        if slot is not None and not known:
            try:
                self._backend.cut(slot, 0)
            except Exception as error:
                logger.exception("slot not emptied", exc_info=error)


def _over(request: _Request) -> FinishReason | None:
    if request.generation.cancelled.is_set():
        return FinishReason.CANCELLED
    if time.monotonic() > request.generation.deadline:
        return FinishReason.DEADLINE
    return None
