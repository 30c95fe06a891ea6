"""The one thread that owns a language model, and what callers see of it.

Callers are threads, one for each live reply. They render, tokenise and detokenise; the engine thread only
admits requests, asks the backend for one step of all of them at once, and hands the pieces out.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from queue import SimpleQueue
from typing import Protocol

from inference.errors import ContextOverflow, EngineFailed, InferenceError, Overloaded
from inference.text.formats import CHATML_STOPS, chatml
from inference.text.pieces import Detokenizer, StopGuard
from inference.text.prompt import Prompt, Segment
from inference.text.sampling import SamplingParams

logger = logging.getLogger(__name__)

WAITING_AT_MOST = 256
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


@dataclass(frozen=True, slots=True)
class Generation:
    """One request. `stop` may be set from any thread; `deadline` is a time of `time.monotonic()`."""

    prompt: Prompt
    params: SamplingParams
    cancelled: threading.Event = field(default_factory=threading.Event)
    deadline: float = float("inf")


class TextEngine(Protocol):
    """What the rest of the product knows of a language model."""

    name: str
    context_tokens: int

    def count(self, text: str) -> int:
        """Tokens of ordinary text, exactly."""

    def generate(self, generation: Generation) -> Iterator[Delta | Finish]:
        """The reply as it is written. Raises `ContextOverflow`, `Overloaded` or `EngineFailed`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one step gave one slot: some bytes of text, or the end of the reply (`None`), or an error of its own."""

    slot: int
    text: bytes | None
    error: str = ""


class TextBackend(Protocol):
    """A library that runs a model. Only `encode` may be called from another thread than the engine's."""

    name: str
    context_tokens: int
    slots: int

    def encode(self, segments: Sequence[Segment]) -> list[int]: ...

    def begin(self, slot: int, tokens: Sequence[int], params: SamplingParams) -> None:
        """Take a prompt into a free slot; the next `step` computes it."""

    def step(self) -> list[Piece]:
        """One token for each busy slot. A slot whose piece ends or fails is free when the call returns."""

    def release(self, slot: int) -> None:
        """Give up what a slot is doing."""


@dataclass(eq=False, slots=True)
class _Request:
    generation: Generation
    tokens: list[int]
    outbox: "SimpleQueue[bytes | FinishReason | InferenceError]" = field(default_factory=SimpleQueue)
    room: int = 0
    told: int = 0


class Engine:
    """A `TextEngine` over a `TextBackend`."""

    def __init__(self, backend: TextBackend) -> None:
        self.name = backend.name
        self.context_tokens = backend.context_tokens
        self._backend = backend
        self._waiting: deque[_Request] = deque()
        self._busy: dict[int, _Request] = {}
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="text-engine", daemon=True).start()

    def count(self, text: str) -> int:
        return len(self._backend.encode([Segment(text)]))

    def generate(self, generation: Generation) -> Iterator[Delta | Finish]:
        tokens = self._backend.encode(chatml(generation.prompt))
        room = self.context_tokens - len(tokens)
        if room < 1:
            raise ContextOverflow(len(tokens), self.context_tokens)
        request = _Request(generation, tokens, room=min(room, generation.params.max_tokens))
        with self._changed:
            if len(self._waiting) >= WAITING_AT_MOST:
                raise Overloaded(len(self._waiting), len(self._waiting) * SECONDS_EACH / self._backend.slots)
            self._waiting.append(request)
            self._changed.notify()
        try:
            yield from self._deltas(request)
        finally:
            # Whoever stops listening has cancelled.
            generation.cancelled.set()

    def _deltas(self, request: _Request) -> Iterator[Delta | Finish]:
        detokenizer = Detokenizer()
        guard = StopGuard((*request.generation.params.stop, *CHATML_STOPS))
        told = 0
        while True:
            item = request.outbox.get()
            if isinstance(item, InferenceError):
                raise item
            if isinstance(item, FinishReason):
                text, _ = guard.push(detokenizer.push(b"", final=True), final=True)
                if text:
                    yield Delta(text, tokens=0)
                yield Finish(item, len(request.tokens), told)
                return
            told += 1
            text, stopped = guard.push(detokenizer.push(item))
            yield Delta(text)
            if stopped:
                request.generation.cancelled.set()
                yield Finish(FinishReason.STOP, len(request.tokens), told)
                return

    # --- the engine thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._changed:
                while not (self._waiting or self._busy):
                    self._changed.wait()
            self._drop()
            self._admit()
            if self._busy:
                self._step()

    def _admit(self) -> None:
        free = [slot for slot in range(self._backend.slots) if slot not in self._busy]
        while free:
            with self._changed:
                if not self._waiting:
                    return
                request = self._waiting.popleft()
            if (reason := _over(request)) is not None:
                request.outbox.put(reason)
                continue
            slot = free.pop()
            self._busy[slot] = request
            try:
                self._backend.begin(slot, request.tokens, request.generation.params)
            except Exception as error:  # noqa: BLE001  a library's own errors; this request fails, the thread lives
                self._fail(slot, error)
                free.append(slot)

    def _drop(self) -> None:
        """Spend nothing on what nobody waits for."""
        for slot, request in list(self._busy.items()):
            if (reason := _over(request)) is not None:
                self._end(slot, reason)
        with self._changed:
            over = [request for request in self._waiting if _over(request) is not None]
            for request in over:
                self._waiting.remove(request)
        for request in over:
            request.outbox.put(_over(request) or FinishReason.CANCELLED)

    def _step(self) -> None:
        try:
            pieces = self._backend.step()
        except Exception as error:  # noqa: BLE001  as above: all that were in this step fail, the thread lives
            for slot in list(self._busy):
                self._fail(slot, error)
            return
        for piece in pieces:
            request = self._busy.get(piece.slot)
            if request is None:
                continue
            if piece.error:
                del self._busy[piece.slot]
                request.outbox.put(EngineFailed(piece.error))
            elif piece.text is None:
                del self._busy[piece.slot]
                request.outbox.put(FinishReason.END)
            else:
                request.outbox.put(piece.text)
                request.told += 1
                if request.told >= request.room:
                    self._end(piece.slot, FinishReason.LENGTH)

    def _end(self, slot: int, reason: FinishReason) -> None:
        request = self._busy.pop(slot)
        self._backend.release(slot)
        request.outbox.put(reason)

    def _fail(self, slot: int, error: Exception) -> None:
        logger.error("request failed in the engine", exc_info=error)
        request = self._busy.pop(slot)
        try:
            self._backend.release(slot)
        except Exception as second:
            logger.exception("slot not released", exc_info=second)
        request.outbox.put(EngineFailed(str(error)))


def _over(request: _Request) -> FinishReason | None:
    if request.generation.cancelled.is_set():
        return FinishReason.CANCELLED
    if time.monotonic() > request.generation.deadline:
        return FinishReason.DEADLINE
    return None
