"""From a setting to an engine: the only place where a missing library becomes a sentence."""

import threading
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import cast

from django.conf import settings

from inference.emotion.sentiment import SentimentAnalyzer
from inference.errors import EngineUnavailable
from inference.text.engine import TextEngine

_lock = threading.Lock()
_built: dict[str, object] = {}


def text_engine() -> TextEngine:
    """This process's language model, loaded on first use. Raises `EngineUnavailable`."""
    chosen = settings.INFERENCE["text"]
    return cast(TextEngine, _once("text", lambda: _adapter(chosen.adapter, "TEXT_ENGINE").build(chosen)))


def sentiment_analyzer() -> SentimentAnalyzer:
    """What tells how a message sounds. Raises `EngineUnavailable`."""
    chosen = settings.SENTIMENT_ENGINE
    return cast(SentimentAnalyzer, _once("sentiment", lambda: _adapter(chosen, "SENTIMENT_ENGINE").build()))


def forget_engines() -> None:
    """Build them anew on next use: a setting has changed."""
    with _lock:
        _built.clear()


def _once(kind: str, build: Callable[[], object]) -> object:
    with _lock:
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
