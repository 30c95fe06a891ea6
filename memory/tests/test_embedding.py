"""From texts to vectors through the cache, and from memories to their rows."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast
from uuid import uuid4

import numpy as np
import pytest
import redis
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.apps import apps
from django.utils.timezone import now
from pytest_django import Settings

from accounts.models import User
from characters.models import Character
from chats.tests.acting import at_once
from core.redis import client
from inference import registry
from inference.embedding.embedder import Embedder
from inference.testing import HashingEmbedder
from memory import embedding, tasks
from memory import vectors as cache
from memory.models import Embedding, Kind, Memory

pytestmark = pytest.mark.usefixtures("redis_db")

NAME = "testing/all-MiniLM-L6-v2"
WEEK = 7 * 24 * 60 * 60


@pytest.fixture(autouse=True)
def embedder() -> Iterator[HashingEmbedder]:
    """A new one, which has embedded nothing yet."""
    registry.forget_engines()
    yield cast(HashingEmbedder, registry.embedder())
    written()  # not into the next test's Redis
    registry.forget_engines()


def written() -> None:
    """Until the cache holds what was computed: it is written by one thread, in order."""
    embedding._keeping.submit(lambda: None).result(timeout=10)


@pytest.fixture
def remember(alice: User, azera: Character) -> Callable[..., Memory]:
    def make(text: str, owner: User = alice) -> Memory:
        return Memory.objects.create(
            owner=owner,
            character=azera,
            kind=Kind.EXCHANGE,
            text=text,
            created_at=now() - timedelta(hours=1),
        )

    return make


class TestCache:
    def test_a_text_is_computed_once(self, embedder: HashingEmbedder) -> None:
        first = embedding.vectors(["It rained.", "She smiled.", "It rained."])
        written()
        again = embedding.vectors(["She smiled.", "It rained.", "Who is there?"])
        assert embedder.texts == ["It rained.", "She smiled.", "Who is there?"]
        np.testing.assert_array_equal(first[0], first[2])
        np.testing.assert_array_equal(again[:2], first[[1, 0]])

    def test_what_is_kept_is_the_vector_for_a_week_under_the_model_and_the_texts_hash(self) -> None:
        (vector,) = embedding.vectors(["Hello"])
        written()
        # The first 16 digits of the text's SHA-256.
        key = f"emb:{NAME}:185f8db32271fe25"
        assert client().keys("emb:*") == [key]
        np.testing.assert_array_equal(cache.decode(cast(str, client().get(key))), vector)
        assert WEEK - 60 < client().ttl(key) <= WEEK

    def test_another_model_has_vectors_of_its_own(
        self, settings: Settings, embedder: HashingEmbedder, tmp_path: Path
    ) -> None:
        embedding.vectors(["Hello"])
        written()
        change_model(settings)
        embedding.vectors(["Hello"])
        assert cast(HashingEmbedder, registry.embedder()).texts == ["Hello"]

    def test_no_texts_are_no_vectors(self) -> None:
        assert len(embedding.vectors([])) == 0

    def test_without_redis_the_model_answers(self, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cache, "client", unreachable)
        assert embedding.vectors(["Hello"]).shape == (1, embedder.dimensions)
        written()

    def test_an_answer_does_not_wait_for_the_cache(self, embedder: HashingEmbedder) -> None:
        held = threading.Event()
        holding = embedding._keeping.submit(held.wait, 30)
        assert len(embedding.vectors(["Hello"])) == 1
        assert not client().keys("emb:*")
        held.set()
        assert holding.result()
        written()
        assert client().keys("emb:*")

    def test_two_threads_get_the_same(self, embedder: HashingEmbedder) -> None:
        texts = [f"Message {number}" for number in range(50)]
        one, other = at_once([lambda: embedding.vectors(texts)] * 2)
        assert isinstance(one, np.ndarray)
        np.testing.assert_array_equal(one, other)


class TestSearching:
    @pytest.fixture
    def worker(self) -> Iterator[None]:
        app: Celery = apps.get_app_config("cognitia").celery  # type: ignore[attr-defined]
        with start_worker(app, pool="solo", perform_ping_check=False, queues=["default", "gpu"], shutdown_timeout=30):
            yield

    def test_what_the_cache_has_needs_no_worker(self) -> None:
        (vector,) = embedding.vectors(["Where is my umbrella?"])
        written()
        found = embedding.query_vector("Where is my umbrella?")
        assert found is not None
        np.testing.assert_array_equal(found, vector)

    def test_a_worker_answers_what_the_cache_does_not_have(self, worker: None, embedder: HashingEmbedder) -> None:
        found = embedding.query_vector("Where is my umbrella?", wait_seconds=20)
        assert found is not None
        np.testing.assert_array_equal(found, HashingEmbedder("another").embed(["Where is my umbrella?"])[0])

    def test_a_model_that_is_away_is_said_at_once(self, worker: None, settings: Settings) -> None:
        registry.forget_engines()
        settings.EMBEDDING = type(settings.EMBEDDING)("inference.nonesuch", "nothing", Path())
        before = now()
        assert embedding.query_vector("Where is my umbrella?", wait_seconds=20) is None
        assert now() - before < timedelta(seconds=15)

    def test_without_a_worker_there_is_none(self) -> None:
        assert embedding.query_vector("Where is my umbrella?", wait_seconds=0.05) is None

    def test_what_nobody_waits_for_is_not_computed(self, embedder: HashingEmbedder) -> None:
        tasks.embed_query(str(uuid4()))
        assert not embedder.texts

    def test_without_redis_there_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(embedding, "client", unreachable)
        assert embedding.query_vector("Where is my umbrella?") is None


@pytest.mark.django_db
class TestRows:
    def test_each_memory_gets_the_vector_of_its_text(
        self, remember: Callable[..., Memory], charlie: User, embedder: HashingEmbedder
    ) -> None:
        mine, theirs = remember("I like rain."), remember("I like rain.", charlie)
        tasks.embed_memories([str(mine.id), str(theirs.id)])
        assert embedder.texts == ["I like rain."]
        for memory in (mine, theirs):
            row = Embedding.objects.get(memory=memory)
            assert (row.owner_id, row.character_id, row.model) == (memory.owner_id, memory.character_id, NAME)
            np.testing.assert_allclose(row.vector, embedder.embed([memory.text])[0], atol=1e-3)

    def test_it_is_done_once(self, remember: Callable[..., Memory], embedder: HashingEmbedder) -> None:
        ids = [remember(f"Number {number}").id for number in range(3)]
        assert embedding.run_embedding(ids) == 3
        assert embedding.run_embedding(ids) == 0
        assert len(embedder.texts) == 3

    def test_what_was_forgotten_meanwhile_has_none(
        self, remember: Callable[..., Memory], embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stays, goes, changes = remember("It stays."), remember("It goes."), remember("It changes.")

        def forget(texts: list[str]) -> object:
            Memory.objects.filter(id=goes.id).delete()
            Memory.objects.filter(id=changes.id).update(text="It has changed.")
            return HashingEmbedder.embed(embedder, texts)

        monkeypatch.setattr(embedder, "embed", forget)
        assert embedding.run_embedding([stays.id, goes.id, changes.id]) == 1
        assert [row.memory_id for row in Embedding.objects.all()] == [stays.id]

    def test_a_memory_that_is_gone_is_no_error(self) -> None:
        assert embedding.run_embedding([uuid4()]) == 0

    def test_rows_of_an_import_leave_redis_alone(self, remember: Callable[..., Memory]) -> None:
        embedding.run_embedding([remember("I like rain.").id])
        written()
        assert not client().keys("emb:*")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_row(remember: Callable[..., Memory]) -> None:
    ids = [remember(f"Number {number}").id for number in range(20)]
    outcomes = at_once([lambda: embedding.run_embedding(ids), lambda: embedding.run_embedding(reversed(ids))])
    assert all(isinstance(outcome, int) for outcome in outcomes)
    assert Embedding.objects.count() == 20


@pytest.mark.django_db
class TestAnotherModel:
    def test_every_memory_gets_a_vector_of_it(self, remember: Callable[..., Memory], settings: Settings) -> None:
        ids = {remember(f"Number {number}").id for number in range(embedding.ROWS + 5)}
        embedding.run_embedding(ids)
        change_model(settings)
        tasks.reembed_memories()
        rows = Embedding.objects.filter(model="testing/another")
        assert set(rows.values_list("memory_id", flat=True)) == ids
        assert Embedding.objects.count() == len(ids)

    def test_it_goes_on_where_it_stopped(
        self, remember: Callable[..., Memory], settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ids = [remember(f"Number {number}").id for number in range(9)]
        embedding.run_embedding(ids)
        change_model(settings)
        monkeypatch.setattr(embedding, "ROWS", 3)
        new = cast(HashingEmbedder, registry.embedder())

        def die_at_the_third(texts: list[str]) -> object:
            if len(new.texts) == 6:
                raise RuntimeError("the worker was killed")
            return HashingEmbedder.embed(new, texts)

        monkeypatch.setattr(new, "embed", die_at_the_third)
        with pytest.raises(RuntimeError):
            embedding.run_reembedding()
        monkeypatch.undo()
        assert Embedding.objects.filter(model="testing/another").count() == 6
        assert embedding.run_reembedding() == 3
        assert len(new.texts) == 9

    def test_a_memory_whose_task_was_lost_gets_one(self, remember: Callable[..., Memory]) -> None:
        memory = remember("I like rain.")
        assert embedding.run_reembedding() == 1
        assert Embedding.objects.get().memory_id == memory.id

    def test_a_new_memory_is_left_to_its_own_task(self, remember: Callable[..., Memory]) -> None:
        memory = remember("I like rain.")
        Memory.objects.filter(id=memory.id).update(created_at=now())
        assert embedding.run_reembedding() == 0

    def test_one_worker_is_enough(self, remember: Callable[..., Memory]) -> None:
        remember("I like rain.")
        with client().lock("emb:reembedding", timeout=30):
            assert embedding.run_reembedding() == 0
        assert embedding.run_reembedding() == 1


def change_model(settings: Settings) -> None:
    settings.EMBEDDING = type(settings.EMBEDDING)("inference.testing", "another", Path())
    registry.forget_engines()


def unreachable() -> object:
    raise redis.ConnectionError("Redis is away")


def test_whoever_waits_for_an_answer_does_not_wait_for_a_model_to_load(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = threading.Event()

    def slowly() -> Embedder:
        loaded.wait()
        return HashingEmbedder(NAME)

    monkeypatch.setattr(registry, "embedder", slowly)
    assert embedding.vector_at_hand("The lamp burns.", wait_seconds=0.05) is None
    loaded.set()
    assert embedding.vector_at_hand("The lamp burns.") is not None
