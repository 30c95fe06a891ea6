"""Texts in batches of their own length: what is padded is computed for nothing."""

from collections.abc import Callable, Sequence

import numpy as np

from inference.embedding.embedder import Vectors

BATCH = 32


def in_batches(texts: Sequence[str], dimensions: int, embed: Callable[[list[str]], Vectors]) -> Vectors:
    """What `embed` makes of up to 32 texts at a time, in the order of `texts`: (n, dimensions)."""
    vectors = np.empty((len(texts), dimensions), dtype=np.float32)
    by_length = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    for start in range(0, len(texts), BATCH):
        places = by_length[start : start + BATCH]
        vectors[places] = embed([texts[place] for place in places])
    return vectors
