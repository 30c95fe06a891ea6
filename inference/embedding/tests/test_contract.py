"""What every embedder promises, whatever library it is made of."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import cast

import numpy as np
import pytest

from inference.embedding.embedder import Embedder
from inference.embedding.settings import AUTO, ONNX, SENTENCE_TRANSFORMERS, SHIPPED_MODEL, EmbeddingSettings
from inference.errors import EngineUnavailable
from inference.testing import HashingEmbedder

RAIN = "It rained all night over the harbour."
STORM = "There was heavy rain at the port the whole night."
CAKE = "Her birthday cake has three kinds of chocolate."
LONG = "The lighthouse keeper counts the ships. " * 40
ALL = [RAIN, "", LONG, STORM, "Привет 🐉", CAKE]


def library(adapter: str) -> ModuleType:
    """An adapter whose libraries are installed, or no test."""
    try:
        return import_module(adapter)
    except ImportError as error:
        pytest.skip(f"{error.name} is not installed")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> EmbeddingSettings:
    return EmbeddingSettings(AUTO, SHIPPED_MODEL, tmp_path_factory.mktemp("exports"))


@pytest.fixture(scope="module")
def sentence_transformers(settings: EmbeddingSettings) -> Embedder:
    return cast(Embedder, library(SENTENCE_TRANSFORMERS).build_embedder(settings))


@pytest.fixture(scope="module")
def exported(settings: EmbeddingSettings) -> float:
    """By how much the export differs, once it is written."""
    return cast(float, library("inference.embedding.adapters.export").export(settings))


@pytest.fixture(scope="module")
def onnx(settings: EmbeddingSettings, exported: float) -> Embedder:
    return cast(Embedder, library(ONNX).build_embedder(settings))


@pytest.fixture(scope="module")
def hashing() -> Embedder:
    return HashingEmbedder("hashing")


@pytest.fixture(params=["hashing", "sentence_transformers", "onnx"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    chosen: Embedder = request.getfixturevalue(request.param)
    return chosen


class TestEveryEmbedder:
    def test_a_vector_has_unit_length(self, embedder: Embedder) -> None:
        vectors = embedder.embed(ALL)
        assert vectors.shape == (len(ALL), embedder.dimensions)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_no_texts_are_no_vectors(self, embedder: Embedder) -> None:
        assert embedder.embed([]).shape == (0, embedder.dimensions)

    def test_what_is_alike_is_near(self, embedder: Embedder) -> None:
        rain, storm, cake = embedder.embed([RAIN, STORM, CAKE])
        assert rain @ storm > rain @ cake + 0.2

    def test_the_order_is_that_of_the_texts_whatever_is_beside_them(self, embedder: Embedder) -> None:
        many = [f"{text} {number}" for number in range(6) for text in ALL]
        together = embedder.embed(many)
        alone = np.concatenate([embedder.embed([text]) for text in many])
        np.testing.assert_allclose(together, alone, atol=1e-4)

    def test_threads_do_not_disturb_each_other(self, embedder: Embedder) -> None:
        texts = [RAIN, "", STORM, CAKE]
        expected = embedder.embed(texts)
        with ThreadPoolExecutor(4) as pool:
            for found in pool.map(lambda _: embedder.embed(texts), range(16)):
                np.testing.assert_allclose(found, expected, atol=1e-4)


class TestTheShippedModel:
    def test_the_export_is_the_same_model(
        self, exported: float, onnx: Embedder, sentence_transformers: Embedder
    ) -> None:
        assert exported <= 1e-4
        assert onnx.name == sentence_transformers.name == "all-MiniLM-L6-v2"
        assert onnx.dimensions == sentence_transformers.dimensions == 384
        np.testing.assert_allclose(onnx.embed(ALL), sentence_transformers.embed(ALL), atol=1e-4)

    @pytest.mark.parametrize("name", ["sentence_transformers", "onnx"])
    def test_what_is_beyond_256_tokens_is_cut(self, name: str, request: pytest.FixtureRequest) -> None:
        embedder: Embedder = request.getfixturevalue(name)
        # Two of the 256 are the model's own.
        whole, cut, shorter = embedder.embed(["cat " * 300, "cat " * 254, "cat " * 200])
        np.testing.assert_allclose(whole, cut, atol=1e-4)
        assert not np.allclose(whole, shorter, atol=1e-4)


class TestExports:
    def test_auto_takes_the_export_once_there_is_one(self, tmp_path: Path) -> None:
        settings = EmbeddingSettings(AUTO, SHIPPED_MODEL, tmp_path)
        assert settings.module == SENTENCE_TRANSFORMERS
        settings.export.touch()
        assert settings.module == ONNX

    def test_nothing_else_is_left_beside_it(self, settings: EmbeddingSettings, exported: float) -> None:
        assert list(settings.exports.iterdir()) == [settings.export]

    def test_a_model_that_is_not_there_is_a_sentence_and_leaves_the_export_as_it_was(self, tmp_path: Path) -> None:
        export = library("inference.embedding.adapters.export").export
        settings = EmbeddingSettings(AUTO, str(tmp_path / "nonesuch"), tmp_path / "exports")
        settings.exports.mkdir()
        settings.export.write_bytes(b"before")
        with pytest.raises(EngineUnavailable, match="nonesuch") as refused:
            export(settings)
        assert "EMBEDDING_MODEL" in refused.value.hint
        assert [path.read_bytes() for path in settings.exports.iterdir()] == [b"before"]

    def test_a_broken_one_is_a_sentence(self, tmp_path: Path) -> None:
        settings = EmbeddingSettings(ONNX, SHIPPED_MODEL, tmp_path)
        settings.export.write_bytes(b"half a file")
        with pytest.raises(EngineUnavailable) as refused:
            library(ONNX).build_embedder(settings)
        assert "export_embedder" in refused.value.hint


class TestNames:
    def test_a_folder_is_called_by_its_last_part(self, tmp_path: Path) -> None:
        settings = EmbeddingSettings(AUTO, str(tmp_path / "my-model"), tmp_path)
        assert settings.name == "my-model"
        assert settings.export == tmp_path / "my-model.onnx"

    def test_another_adapters_vectors_have_another_name(self, tmp_path: Path) -> None:
        settings = EmbeddingSettings(AUTO, SHIPPED_MODEL, tmp_path)
        assert replace(settings, adapter=ONNX).name == replace(settings, adapter=SENTENCE_TRANSFORMERS).name
        assert replace(settings, adapter="inference.testing").name == "testing/all-MiniLM-L6-v2"
