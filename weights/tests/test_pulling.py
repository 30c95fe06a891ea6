"""A pull, through a hub on loopback, with everything that goes wrong on the way."""

import hashlib
import socket
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.timezone import now
from pytest_django import Settings

from core.jobs import Status
from core.tests.waiting import until
from weights import actions, files, pulling, recovery
from weights.models import LanguageModel
from weights.tests.acting import PLENTY, part_bytes, pull, pull_again
from weights.tests.fake_hub import FakeHub

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]


def test_it_is_received_held_to_its_checksum_and_looked_at(queued: LanguageModel, hub: FakeHub, tiny: bytes) -> None:
    model = pull(queued)
    assert (model.status, model.error) == (Status.DONE, "")
    assert files.whole(model.id).read_bytes() == tiny
    assert model.sha256 == hashlib.sha256(tiny).hexdigest()
    assert (model.size_bytes, model.received_bytes, model.context) == (len(tiny), len(tiny), 8192)
    assert model.memory_bytes > len(tiny)
    assert not model.embeds
    assert not files.part(model.id).exists()


def test_one_that_broke_at_30_percent_goes_on_from_there(
    queued: LanguageModel, hub: FakeHub, tiny: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "TRIES", 1)
    third = len(tiny) * 3 // 10
    hub.breaks_at = [third]
    model = pull(queued)
    assert (model.status, model.error) == (Status.INTERRUPTED, "The connection broke.")
    assert (model.received_bytes, part_bytes(model)) == (third, tiny[:third])
    model = pull_again(model)
    assert (model.status, files.whole(model.id).read_bytes()) == (Status.DONE, tiny)
    assert [asked.range for asked in hub.gets()] == ["", f"bytes={third}-"]
    assert hub.sent_bytes == len(tiny)


