"""onnxruntime on an export of ours (export.py): three times as fast as PyTorch, in a third of its memory."""

from collections.abc import Sequence

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from inference.embedding.adapters import THREADS
from inference.embedding.batches import in_batches
from inference.embedding.embedder import Embedder, Vectors
from inference.embedding.settings import EmbeddingSettings
from inference.errors import EngineFailed, EngineUnavailable

# What the export keeps beside the model's own numbers.
TOKENIZER = "cognitia.tokenizer"
# onnxruntime derives its errors from Exception itself, by kind; ours is only that it did not do it.
RuntimeFailure = Exception


def build_embedder(settings: EmbeddingSettings) -> Embedder:
    return OnnxEmbedder(settings)


class OnnxEmbedder:
    """Any number of threads may run it at once: neither its session nor its tokenizer changes."""

    def __init__(self, settings: EmbeddingSettings) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.inter_op_num_threads = 1
        self.name = settings.name
        try:
            self._session = onnxruntime.InferenceSession(
                str(settings.export), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_str(self._session.get_modelmeta().custom_metadata_map[TOKENIZER])
        except RuntimeFailure as error:
            raise EngineUnavailable(
                f"{settings.export} cannot be used: {error}", "Write it anew: manage.py export_embedder."
            ) from error
        self.dimensions = int(self._session.get_outputs()[0].shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        try:
            return in_batches(texts, self.dimensions, self._embed)
        except RuntimeFailure as error:
            raise EngineFailed(f"{self.name} died: {error}") from error

    def _embed(self, texts: list[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(texts)
        feed = {
            "input_ids": np.array([text.ids for text in encoded], dtype=np.int64),
            "attention_mask": np.array([text.attention_mask for text in encoded], dtype=np.int64),
        }
        vectors: Vectors = self._session.run(None, feed)[0]
        return vectors
