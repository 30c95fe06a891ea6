"""From a setting to an engine: the only place where a missing library becomes a sentence."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from importlib import import_module
from types import ModuleType
from typing import cast

from django.conf import settings

from inference.embedding.embedder import Embedder
from inference.embedding.settings import SENTENCE_TRANSFORMERS, EmbeddingSettings
from inference.emotion.emotion import EmotionClassifier
from inference.emotion.sentiment import SentimentAnalyzer
from inference.errors import EngineUnavailable
from inference.lending import Lender, Refused
from inference.text.engine import TextEngine
from inference.text.settings import TextSettings
from inference.text.trial import say_one_word

_lock = threading.Lock()
_building: dict[str, threading.Lock] = {}
_built: dict[str, object] = {}


def text_engine(
    wanted: TextSettings | None = None, refused: Refused = lambda _settings, _error: None
) -> AbstractContextManager[TextEngine]:
    """A language model of this process, for as long as the block runs: the one that is wanted, loaded on first use.

    None wants the one that was used last, or else that of the settings. One that cannot be loaded changes nothing, and
    `refused` hears why. Raises `EngineUnavailable` if there is no other.
    """
    lender = cast(Lender, _once("text", lambda: Lender(_text_engine, settings.TEXT_MODELS_LOADED)))
    return lender.lend(wanted, settings.INFERENCE["text"], refused)


def ask_server(wanted: TextSettings) -> None:
    """Whether a model answers that is not ours to load. Raises `InferenceError`."""
    with closing(_text_engine(wanted)) as engine:
        say_one_word(engine)


def sentiment_analyzer() -> SentimentAnalyzer:
    """What tells how a message sounds. Raises `EngineUnavailable`."""
    chosen = settings.SENTIMENT_ENGINE
    return cast(SentimentAnalyzer, _once("sentiment", lambda: _adapter(chosen, "SENTIMENT_ENGINE").build()))


def emotion_classifier() -> EmotionClassifier:
    """What tells which emotion a message is full of. Raises `EngineUnavailable`."""
    chosen, model = settings.EMOTION_ENGINE, settings.EMOTION_MODEL
    return cast(EmotionClassifier, _once("emotion", lambda: _adapter(chosen, "EMOTION_ENGINE").build(model)))


def embedder() -> Embedder:
    """What turns texts into vectors, loaded on first use. Raises `EngineUnavailable`."""
    return cast(Embedder, _once("embedding", lambda: _embedder(settings.EMBEDDING)))


def export_embedder() -> float:
    """Write the ONNX export of the model that the settings name, and answer by how much its vectors differ at most.

    Raises `InferenceError`; what was there before then stays.
    """
    exporter = _adapter(f"{SENTENCE_TRANSFORMERS.rpartition('.')[0]}.export", "EMBEDDING_MODEL")
    return cast(float, exporter.export(settings.EMBEDDING))


def forget_engines() -> None:
    """Build them anew on next use: a setting has changed."""
    with _lock:
        _built.clear()


def _text_engine(chosen: TextSettings) -> TextEngine:
    return cast(TextEngine, _adapter(chosen.adapter, "TEXT_ENGINE").build(chosen))


def _embedder(chosen: EmbeddingSettings) -> Embedder:
    return cast(Embedder, _adapter(chosen.module, "EMBEDDER").build_embedder(chosen))


def _once(kind: str, build: Callable[[], object]) -> object:
    # A lock for each: some take seconds to build, in which nobody waits for another.
    with _lock:
        building = _building.setdefault(kind, threading.Lock())
    with building:
        if kind not in _built:
            _built[kind] = build()
        return _built[kind]


def _adapter(name: str, setting: str) -> ModuleType:
    """The module that a setting names. Raises `EngineUnavailable` with what to install."""
    try:
        return import_module(name)
    except ImportError as error:
        missing = error.name or name
        raise EngineUnavailable(
            f"{name} needs {missing}, which is not installed", f"Install {missing}, or choose another {setting}."
        ) from error
