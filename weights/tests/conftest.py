"""A folder and a hub of its own for each test, and one tiny model that is really a model."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from inference.text.tests.random_model import TINY, write_model
from weights import actions, pulling
from weights.models import LanguageModel
from weights.tests.fake_hub import FakeHub, running_hub


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    write_model(path, replace(TINY, context=8192))
    return path.read_bytes()


@pytest.fixture
def models_dir(tmp_path: Path, settings: Settings) -> Path:
    settings.MODELS_DIR = tmp_path / "models"
    settings.MODELS_DIR.mkdir()
    return tmp_path / "models"


@pytest.fixture
def hub(tiny: bytes, models_dir: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """With the tiny model on it. Rows hear of every chunk, and nobody waits between two tries."""
    monkeypatch.setattr(pulling, "BEAT_SECONDS", 0.0)
    monkeypatch.setattr(pulling, "FIRST_PAUSE_SECONDS", 0.0)
    with running_hub() as hub:
        hub.add(tiny)
        settings.HUB_URL = hub.url
        yield hub


@pytest.fixture
def queued(hub: FakeHub, db: None) -> LanguageModel:
    """The tiny model, added and not yet pulled."""
    return actions.add_from_hub("tiny", "somebody/tiny-GGUF", "tiny-Q8_0.gguf")


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_user("sam@example.org", "a long password", name="Sam", staff=True)
