"""`manage.py models`, as a person at a terminal uses it."""

from collections.abc import Iterator
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from cognitia.management.commands import up
from core.jobs import Status
from weights import files, machine
from weights import hub as hubs
from weights.ledger import LEDGER, Entry
from weights.machine import Machine, suited
from weights.models import LanguageModel
from weights.tests.fake_hub import FakeHub

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

WHERE = ("--repository", "somebody/tiny-GGUF", "--file", "tiny-Q8_0.gguf")


@pytest.fixture(autouse=True)
def enough_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """However full the disk of whoever runs the tests is."""
    monkeypatch.setattr(files, "RESERVE_BYTES", 0)
    yield


def models(*arguments: str) -> str:
    said = StringIO()
    call_command("models", *arguments, stdout=said)
    return said.getvalue()


def test_a_model_is_pulled_listed_checked_and_removed(hub: FakeHub) -> None:
    assert "tiny is here" in models("pull", "tiny", *WHERE)
    assert "tiny " in models("list")
    assert models("check", "tiny") == "tiny: good\n"
    assert models("remove", "tiny") == "tiny is gone.\n"
    assert not list(files.folder().iterdir())
    assert not LanguageModel.objects.exists()


def test_the_ledger_is_listed_with_licence_and_memory(hub: FakeHub) -> None:
    said = models("list")
    for entry in LEDGER:
        assert entry.name in said
    assert "Apache-2.0" in said
    assert "TEXT_MODEL" in said


def test_control_c_leaves_a_part_that_the_next_pull_resumes(
    hub: FakeHub, tiny: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_arguments: object) -> None:
        if hub.sent_bytes > 200_000:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("weights.management.commands.models.Progress.show", interrupted)
        with pytest.raises(CommandError, match="goes on from here") as stopped:
            models("pull", "tiny", *WHERE)
    assert stopped.value.returncode == 130
    model = LanguageModel.objects.get()
    assert model.status == Status.INTERRUPTED
    received = files.part(model.id).stat().st_size
    assert 0 < received < len(tiny)
    assert "tiny is here" in models("pull", "tiny")
    assert hub.gets()[-1].range == f"bytes={received}-"


@pytest.mark.parametrize("name", ["../x", "..", "/etc/passwd", "a/b", "x\0", "Ä", "", "a" * 65, "default"])
def test_a_name_that_could_be_a_path_is_no_name(hub: FakeHub, name: str) -> None:
    for verb in ("remove", "check", "pull"):
        with pytest.raises(CommandError):
            models(verb, name)
    with pytest.raises(CommandError):
        models("pull", name, *WHERE)
    assert not LanguageModel.objects.exists()
    assert not list(files.folder().iterdir())


@pytest.mark.parametrize(
    ("repository", "file"),
    [("somebody/../x", "a.gguf"), ("somebody", "a.gguf"), ("a/b", "../a.gguf"), ("a/b", "a.bin"), ("a/b?x", "a.gguf")],
)
def test_a_place_on_the_hub_that_could_be_another_is_refused(hub: FakeHub, repository: str, file: str) -> None:
    with pytest.raises(CommandError, match="owner/name"):
        models("pull", "x", "--repository", repository, "--file", file)
    assert not hub.asked


def test_a_file_put_into_the_folder_is_taken_in_by_check(hub: FakeHub, tiny: bytes) -> None:
    (files.folder() / "Mine.gguf").write_bytes(tiny)
    assert "Mine.gguf is not taken in yet" in models("list")
    assert "mine: good" in models("check")


def test_a_file_that_is_none_is_said_to_be_so(hub: FakeHub) -> None:
    (files.folder() / "Mine.gguf").write_bytes(b"not at all")
    with pytest.raises(CommandError, match="mine"):
        models("check")
    assert "no model that can be used" in LanguageModel.objects.get().error


def test_the_recommended_one_is_pulled(hub: FakeHub, tiny: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "this_machine", lambda: Machine(memory_bytes=16 * 10**9, cores=4))
    entry = suited(machine.this_machine(), machine.slots())
    assert entry is not None
    hub.add(tiny, entry.repository, entry.file)
    assert f"{entry.name} is here" in models("pull", "--recommended")
    row = LanguageModel.objects.get()
    assert (row.license, row.label, row.size_bytes) == (entry.license, entry.label, len(tiny))


def test_without_a_hub_the_recommended_one_is_one_sentence(
    hub: FakeHub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "this_machine", lambda: Machine(memory_bytes=16 * 10**9, cores=4))
    settings.HUB_URL = "http://127.0.0.1:1"
    with pytest.raises(CommandError, match="cannot be reached"):
        models("pull", "--recommended")


class TestRecommendation:
    def name(self, gigabytes: float, cores: int = 4, card: float = 0) -> str:
        found: Entry | None = suited(Machine(int(gigabytes * 1e9), cores, int(card * 1e9)), 4)
        return found.name if found else ""

    def test_it_grows_with_memory(self) -> None:
        assert self.name(0.5) == ""
        assert self.name(4) == "qwen2.5-1.5b"
        assert self.name(16) == "llama3.2-3b"

    def test_a_few_cores_do_not_get_what_they_cannot_speak_fast_enough(self) -> None:
        assert self.name(256, cores=4) == "llama3.2-3b"
        assert self.name(256, cores=16) == "llama3.1-8b"

    def test_a_card_decides_by_its_own_memory(self) -> None:
        assert self.name(16, card=24) == "qwen2.5-14b"
        assert self.name(16, card=8) == "qwen2.5-7b"


class TestOffer:
    """What `up` says of a better model."""

    def test_it_names_the_model_that_suits_and_how_to_pull_it(
        self, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(machine, "this_machine", lambda: Machine(memory_bytes=16 * 10**9, cores=4))
        said = machine.offer()
        assert "Llama 3.2 3B Instruct suits this machine (2.0 GB, Llama 3.2 Community License)" in said
        assert "models pull --recommended" in said
        assert not hub.gets()

    def test_a_hub_that_is_away_is_said_within_seconds(
        self, hub: FakeHub, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(machine, "this_machine", lambda: Machine(memory_bytes=16 * 10**9, cores=4))
        settings.HUB_URL = "http://127.0.0.1:1"
        assert machine.offer().endswith("but http://127.0.0.1:1 cannot be reached.")

    def test_nothing_is_offered_once_a_model_was_chosen(self, hub: FakeHub, settings: Settings) -> None:
        assert up.model_offer() is not None
        LanguageModel.objects.create(name="mine", source="file", in_use=True, status=Status.DONE)
        assert up.model_offer() is None
        LanguageModel.objects.all().delete()
        settings.INFERENCE = {"text": replace(settings.INFERENCE["text"], model="/another.gguf")}
        assert up.model_offer() is None


def test_the_ledger_is_in_order_and_its_places_are_places() -> None:
    assert [entry.parameters for entry in LEDGER] == sorted(entry.parameters for entry in LEDGER)
    for entry in LEDGER:
        assert hubs.address_of(entry.repository, entry.file).endswith(f"/resolve/main/{entry.file}")
        assert entry.memory_bytes(1) > entry.size_bytes
