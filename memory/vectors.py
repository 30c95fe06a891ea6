"""Vectors of texts in Redis. A key holds the meaning of a text and nothing of who said it, or of what it found."""

import base64
import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.redis import client

Vector = NDArray[np.float32]

KEPT_SECONDS = 7 * 24 * 60 * 60


def key(model: str, text: str) -> str:
    return f"emb:{model}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def read(model: str, texts: Sequence[str]) -> dict[str, Vector]:
    """Those that are there, by their text, in one round trip. Raises `RedisError`."""
    found = client().mget([key(model, text) for text in texts]) if texts else []
    return {text: decode(value) for text, value in zip(texts, found, strict=True) if value is not None}


def keep(model: str, vectors: Mapping[str, Vector]) -> None:
    """Raises `RedisError`."""
    writing = client().pipeline(transaction=False)
    for text, vector in vectors.items():
        writing.set(key(model, text), encode(vector), ex=KEPT_SECONDS)
    writing.execute()


def encode(vector: Vector) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def decode(value: str | bytes) -> Vector:
    return np.frombuffer(base64.b64decode(value), dtype="<f4")
