"""Language models over REST, for staff."""

import pytest
from django.test import Client

from accounts.models import User
from core.jobs import Status
from weights import actions
from weights.ledger import BY_NAME
from weights.models import LanguageModel
from weights.tests.acting import pull
from weights.tests.fake_hub import FakeHub

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db", "models_dir")]

ALL = "/api/v2/models"
TINY = {"name": "tiny", "repository": "somebody/tiny-GGUF", "file": "tiny-Q8_0.gguf"}


@pytest.fixture
def operator(staff: User, client: Client) -> Client:
    client.force_login(staff)
    return client


def test_a_model_is_asked_for_listed_and_removed(operator: Client, hub: FakeHub) -> None:
    answer = operator.post(ALL, TINY, content_type="application/json")
    assert (answer.status_code, answer.json()["status"]) == (202, Status.QUEUED)
    pull(LanguageModel.objects.get(name="tiny"))
    (model,) = operator.get(ALL).json()["models"]
    assert (model["name"], model["status"], model["in_use"]) == ("tiny", Status.DONE, False)
    assert operator.get(f"{ALL}/tiny").json() == model
    assert operator.delete(f"{ALL}/tiny").status_code == 204
    assert operator.get(ALL).json() == {"models": []}


def test_one_of_the_ledger_needs_no_more_than_its_name(operator: Client) -> None:
    answer = operator.post(ALL, {"name": "qwen2.5-0.5b"}, content_type="application/json")
    assert answer.status_code == 202
    assert LanguageModel.objects.get().repository == BY_NAME["qwen2.5-0.5b"].repository


def test_one_that_is_being_pulled_is_not_removed(operator: Client, queued: LanguageModel) -> None:
    answer = operator.delete(f"{ALL}/tiny")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert LanguageModel.objects.filter(id=queued.id).exists()


def test_models_that_only_embed_are_hidden(operator: Client, queued: LanguageModel) -> None:
    LanguageModel.objects.update(embeds=True)
    assert operator.get(ALL).json() == {"models": []}


@pytest.mark.parametrize(
    "body", [{}, {"name": "No Name", "url": "https://x/y.gguf"}, {"name": "x", "url": "file:///etc/passwd"}]
)
def test_what_makes_no_sense_is_refused_with_a_sentence(operator: Client, body: dict[str, str]) -> None:
    answer = operator.post(ALL, body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_input")
    assert answer.json()["error"]["message"]
    assert not LanguageModel.objects.exists()


@pytest.mark.parametrize("who", ["charlie", "nobody"])
def test_for_others_there_is_nothing_here(who: str, charlie: User, queued: LanguageModel) -> None:
    browser = Client()
    if who == "charlie":
        browser.force_login(charlie)
    nowhere = browser.get("/api/v2/no-such-thing")
    for verb in ("get", "post", "put", "delete", "options"):
        for route in (ALL, f"{ALL}/tiny", f"{ALL}/typo"):
            here = getattr(browser, verb)(route)
            assert (here.status_code, here.json()) == (404, nowhere.json())
    assert actions.prepare_pull("tiny").id == queued.id