def test_a_line_that_breaks_again_and_again_is_taken_up_each_time(
    queued: LanguageModel, hub: FakeHub, tiny: bytes
) -> None:
    hub.breaks_at = [len(tiny) * part // 10 for part in range(1, 10)]
    assert pull(queued).status == Status.DONE
    assert hub.sent_bytes == len(tiny)
    assert len(hub.gets()) == 10


def test_a_line_that_brings_nothing_any_more_is_given_up(queued: LanguageModel, hub: FakeHub) -> None:
    hub.breaks_at = [100_000] * 20
    model = pull(queued)
    assert model.status == Status.INTERRUPTED
    assert len(hub.gets()) == pulling.TRIES


def test_a_server_that_ignores_the_range_sends_it_all_once_more(
    queued: LanguageModel, hub: FakeHub, tiny: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "TRIES", 1)
    hub.breaks_at, hub.knows_ranges = [200_000], False
    model = pull_again(pull(queued))
    assert (model.status, files.whole(model.id).read_bytes()) == (Status.DONE, tiny)
    assert hub.gets()[-1].range == "bytes=200000-"
    assert hub.sent_bytes == len(tiny) + 200_000


def test_a_file_that_changed_meanwhile_is_begun_anew(
    queued: LanguageModel, hub: FakeHub, tiny: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "TRIES", 1)
    hub.breaks_at = [200_000]
    pull(queued)
    newer = bytearray(tiny)
    newer[-5] ^= 1
    hub.add(bytes(newer))
    model = pull_again(queued)
    assert (model.status, files.whole(model.id).read_bytes()) == (Status.DONE, bytes(newer))
    assert hub.gets()[-1].range == ""


def test_a_wrong_checksum_is_refused_and_nothing_is_kept(queued: LanguageModel, hub: FakeHub) -> None:
    hub.sha256 = "0" * 64
    model = pull(queued)
    assert model.status == Status.FAILED
    assert "SHA-256" in model.error
    assert not list(files.folder().iterdir())


def test_what_was_promised_counts_more_than_what_the_hub_says(hub: FakeHub, db: None) -> None:
    address = f"{hub.url}/somebody/tiny-GGUF/resolve/main/tiny-Q8_0.gguf"
    model = pull(actions.add_from_address("promised", address, "1" * 64))
    assert model.status == Status.FAILED
    assert "111111111111" in model.error


def test_a_full_disk_is_refused_before_a_byte_is_asked_for(queued: LanguageModel, hub: FakeHub, tiny: bytes) -> None:
    model = pull(queued, free=lambda: files.RESERVE_BYTES + len(tiny) - 1)
    assert model.status == Status.FAILED
    assert "2.0 GB" in model.error
    assert not hub.gets()


def test_a_disk_that_fills_meanwhile_ends_the_pull_and_keeps_the_part(
    queued: LanguageModel, hub: FakeHub, tiny: bytes
) -> None:
    def free() -> int:
        return PLENTY if hub.sent_bytes < 200_000 else files.RESERVE_BYTES - 1

    model = pull(queued, free=free)
    assert model.status == Status.FAILED
    assert 0 < len(part_bytes(model)) < len(tiny)
    assert pull_again(model).status == Status.DONE


def test_stop_is_seen_between_two_chunks_and_the_part_is_resumed(
    queued: LanguageModel, hub: FakeHub, tiny: bytes
) -> None:
    hub.stops_at = 200_000
    worker = threading.Thread(target=pull, args=(queued,))
    worker.start()
    assert hub.stopped.wait(10)
    until(lambda: LanguageModel.objects.get().received_bytes > 100_000)
    actions.cancel_pull(LanguageModel.objects.get())
    hub.go_on.set()
    worker.join(10)
    model = LanguageModel.objects.get()
    assert (model.status, model.error) == (Status.CANCELLED, "")
    received = part_bytes(model)
    assert received == tiny[: len(received)]
    assert pull_again(model).status == Status.DONE
    assert hub.gets()[-1].range == f"bytes={len(received)}-"


def test_one_in_line_is_stopped_without_a_worker(queued: LanguageModel, hub: FakeHub) -> None:
    actions.cancel_pull(queued)
    assert pull(queued).status == Status.CANCELLED
    assert not hub.asked


def test_only_one_worker_pulls_a_model(queued: LanguageModel, hub: FakeHub, tiny: bytes) -> None:
    hub.stops_at = 100_000
    worker = threading.Thread(target=pull, args=(queued,))
    worker.start()
    assert hub.stopped.wait(10)
    pulling.run_pull(queued.id)
    assert len(hub.gets()) == 1
    hub.go_on.set()
    worker.join(10)
    assert LanguageModel.objects.get().status == Status.DONE
    assert hub.sent_bytes == len(tiny)


def test_a_third_pull_waits_until_one_of_two_has_ended(queued: LanguageModel, hub: FakeHub, tiny: bytes) -> None:
    others = []
    for number in (1, 2):
        hub.add(tiny, "somebody/tiny-GGUF", f"{number}.gguf")
        others.append(actions.add_from_hub(f"tiny{number}", "somebody/tiny-GGUF", f"{number}.gguf"))
    assert LanguageModel.objects.filter(id__in=[other.id for other in others]).update(status=Status.RUNNING) == 2
    assert pull(queued).status == Status.QUEUED
    assert recovery.run_resuming() == []
    LanguageModel.objects.filter(id=others[0].id).update(status=Status.DONE)
    assert recovery.run_resuming() == [queued.id]


class TestWorkerDeath:
    def dead(self, model: LanguageModel, hub: FakeHub, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        """Its row, as a worker leaves it that was killed so long ago."""
        monkeypatch.setattr(pulling, "TRIES", 1)
        hub.breaks_at = [200_000]
        pull(model)
        heard = now() - timedelta(seconds=seconds)
        LanguageModel.objects.filter(id=model.id).update(status=Status.RUNNING, heard_at=heard)

    def test_its_pull_goes_on_from_its_part(
        self, queued: LanguageModel, hub: FakeHub, tiny: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.dead(queued, hub, monkeypatch, recovery.SILENT_SECONDS + 1)
        assert recovery.run_resuming() == [queued.id]
        assert pull(queued).status == Status.DONE
        assert hub.sent_bytes == len(tiny)

    def test_one_that_is_alive_is_left_alone(
        self, queued: LanguageModel, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.dead(queued, hub, monkeypatch, 5)
        assert recovery.run_resuming() == []

    def test_one_that_was_to_stop_has_stopped(
        self, queued: LanguageModel, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.dead(queued, hub, monkeypatch, recovery.SILENT_SECONDS + 1)
        actions.cancel_pull(LanguageModel.objects.get())
        assert recovery.run_resuming() == []
        assert LanguageModel.objects.get().status == Status.CANCELLED

    def test_a_worker_that_wakes_up_late_changes_nothing(self, queued: LanguageModel, hub: FakeHub) -> None:
        hub.stops_at = 200_000
        worker = threading.Thread(target=pulling.run_pull, args=(queued.id,), kwargs={"free": lambda: PLENTY})
        worker.start()
        assert hub.stopped.wait(10)
        LanguageModel.objects.update(attempt=2, status=Status.QUEUED)
        hub.go_on.set()
        worker.join(10)
        model = LanguageModel.objects.get()
        assert (model.status, model.attempt) == (Status.QUEUED, 2)
        assert pull(model).status == Status.DONE


def test_a_trial_that_nobody_carries_out_is_given_up(queued: LanguageModel, hub: FakeHub) -> None:
    pull(queued)
    LanguageModel.objects.update(wanted_at=now() - timedelta(seconds=recovery.TRIAL_SECONDS - 60))
    recovery.run_resuming()
    assert LanguageModel.objects.get().wanted_at is not None
    LanguageModel.objects.update(wanted_at=now() - timedelta(seconds=recovery.TRIAL_SECONDS + 1))
    recovery.run_resuming()
    assert "choose it again" in LanguageModel.objects.get().error


class TestRedirects:
    @pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
    def test_to_what_is_no_web_server_are_refused(self, queued: LanguageModel, hub: FakeHub, target: str) -> None:
        hub.redirect_to = target
        model = pull(queued)
        assert model.status == Status.FAILED
        assert "not safe" in model.error

    @pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "[::1]", "127.0.0.1:1", "[fd00::1]"])
    def test_from_outside_into_this_network_are_refused(
        self, queued: LanguageModel, hub: FakeHub, settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str
    ) -> None:
        real = socket.getaddrinfo

        def resolved(host: str, *rest: object, **options: object) -> object:
            """The hub has an address of the internet, which leads here all the same."""
            if host == "hub.example":
                host = "93.184.216.34" if "type" in options else "127.0.0.1"
            return real(host, *rest, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(socket, "getaddrinfo", resolved)
        settings.HUB_URL = hub.url.replace("127.0.0.1", "hub.example")
        assert pull(queued).status == Status.DONE  # to itself it may send one on
        LanguageModel.objects.update(status=Status.FAILED)
        hub.redirect_to = f"http://{address}/bytes/x"
        model = pull_again(queued)
        assert (model.status, model.error) == (
            Status.FAILED,
            "hub.example sends one on to an address inside this network.",
        )

    def test_that_never_end_are_given_up(self, queued: LanguageModel, hub: FakeHub) -> None:
        hub.redirect_to = "/somebody/tiny-GGUF/resolve/main/tiny-Q8_0.gguf"
        model = pull(queued)
        assert model.status == Status.FAILED
        assert len(hub.asked) < 10


def test_a_hub_that_is_away_is_one_sentence(queued: LanguageModel, hub: FakeHub, settings: Settings) -> None:
    settings.HUB_URL = "http://127.0.0.1:1"
    model = pull(queued)
    assert (model.status, model.error) == (Status.INTERRUPTED, "127.0.0.1 cannot be reached.")


def test_a_file_that_the_hub_does_not_have_is_one_sentence(hub: FakeHub, db: None) -> None:
    model = pull(actions.add_from_hub("none", "somebody/tiny-GGUF", "none.gguf"))
    assert (model.status, model.error) == (Status.FAILED, "127.0.0.1 has no such file.")


def test_a_plain_server_without_a_hubs_words_is_pulled_from_and_resumed(
    hub: FakeHub, tiny: bytes, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "TRIES", 1)
    model = actions.add_from_address("plain", f"{hub.url}/bytes/somebody/tiny-GGUF/resolve/main/tiny-Q8_0.gguf")
    hub.breaks_at = [len(tiny), 200_000]  # the first answer is only looked at
    assert pull(model).status == Status.INTERRUPTED
    model = pull_again(model)
    assert (model.status, files.whole(model.id).read_bytes()) == (Status.DONE, tiny)
    assert hub.gets()[-1].range == "bytes=200000-"
    assert model.sha256 == hashlib.sha256(tiny).hexdigest()


def test_a_file_put_into_the_folder_is_taken_in(models_dir: Path, tiny: bytes, db: None) -> None:
    (models_dir / "My Model (v1.2).gguf").write_bytes(tiny)
    (models_dir / "notes.txt").write_text("mine")
    (models_dir / "link.gguf").symlink_to("/etc/passwd")
    (model,) = actions.take_in_files()
    assert (model.name, pull(model).status) == ("my-model-v1.2", Status.DONE)
    assert {path.name for path in models_dir.iterdir()} == {f"{model.id}.gguf", "notes.txt", "link.gguf"}
    assert actions.take_in_files() == []
