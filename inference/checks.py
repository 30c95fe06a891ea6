"""What is missing is said by `manage.py check`, to the operator, and not at midnight to a user."""

from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution


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


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a package above it
        return False
