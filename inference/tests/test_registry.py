"""From a setting to an engine, or to a sentence."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from inference import registry
from inference.emotion.emotion import Emotion
from inference.errors import EngineUnavailable
from inference.text.engine import Finish, FinishReason, Generation, TextEngine
from inference.text.prompt import Prompt, Role, Turn
from inference.text.sampling import SamplingParams


@pytest.fixture(autouse=True)
def no_engines() -> Iterator[None]:
    registry.forget_engines()
    yield
    registry.forget_engines()


def choose(settings: Settings, adapter: str) -> None:
    settings.INFERENCE = {"text": replace(settings.INFERENCE["text"], adapter=adapter)}


@pytest.mark.parametrize("adapter", ["inference.nonesuch", "nonesuch", "nonesuch.engine"])
def test_a_module_that_does_not_exist_is_a_sentence_with_a_hint(settings: Settings, adapter: str) -> None:
    choose(settings, adapter)
    with pytest.raises(EngineUnavailable, match="nonesuch") as refused, registry.text_engine():
        pass
    assert "TEXT_ENGINE" in refused.value.hint


def test_a_missing_library_is_named(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "engine_of_somebody.py").write_text("import a_library_of_nobody\n")
    monkeypatch.syspath_prepend(tmp_path)
    choose(settings, "engine_of_somebody")
    missing = "engine_of_somebody needs a_library_of_nobody"
    with pytest.raises(EngineUnavailable, match=missing) as refused, registry.text_engine():
        pass
    assert refused.value.hint == "Install a_library_of_nobody, or choose another TEXT_ENGINE."


def test_what_failed_is_tried_again(settings: Settings) -> None:
    chosen = settings.INFERENCE["text"].adapter
    choose(settings, "inference.nonesuch")
    with pytest.raises(EngineUnavailable), registry.text_engine():
        pass
    choose(settings, chosen)
    with registry.text_engine() as engine:
        assert engine.name == "scripted"


def test_an_engine_is_built_once_however_many_ask(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "counted_engine.py").write_text("def build(settings):\n    return object()\n")
    monkeypatch.syspath_prepend(tmp_path)
    choose(settings, "counted_engine")

    def lent(_number: int = 0) -> TextEngine:
        with registry.text_engine() as engine:
            return engine

    with ThreadPoolExecutor(8) as pool:
        engines = list(pool.map(lent, range(32)))
    assert len({id(engine) for engine in engines}) == 1
    first = lent()
    registry.forget_engines()
    assert lent() is not first


def test_the_model_that_is_shipped_speaks(settings: Settings) -> None:
    settings.INFERENCE = {
        "text": replace(
            settings.INFERENCE["text"],
            adapter="inference.text.adapters.llama_cpp",
            model=str(settings.STARTER_MODEL),
            slots=1,
            threads=1,
        )
    }
    asked = Generation(Prompt((Turn(Role.USER, "Hello"),)), SamplingParams(temperature=0.0, max_tokens=60))
    with registry.text_engine() as engine:
        *deltas, finish = engine.generate(asked)
    assert isinstance(finish, Finish)
    assert finish.reason in {FinishReason.END, FinishReason.LENGTH}
    text = "".join(delta.text for delta in deltas if not isinstance(delta, Finish))
    assert text.strip()
    assert "<|" not in text


class TestEmotionClassifier:
    def test_without_a_setting_words_decide(self) -> None:
        assert registry.emotion_classifier().classify("I am so happy").emotion is Emotion.JOY

    def test_a_model_is_looked_for_where_the_setting_says(self, settings: Settings, tmp_path: Path) -> None:
        settings.EMOTION_ENGINE = "inference.emotion.adapters.transformer"
        settings.EMOTION_MODEL = str(tmp_path / "nonesuch")
        with pytest.raises(EngineUnavailable, match="nonesuch"):
            registry.emotion_classifier()
