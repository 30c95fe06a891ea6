"""Django's own errors look like ours, as a page and as JSON; and the one page that asks nobody."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import User
from cognitia import urls
from cognitia.urls import handler400, handler403, handler404, handler500  # noqa: F401  Django looks for them here

pytestmark = [pytest.mark.urls(__name__)]


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("a secret")


def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("a secret")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret")


urlpatterns = [
    *(path(f"{prefix}{view.__name__}", view) for view in (suspicious, denied, broken) for prefix in ("", "api/")),
    *urls.urlpatterns,
]
ERRORS = [
    ("suspicious", 400, "bad_input"),
    ("denied", 403, "forbidden"),
    ("nonesuch", 404, "not_found"),
    ("broken", 500, "server_error"),
]


@pytest.fixture
def quiet(client: Client) -> Client:
    """A browser, to whom an error is a page and no traceback."""
    client.raise_request_exception = False
    return client


class TestHealth:
    """Without the `db` fixture a question to the database would fail."""

    def test_it_answers_and_asks_nobody(self, client: Client) -> None:
        answer = client.get("/health")
        assert (answer.status_code, answer.json()) == (200, {"status": "healthy"})

    def test_it_sets_no_cookie(self, client: Client) -> None:
        assert not client.get("/health").cookies


@pytest.mark.django_db
class TestErrors:
    @pytest.mark.parametrize(("name", "status", "code"), ERRORS)
    def test_one_is_a_page(self, quiet: Client, name: str, status: int, code: str) -> None:
        answer = quiet.get(f"/{name}", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert f">{status}</p>".encode() in answer.content
        assert b"a secret" not in answer.content

    @pytest.mark.parametrize(("name", "status", "code"), ERRORS)
    @pytest.mark.parametrize(("prefix", "accept"), [("/api/", "*/*"), ("/", "application/json")])
    def test_one_is_json_for_whoever_asks_for_json(
        self, quiet: Client, prefix: str, accept: str, name: str, status: int, code: str
    ) -> None:
        answer = quiet.get(prefix + name, headers={"Accept": accept})
        assert answer.status_code == status
        error = answer.json()["error"]
        assert (set(error), error["code"]) == ({"code", "message", "details"}, code)
        assert "a secret" not in error["message"]

    def test_a_page_leads_on(self, alice: User, quiet: Client) -> None:
        assert b'href="/account/login/"' in quiet.get("/nonesuch").content
        quiet.force_login(alice)
        assert b'href="/chats/"' in quiet.get("/nonesuch").content
