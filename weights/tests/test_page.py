"""The page of models, as staff sees it; for everybody else there is none."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from django.test import Client
from django.urls import URLPattern
from pytest_django import Settings

from accounts.models import User
from chats.actions import starting
from chats.models import Chat
from core.jobs import Status
from weights import actions, pulling, recovery, tasks, urls
from weights.models import LanguageModel
from weights.tests.acting import pull
from weights.tests.fake_hub import FakeHub

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

ROUTES = sorted(
    "/models/" + str(pattern.pattern).replace("<str:name>", "tiny")
    for pattern in urls.urlpatterns
    if isinstance(pattern, URLPattern)
)
VERBS = ("get", "head", "post", "put", "patch", "delete", "options")


@pytest.fixture
def operator(staff: User, client: Client) -> Client:
    client.force_login(staff)
    return client


@pytest.fixture(autouse=True)
def no_folder_of_ours(models_dir: object) -> Iterator[None]:
    yield


def words(content: bytes) -> bytes:
    """Every page has a fresh form token, and knows what it was asked for."""
    return re.sub(rb'(csrfmiddlewaretoken" value=")[^"]+', rb"\1", content)


class TestOthers:
    @pytest.mark.parametrize("who", ["charlie", "nobody", "closed"])
    def test_get_the_same_words_as_for_a_page_that_does_not_exist(
        self, who: str, charlie: User, staff: User, queued: LanguageModel
    ) -> None:
        browser = Client(enforce_csrf_checks=True)
        if who == "charlie":
            browser.force_login(charlie)
        elif who == "closed":
            browser.force_login(staff)
            User.objects.filter(id=staff.id).update(is_active=False)
        assert len(ROUTES) >= 10
        for verb, route in product(VERBS, ROUTES):
            here = getattr(browser, verb)(route)
            nowhere = getattr(browser, verb)("/no-such-page/")
            assert (here.status_code, words(here.content)) == (404, words(nowhere.content)), (verb, route)
        queued.refresh_from_db()
        assert queued.status == Status.QUEUED
        assert LanguageModel.objects.count() == 1

    def test_are_shown_no_link(self, charlie: User, staff: User, client: Client) -> None:
        client.force_login(charlie)
        assert b"/models/" not in client.get("/chats/").content
        client.force_login(staff)
        assert b'href="/models/"' in client.get("/chats/").content

    def test_another_site_cannot_pull_for_staff(self, staff: User, hub: FakeHub) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(staff)
        assert strict.post("/models/qwen2.5-0.5b/pull/").status_code == 403
        assert not LanguageModel.objects.exists()


class TestPage:
    def test_the_ledger_is_offered_with_licence_size_and_memory(self, operator: Client) -> None:
        page = operator.get("/models/").content.decode()
        for part in ("Qwen2.5 0.5B Instruct", "Apache-2.0", "398 MB on disk", "of memory", "of disk are free"):
            assert part in page
        assert "</html>" in page

    def test_chats_stand_in_the_sidebar_as_ever(self, staff: User, operator: Client, alices_chat: Chat) -> None:
        own = starting.start_chat(staff, alices_chat.character)
        page = operator.get("/models/").content.decode()
        assert str(own.id) in page
        assert str(alices_chat.id) not in page

    def test_a_model_of_the_ledger_is_pulled_by_a_button(self, operator: Client, hub: FakeHub) -> None:
        assert operator.post("/models/qwen2.5-0.5b/pull/").status_code == 302
        row = LanguageModel.objects.get()
        assert (row.name, row.status, row.license) == ("qwen2.5-0.5b", Status.QUEUED, "Apache-2.0")
        assert b"Waiting" in operator.get("/models/").content

    def test_progress_is_told_to_an_open_page(self, operator: Client, queued: LanguageModel) -> None:
        LanguageModel.objects.update(
            status=Status.RUNNING, size_bytes=2_000_000_000, received_bytes=500_000_000, bytes_per_second=10_000_000
        )
        rows = operator.get("/models/rows/").content.decode()
        for part in (
            'value="25"',
            "500 MB / 2.0 GB",
            "10.0 MB/s",
            "2 minutes left",
            "data-moving",
            "/models/tiny/cancel/",
        ):
            assert part in rows

    def test_a_pull_is_stopped_resumed_used_and_removed(
        self, operator: Client, queued: LanguageModel, hub: FakeHub
    ) -> None:
        assert operator.post("/models/tiny/cancel/").status_code == 302
        assert b"Pull again" in operator.get("/models/").content
        assert operator.post("/models/tiny/pull/").status_code == 302
        assert pull(LanguageModel.objects.get()).status == Status.DONE
        assert operator.post("/models/tiny/use/").status_code == 302
        assert b"Being tried out" in operator.get("/models/").content
        LanguageModel.objects.update(in_use=True, wanted_at=None)
        refused = operator.post("/models/tiny/remove/")
        assert (refused.status_code, b"tiny is in use" in refused.content) == (409, True)
        assert operator.post("/models/default/use/").status_code == 302
        assert operator.post("/models/tiny/remove/").status_code == 302
        assert not LanguageModel.objects.exists()

    def test_what_failed_says_why(self, operator: Client, queued: LanguageModel, hub: FakeHub) -> None:
        hub.sha256 = "0" * 64
        pull(queued)
        assert b"not the one that was promised" in operator.get("/models/").content

    def test_models_that_only_embed_are_hidden(self, operator: Client, queued: LanguageModel, hub: FakeHub) -> None:
        pull(queued)
        assert b"somebody" not in operator.get("/models/").content
        assert b'data-model="tiny"' in operator.get("/models/").content
        LanguageModel.objects.update(embeds=True)
        assert b'data-model="tiny"' not in operator.get("/models/").content

    @pytest.mark.parametrize("name", ["..%2Fx", "..", "x%00", "%C3%84", "nothing"])
    def test_a_name_without_a_row_is_nothing(self, operator: Client, name: str) -> None:
        for verb in ("pull", "cancel", "use", "remove"):
            assert operator.post(f"/models/{name}/{verb}/").status_code == 404
        assert not LanguageModel.objects.exists()

    def test_looking_changes_nothing(self, operator: Client, queued: LanguageModel) -> None:
        for verb in ("pull", "cancel", "use", "remove"):
            assert operator.get(f"/models/tiny/{verb}/").status_code == 405


class TestAdding:
    def test_a_file_of_the_hub_is_added_by_its_names(self, operator: Client, hub: FakeHub) -> None:
        fields = {"name": "mine", "repository": "somebody/tiny-GGUF", "file": "tiny-Q8_0.gguf"}
        assert operator.post("/models/add/hub/", fields).status_code == 302
        assert pull(LanguageModel.objects.get(name="mine")).status == Status.DONE
        again = operator.post("/models/add/hub/", fields)
        assert (again.status_code, b"called mine already" in again.content) == (409, True)

    def test_a_file_at_an_address_is_added(self, operator: Client, hub: FakeHub) -> None:
        fields = {"name": "mine", "url": f"{hub.url}/somebody/tiny-GGUF/resolve/main/tiny-Q8_0.gguf"}
        assert operator.post("/models/add/address/", fields).status_code == 302
        assert pull(LanguageModel.objects.get(name="mine")).status == Status.DONE

    @pytest.mark.parametrize(
        "fields",
        [
            {"name": "../x", "url": "https://example.org/a.gguf"},
            {"name": "x", "url": "file:///etc/passwd"},
            {"name": "x", "url": "https://example.org/a.gguf", "sha256": "abc"},
            {"name": "qwen2.5-7b", "url": "https://example.org/a.gguf"},
            {"name": "", "url": ""},
        ],
    )
    def test_what_makes_no_sense_is_refused_with_a_sentence(self, operator: Client, fields: dict[str, str]) -> None:
        answer = operator.post("/models/add/address/", fields)
        assert answer.status_code == 400
        assert b'role="alert"' in answer.content
        assert not LanguageModel.objects.exists()

    def test_a_file_in_the_folder_is_shown_and_taken_in(
        self, operator: Client, tiny: bytes, settings: Settings, hub: FakeHub
    ) -> None:
        (settings.MODELS_DIR / "Found.gguf").write_bytes(tiny)
        assert b"Found.gguf" in operator.get("/models/").content
        assert operator.post("/models/take-in/").status_code == 302
        assert pull(LanguageModel.objects.get(name="found")).status == Status.DONE


def test_a_worker_carries_out_what_a_button_asked_for(
    operator: Client, queued: LanguageModel, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weights.files.RESERVE_BYTES", 0)
    actions.cancel_pull(queued)
    operator.post("/models/tiny/pull/")
    assert recovery.run_resuming() == []  # its task is in the queue
    tasks.pull_model(str(queued.id))
    assert LanguageModel.objects.get().is_ready
    assert pulling.waiting() == []
    operator.post("/models/tiny/use/")
    tasks.use_model(str(queued.id))
    assert LanguageModel.objects.get().in_use
