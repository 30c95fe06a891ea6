"""Where the engine is Ollama, the same page lists, pulls, uses and removes there."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from core.errors import Conflict
from core.jobs import Status
from core.tests.waiting import until
from weights import access, actions, choice, files, pulling, trying
from weights.models import LanguageModel
from weights.tests.acting import pull
from weights.tests.fake_ollama import FakeOllama, running_ollama

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

LINES: list[dict[str, object]] = [
    {"status": "pulling manifest"},
    {"status": "pulling aaa", "digest": "sha256:aaa", "total": 1000, "completed": 400},
    {"status": "pulling aaa", "digest": "sha256:aaa", "total": 1000, "completed": 1000},
    {"status": "pulling bbb", "digest": "sha256:bbb", "total": 24, "completed": 24},
    {"status": "verifying sha256 digest"},
    {"status": "success"},
]


@pytest.fixture
def ollama(settings: Settings, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOllama]:
    monkeypatch.setattr(pulling, "BEAT_SECONDS", 0.0)
    with running_ollama() as server:
        settings.INFERENCE = {"text": replace(settings.INFERENCE["text"], url=f"{server.url}/v1", model="llama3.2:3b")}
        yield server


@pytest.fixture
def operator(staff: User, client: Client) -> Client:
    client.force_login(staff)
    return client


def test_what_it_has_is_listed_without_what_only_embeds(operator: Client, ollama: FakeOllama) -> None:
    ollama.models = {"llama3.2:3b": "llama", "all-minilm:latest": "bert", "nomic-embed-text:latest": "nomic"}
    page = operator.get("/models/").content.decode()
    assert "On the Ollama server" in page
    assert 'data-model="llama3.2-3b' in page
    assert "3.2 billion parameters" in page
    assert "minilm" not in page
    assert "nomic" not in page
    assert "Qwen2.5" not in page  # files of the hub are no use there
    del ollama.models["llama3.2:3b"]
    assert 'data-model="llama3.2-3b' not in operator.get("/models/").content.decode()


def test_a_model_is_pulled_there_with_its_progress(operator: Client, ollama: FakeOllama) -> None:
    ollama.lines, ollama.stops_after = LINES, 3
    assert operator.post("/models/add/ollama/", {"tag": "llama3.2:3b"}).status_code == 302
    row = LanguageModel.objects.get()
    worker = threading.Thread(target=pull, args=(row,))
    worker.start()
    assert ollama.stopped.wait(10)
    until(lambda: LanguageModel.objects.get().received_bytes == 1000)
    assert 'value="100"' in operator.get("/models/rows/").content.decode()
    ollama.go_on.set()
    worker.join(10)
    row.refresh_from_db()
    assert (row.status, row.received_bytes, row.label) == (Status.DONE, 1024, "llama3.2:3b")
    assert not list(files.folder().iterdir())


def test_stop_closes_the_line_so_that_the_server_stops(ollama: FakeOllama) -> None:
    ollama.lines = [*LINES[:2], *[{**LINES[1], "completed": 400 + n} for n in range(400)], *LINES[2:]]
    ollama.stops_after = 3
    row = actions.add_from_ollama("llama3.2:3b")
    worker = threading.Thread(target=pull, args=(row,))
    worker.start()
    assert ollama.stopped.wait(10)
    until(lambda: LanguageModel.objects.get().status == Status.RUNNING)
    actions.cancel_pull(LanguageModel.objects.get())
    ollama.go_on.set()
    worker.join(10)
    row.refresh_from_db()
    assert row.status == Status.CANCELLED
    assert actions.prepare_pull(row.name).status == Status.QUEUED


def test_what_the_server_refuses_is_its_sentence(ollama: FakeOllama) -> None:
    row = pull(actions.add_from_ollama("none:1b"))
    assert (row.status, row.error) == (
        Status.FAILED,
        "The Ollama server says: pull model manifest: file does not exist.",
    )


def test_a_model_is_used_and_removed_there(operator: Client, ollama: FakeOllama) -> None:
    ollama.models = {"llama3.2:3b": "llama", "qwen2.5:7b": "qwen2"}
    actions.mirror_ollama()
    row = LanguageModel.objects.get(file="qwen2.5:7b")
    assert operator.post(f"/models/{row.name}/use/").status_code == 302
    tried = trying.run_use(row.id)
    assert tried is not None
    assert tried.in_use
    wanted = choice.settings_for(None)
    assert wanted is not None
    assert wanted.model == "qwen2.5:7b"
    actions.use_default()
    assert operator.post(f"/models/{row.name}/remove/").status_code == 302
    assert ollama.models == {"llama3.2:3b": "llama"}
    assert not LanguageModel.objects.filter(id=row.id).exists()


def test_one_that_the_server_lost_is_not_used(ollama: FakeOllama) -> None:
    ollama.models = {"llama3.2:3b": "llama"}
    actions.mirror_ollama()
    ollama.models = {}
    tried = trying.run_use(LanguageModel.objects.get().id)
    assert tried is not None
    assert (tried.in_use, tried.error) == (False, "The Ollama server does not have this model any more.")


def test_without_the_server_its_models_are_no_choice(ollama: FakeOllama, settings: Settings) -> None:
    ollama.models = {"llama3.2:3b": "llama"}
    actions.mirror_ollama()
    LanguageModel.objects.update(in_use=True)
    settings.INFERENCE = {"text": replace(settings.INFERENCE["text"], url="", model="starter.gguf")}
    assert choice.settings_for(None) == settings.INFERENCE["text"]
    with pytest.raises(Conflict, match="TEXT_URL names none"):
        actions.request_use(access.get_model("llama3.2-3b-2"))


def test_a_server_that_is_another_is_left_alone(operator: Client, ollama: FakeOllama, settings: Settings) -> None:
    settings.INFERENCE = {"text": replace(settings.INFERENCE["text"], url="http://127.0.0.1:1/v1")}
    page = operator.get("/models/").content.decode()
    assert "On the Ollama server" not in page
    assert "</html>" in page


@pytest.mark.parametrize("tag", ["../x", "a b", "http://x/y", "", "a/b/c/d:1", "-x"])
def test_a_name_that_ollama_would_not_give_is_refused(operator: Client, ollama: FakeOllama, tag: str) -> None:
    assert operator.post("/models/add/ollama/", {"tag": tag}).status_code == 400
    assert not LanguageModel.objects.exists()
