"""Engines for tests and benchmarks: adapters like any other, plugged in by the same setting.

`TEXT_ENGINE=inference.testing` runs in a real worker and does what the last user message says, for example
`[tokens=200 rate=50]`; in the test process `script` tells it what to say next. What a message may ask for: `tokens`,
`rate` (tokens/s), `delay` (s before the first), `size` (characters each), `fail` (die after so many tokens),
`stamp=1` (each token is the nanosecond of the monotonic clock at which it was made) and `echo=1` (what the message
says after this, seven characters a token).

`EMBEDDER=inference.testing` finds texts alike that have words in common.
"""

import hashlib
import re
import threading
import time
from collections import deque
from collections.abc import Sequence as Items
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count

import numpy as np

from inference.embedding.embedder import Embedder, Vectors
from inference.embedding.settings import EmbeddingSettings
from inference.text.backend import Piece
from inference.text.engine import Engine, TextEngine
from inference.text.prompt import Segment
from inference.text.sampling import SamplingParams
from inference.text.scheduler import Feed
from inference.text.sequence import Sequence
from inference.text.settings import TextSettings

REMEMBERED_TEXTS = 4096
SCRIPTED_SLOTS = 128
SCRIPTED_CONTEXT = 8192
SCRIPTED_BATCH = 100_000
ECHOED = 7
HASHED_DIMENSIONS = 384
# What is left of a word without its ending, so that "walks" and "walking" are one.
STEM = re.compile(r"(\w{3,}?)(?:ings?|ed|es|s|ly)?\b|\w+")
SHORT_WORD = 3
DIRECTIVE = re.compile(r"\[(?:[a-z]+=[0-9.]+ ?)+\]")


@dataclass
class _Scripted:
    pieces: deque[str]
    interval: float
    due: float
    fail_after: int = -1
    stamped: bool = False
    told: int = 0

    def next(self) -> bytes:
        piece = self.pieces.popleft()
        return (f"{time.monotonic_ns()} " if self.stamped else piece).encode()


def scripted_token(number: int, size: int = 0) -> str:
    """Token `number` (from 0) of every directed reply: a reader can tell what is missing or doubled.

    `size` pads it to so many characters.
    """
    ending = ".\n\n" if number % 25 == 24 else " "
    return f"w{number}".ljust(size - len(ending), "x") + ending


def scripted_text(tokens: int, size: int = 0) -> str:
    """A whole directed reply."""
    return "".join(scripted_token(number, size) for number in range(tokens))


