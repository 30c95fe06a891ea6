"""A model of sentence-transformers as one ONNX file, which also holds its tokenizer: onnx.py needs nothing else."""

import io
import logging
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import normalize

from inference.embedding.adapters.onnx import TOKENIZER, OnnxEmbedder
from inference.embedding.adapters.sentence_transformers import SentenceTransformersEmbedder, load
from inference.embedding.settings import EmbeddingSettings
from inference.errors import EngineFailed

logger = logging.getLogger(__name__)

OPSET = 17
# The most that any number of a vector may differ by.
TOLERANCE = 1e-4
# Short and long, alone and padded, what the model knows and what it does not.
COMPARED = (
    "",
    "Hi",
    "My sister moved to Lisbon in March and I miss her.",
    "Что ты помнишь? 🐉 naïve café ２０２６",
    "x" * 2000,
    *("The lighthouse keeper counts the ships " * times for times in (1, 7, 30, 200)),
)


class _Whole(torch.nn.Module):
    """Transformer, pooling and unit length as one graph."""

    def __init__(self, model: SentenceTransformer, *, typed: bool) -> None:
        super().__init__()
        self.model = model
        self.typed = typed

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        features = {"input_ids": input_ids, "attention_mask": attention_mask}
        if self.typed:
            features["token_type_ids"] = torch.zeros_like(input_ids)
        return normalize(self.model(features)["sentence_embedding"], dim=-1)


def export(settings: EmbeddingSettings) -> float:
    """Write the export of this model, and answer by how much its vectors differ at most.

    It is compared before it takes its place: raises `EngineFailed` if it differs too much, and `EngineUnavailable` if
    there is no such model.
    """
    settings.exports.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.exports) as folder:
        draft = replace(settings, exports=Path(folder))
        draft.export.write_bytes(_exported(load(settings.model)))
        differs = _difference(draft)
        if differs > TOLERANCE:
            raise EngineFailed(f"the export of {settings.model} differs by {differs:.1e}, so it was not kept")
        draft.export.replace(settings.export)
    return differs


def _exported(model: SentenceTransformer) -> bytes:
    features = model.preprocess(["two texts of", "different length"])
    axes = {0: "texts", 1: "tokens"}
    written = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        # Tracing warns of every branch that it takes once; `_difference` looks whether any mattered. The newer way,
        # torch.export, needs onnxscript and three times as long.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Whole(model, typed="token_type_ids" in features).eval(),
            (features["input_ids"], features["attention_mask"]),
            written,
            dynamo=False,
            opset_version=OPSET,
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "vectors": {0: "texts"}},
        )
    whole = onnx.load_from_string(written.getvalue())
    onnx.helper.set_model_props(whole, {TOKENIZER: _tokenizer(model).to_str()})
    return bytes(whole.SerializeToString())


def _tokenizer(model: SentenceTransformer) -> Tokenizer:
    """One that cuts and pads as the model does."""
    original = model.tokenizer
    copy = Tokenizer.from_str(original.backend_tokenizer.to_str())
    copy.enable_truncation(model.max_seq_length)
    copy.enable_padding(pad_id=original.pad_token_id, pad_token=original.pad_token)
    return copy


def _difference(draft: EmbeddingSettings) -> float:
    ours, theirs = (embedder(draft).embed(COMPARED) for embedder in (OnnxEmbedder, SentenceTransformersEmbedder))
    return float(np.abs(ours - theirs).max())
