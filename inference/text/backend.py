"""What the engine needs of a library that runs a model."""

from collections.abc import Sequence as Items
from dataclasses import dataclass
from typing import Protocol

from inference.text.prompt import Segment
from inference.text.sampling import SamplingParams
from inference.text.scheduler import Feed
from inference.text.sequence import Sequence


@dataclass(frozen=True, slots=True)
class Piece:
    """What one step gave one sequence: a token and its bytes, or the end of the reply, or an error of its own."""

    sequence: Sequence
    token: int = 0
    text: bytes = b""
    ended: bool = False
    error: str = ""


class TextBackend(Protocol):
    """Slots hold caches; a step computes a batch. Only `encode` may be called from another thread than the engine's.

    A slot's cache is the keys and values of some tokens from the first on.
    """

    name: str
    context_tokens: int
    slots: int
    batch_tokens: int
    recommended: SamplingParams

    def encode(self, segments: Items[Segment]) -> list[int]: ...

    def begin(self, sequence: Sequence, params: SamplingParams) -> None:
        """Choose this sequence's tokens by `params`, until `release`. Raises if these or its tokens are nonsense."""

    def release(self, sequence: Sequence) -> None: ...

    def step(self, feeds: Items[Feed]) -> list[Piece]:
        """Compute the batch. A feed that samples has a piece, or is fed again when the model has nothing to say yet.

        Raises if the batch as a whole failed; each slot then holds at least what it held before.
        """

    def cut(self, slot: int, keep: int) -> bool:
        """Forget all but the first `keep` tokens. False: this model cannot, and the slot is now empty."""

    def copy(self, source: int, slot: int) -> bool:
        """Make the slot's cache that of another. False: it does not fit, and the slot is now empty."""

    def save(self, slot: int) -> bytearray: ...

    def load(self, slot: int, state: bytearray) -> bool:
        """Put back what `save` gave. False: it does not fit, and the slot is now empty."""

    def close(self) -> None:
        """Give all memory back. Nothing else may be called afterwards."""
