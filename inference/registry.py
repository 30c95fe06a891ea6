"""From a setting to an engine: the only place where a missing library becomes a sentence."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from importlib import import_module
from types import ModuleType
from typing import cast

from django.conf import settings

from inference.emotion.sentiment import SentimentAnalyzer
from inference.errors import EngineUnavailable
from inference.lending import Lender, Refused
from inference.text.engine import TextEngine
from inference.text.settings import TextSettings
from inference.text.trial import say_one_word

_lock = threading.Lock()
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


def forget_engines() -> None:
    """Build them anew on next use: a setting has changed."""
    with _lock:
        _built.clear()


def _text_engine(chosen: TextSettings) -> TextEngine:
    return cast(TextEngine, _adapter(chosen.adapter, "TEXT_ENGINE").build(chosen))


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
