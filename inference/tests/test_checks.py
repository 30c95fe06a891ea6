"""`manage.py check` says what is missing."""

from dataclasses import replace
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from inference import checks

LLAMA_CPP = "inference.text.adapters.llama_cpp"


def found(settings: Settings, adapter: str, model: str = "") -> dict[str, str]:
    """Each finding's id, with all that it says."""
    settings.INFERENCE = {"text": replace(settings.INFERENCE["text"], adapter=adapter, model=model)}
    return {str(check.id): f"{check.msg} {check.hint}" for check in run_checks(tags=["inference"])}


def test_an_engine_that_is_there_needs_no_word(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "model.gguf").touch()
    assert found(settings, LLAMA_CPP, str(tmp_path / "model.gguf")) == {}
    assert found(settings, "inference.testing") == {}


@pytest.mark.parametrize("adapter", ["inference.nonesuch", "nonesuch", "nonesuch.engine"])
def test_a_module_that_does_not_exist_is_an_error(settings: Settings, adapter: str) -> None:
    said = found(settings, adapter)
    assert list(said) == ["inference.E001"]
    assert adapter in said["inference.E001"]


def test_a_library_that_is_not_installed_is_a_warning(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_llama(name: str) -> ModuleSpec | None:
        return None if name == "llama_cpp" else find_spec(name)

    monkeypatch.setattr(checks, "find_spec", without_llama)
    (tmp_path / "model.gguf").touch()
    said = found(settings, LLAMA_CPP, str(tmp_path / "model.gguf"))
    assert list(said) == ["inference.W001"]
    assert "make install" in said["inference.W001"]


def test_a_file_that_is_not_there_is_a_warning(settings: Settings, tmp_path: Path) -> None:
    said = found(settings, LLAMA_CPP, str(tmp_path / "nonesuch.gguf"))
    assert list(said) == ["inference.W002"]
    assert "nonesuch.gguf" in said["inference.W002"]
    assert "TEXT_MODEL" in said["inference.W002"]
