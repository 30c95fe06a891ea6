"""What turns texts into vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """`name` tells models apart: vectors of two are never compared. `dimensions` is the length of each vector."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length for each text, in order: (n, dimensions). What is too long for the model is cut.

        Raises `InferenceError`. May be called from several threads at once.
        """
        ...
