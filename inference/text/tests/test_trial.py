"""A model is loaded where a crash hurts nobody, and the reason comes back."""

from pathlib import Path

import pytest

from inference.errors import EngineUnavailable
from inference.text import trial
from inference.text.settings import TextSettings
from inference.text.tests.random_model import write_model

LLAMA_CPP = "inference.text.adapters.llama_cpp"


def settings(path: Path, adapter: str = LLAMA_CPP) -> TextSettings:
    return TextSettings(adapter, str(path), threads=1)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_model(tmp_path / "tiny.gguf")
    return tmp_path / "tiny.gguf"


def test_a_model_that_speaks_is_good(tiny: Path) -> None:
    trial.load_alone(settings(tiny))


def test_a_model_that_the_library_does_not_know_is_refused_with_a_reason(tiny: Path) -> None:
    # Plausible to the last byte, and of a kind that does not exist.
    tiny.write_bytes(tiny.read_bytes().replace(b"llama", b"lloma"))
    with pytest.raises(EngineUnavailable, match="is not a model that llama"):
        trial.load_alone(settings(tiny))


def test_a_file_that_is_not_there_is_refused_with_a_reason(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no model"):
        trial.load_alone(settings(tmp_path / "none.gguf"))


def test_a_library_that_dies_takes_only_the_trial_along(
    tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = "import os\ndef build(settings):\n    os.abort()\n"
    (tmp_path / "dying_engine.py").write_text(dying)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(trial, "KEPT", (*trial.KEPT, "PYTHONPATH"))
    with pytest.raises(EngineUnavailable, match="SIGABRT"):
        trial.load_alone(settings(tiny, "dying_engine"))


def test_one_that_does_not_come_to_an_end_is_given_up(
    tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "endless_engine.py").write_text("def build(settings):\n    while True:\n        pass\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(trial, "KEPT", (*trial.KEPT, "PYTHONPATH"))
    monkeypatch.setattr(trial, "SECONDS", 2.0)
    with pytest.raises(EngineUnavailable, match="not loaded after"):
        trial.load_alone(settings(tiny, "endless_engine"))