@dataclass
class ScriptedBackend:
    """Counts one token for each word. Slots step together, each at its own rate."""

    name: str = "scripted"
    context_tokens: int = SCRIPTED_CONTEXT
    slots: int = SCRIPTED_SLOTS
    batch_tokens: int = SCRIPTED_BATCH
    recommended: SamplingParams = field(default_factory=SamplingParams)
    prompts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._handles = count()
        self._busy: dict[int, _Scripted] = {}
        self._lines: deque[tuple[str, ...]] = deque()
        self._failures: deque[str] = deque()
        self._lock = threading.Lock()

    def script(self, *pieces: str) -> None:
        """What the next reply says, piece by piece."""
        self._lines.append(pieces)

    def fail(self, reason: str) -> None:
        """Let the next reply die before its first token."""
        self._failures.append(reason)

    def encode(self, segments: Items[Segment]) -> list[int]:
        text = "".join(segment.text for segment in segments)
        words = text.split()
        with self._lock:
            handle = next(self._handles)
            self._texts[handle] = text
            self._texts.pop(handle - REMEMBERED_TEXTS, None)
        # The first "token" is a handle to the text itself, so that `begin` knows what was asked.
        return [handle, *range(len(words) - 1)] if words else []

    def begin(self, sequence: Sequence, params: SamplingParams) -> None:
        prompt = self._texts[sequence.tokens[0]]
        self.prompts.append(prompt)
        if self._failures:
            raise RuntimeError(self._failures.popleft())
        asked = _directive(prompt)
        pieces = self._lines.popleft() if self._lines else None
        if pieces is None:
            size = int(asked.get("size", 0))
            pieces = tuple(scripted_token(number, size) for number in range(int(asked.get("tokens", 3))))
            if "echo" in asked:
                pieces = _echo(prompt)
        interval = 1 / asked["rate"] if "rate" in asked else 0.0
        start = time.monotonic() + asked.get("delay", 0.0)
        self._busy[sequence.number] = _Scripted(
            deque(pieces), interval, start, int(asked.get("fail", -1)), "stamp" in asked
        )

    def step(self, feeds: Items[Feed]) -> list[Piece]:
        speaking = [(feed.sequence, self._busy[feed.sequence.number]) for feed in feeds if feed.samples]
        now = time.monotonic()
        soonest = min((state.due for _, state in speaking), default=now)
        if soonest > now:
            # Short enough for Stop to be seen at once while the slots wait for their next token.
            time.sleep(min(soonest - now, 0.005))
            now = time.monotonic()
        pieces = []
        for sequence, state in speaking:
            if state.due > now:
                continue
            if state.told == state.fail_after:
                pieces.append(Piece(sequence, error="scripted failure"))
            elif not state.pieces:
                pieces.append(Piece(sequence, ended=True))
            else:
                state.told += 1
                state.due = max(state.due + state.interval, now - state.interval)
                pieces.append(Piece(sequence, text=state.next()))
        return pieces

    def release(self, sequence: Sequence) -> None:
        self._busy.pop(sequence.number, None)

    def cut(self, slot: int, keep: int) -> bool:
        return True

    def copy(self, source: int, slot: int) -> bool:
        return True

    def close(self) -> None:
        pass

    def save(self, slot: int) -> bytearray:
        return bytearray()

    def load(self, slot: int, state: bytearray) -> bool:
        return True


def _directive(prompt: str) -> dict[str, float]:
    found = DIRECTIVE.findall(prompt)
    if not found:
        return {}
    pairs = (pair.split("=") for pair in found[-1].strip("[]").split())
    return {name: float(value) for name, value in pairs}


def _echo(prompt: str) -> tuple[str, ...]:
    """What follows the last directive, as far as the template's next marker."""
    said = prompt[[found.end() for found in DIRECTIVE.finditer(prompt)][-1] :].partition("<|im_end|>")[0]
    return tuple(said[at : at + ECHOED] for at in range(0, len(said), ECHOED))


_backend = ScriptedBackend()


def scripted() -> ScriptedBackend:
    """This process's scripted backend."""
    return _backend


def build(settings: TextSettings) -> TextEngine:
    return Engine(_backend)


@dataclass
class HashingEmbedder:
    """A direction of its own for each stem; a text is the sum of its words'. `texts` is all that was embedded."""

    name: str
    dimensions: int = HASHED_DIMENSIONS
    texts: list[str] = field(default_factory=list)

    def embed(self, texts: Items[str]) -> Vectors:
        self.texts.extend(texts)
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            row += _direction("")
            for found in STEM.finditer(text.lower()):
                stem = found[1] or found[0]
                # Nearly all short words are in nearly all texts.
                row += _direction(stem) * (0.2 if len(found[0]) <= SHORT_WORD else 1.0)
            row /= np.linalg.norm(row)
        return vectors


@lru_cache(maxsize=10_000)
def _direction(stem: str) -> Vectors:
    """Of unit length, or a tenth of it for no stem at all, which keeps an empty text from being nowhere."""
    seed = int.from_bytes(hashlib.sha256(stem.encode()).digest()[:8], "big")
    direction = np.random.default_rng(seed).standard_normal(HASHED_DIMENSIONS)
    length = np.linalg.norm(direction) * (1 if stem else 10)
    return (direction / length).astype(np.float32)


def build_embedder(settings: EmbeddingSettings) -> Embedder:
    return HashingEmbedder(settings.name)
