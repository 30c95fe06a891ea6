from dataclasses import dataclass
from pathlib import Path

SHIPPED_MODEL = "all-MiniLM-L6-v2"
# Whichever of the two there is more speed in, on this machine.
AUTO = "auto"
SENTENCE_TRANSFORMERS = "inference.embedding.adapters.sentence_transformers"
ONNX = "inference.embedding.adapters.onnx"
# Their vectors are the same to 1e-4, so those of one go with those of the other.
INTERCHANGEABLE = (AUTO, SENTENCE_TRANSFORMERS, ONNX)


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """Which model makes vectors, and what runs it.

    `adapter`: the module that builds the embedder, by its dotted path, or `auto`. `model`: the one that is shipped, a
    folder as sentence-transformers writes it, or a name on the hub. `exports`: the folder of ONNX exports.
    """

    adapter: str
    model: str
    exports: Path

    @property
    def name(self) -> str:
        """What rows and caches call the vectors. Two models of one name would be taken for one."""
        model = Path(self.model).name
        if self.adapter in INTERCHANGEABLE:
            return model
        return f"{self.adapter.rpartition('.')[2]}/{model}"

    @property
    def export(self) -> Path:
        return self.exports / f"{Path(self.model).name}.onnx"

    @property
    def module(self) -> str:
        """The adapter's dotted path, `auto` resolved by what lies on the disk now."""
        if self.adapter != AUTO:
            return self.adapter
        return ONNX if self.export.is_file() else SENTENCE_TRANSFORMERS
