"""From a setting to an engine: the only place where a missing library becomes a sentence."""

import threading
from collections.abc import Callable
from importlib import import_module

from django.conf import settings

from inference.errors import EngineUnavailable
from inference.text.engine import TextEngine
from inference.text.settings import TextSettings

_lock = threading.Lock()
_engines: dict[str, TextEngine] = {}


def text_engine() -> TextEngine:
    """This process's language model, loaded on first use. Raises `EngineUnavailable`."""
    with _lock:
        if "text" not in _engines:
            chosen = settings.INFERENCE["text"]
            _engines["text"] = _builder(chosen.adapter)(chosen)
        return _engines["text"]


def forget_engines() -> None:
    """Build them anew on next use: a setting has changed."""
    with _lock:
        _engines.clear()


def _builder(adapter: str) -> Callable[[TextSettings], TextEngine]:
    """The adapter module's `build`. Raises `EngineUnavailable` with what to install."""
    try:
        module = import_module(adapter)
    except ImportError as error:
        missing = error.name or adapter
        raise EngineUnavailable(
            f"{adapter} needs {missing}, which is not installed", f"Install {missing}, or choose another TEXT_ENGINE."
        ) from error
    build: Callable[[TextSettings], TextEngine] = module.build
    return build
