"""Headers on every answer, and errors in the shape that was asked for."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import User
from chats.models import Chat
from cognitia import urls
from cognitia.urls import handler400, handler403, handler404, handler500  # noqa: F401  Django looks for them here
from core.errors import BadInput, LimitReached, Unavailable
from core.middleware import CONTENT_SECURITY_POLICY

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
SHAPE = {"code", "message", "details"}


def limited(request: HttpRequest) -> HttpResponse:
    raise LimitReached("Four replies are on the way.", retry_after_seconds=7)


def away(request: HttpRequest) -> HttpResponse:
    raise Unavailable("The queue is away.")


def typed(request: HttpRequest) -> HttpResponse:
    raise BadInput("<script>alert(1)</script>")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret")


def cached(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={"Cache-Control": "max-age=60", "Content-Security-Policy": "sandbox"})


urlpatterns = [
    *(
        path(f"{prefix}{view.__name__}", view)
        for view in (limited, away, typed, broken, cached)
        for prefix in ("", "api/")
    ),
    *urls.urlpatterns,
]


@pytest.fixture
def quiet(client: Client) -> Client:
    """A browser, to whom an error is a page and no traceback."""
    client.raise_request_exception = False
    return client


class TestSecurityHeaders:
    @pytest.mark.parametrize(
        "path", ["/account/login/", "/health", "/nonesuch", "/api/nonesuch", "/limited", "/broken", "/api/broken", "/"]
    )
    def test_they_are_on_pages_and_on_errors(self, quiet: Client, path: str) -> None:
        headers = quiet.get(path).headers
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert headers["Cache-Control"].startswith(("no-store", "max-age=0"))
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]

    def test_they_are_on_a_page_of_ones_own(self, alice: User, alices_chat: Chat, client: Client) -> None:
        client.force_login(alice)
        answer = client.get(f"/chats/{alices_chat.id}/")
        assert answer.status_code == 200
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["Cache-Control"] == "no-store"

    def test_nothing_comes_from_elsewhere_and_nothing_inline_runs(self) -> None:
        rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
        assert rules["default-src"] == "'none'"
        assert (rules["script-src"], rules["style-src"], rules["connect-src"]) == ("'self'", "'self'", "'self'")
        assert "http" not in CONTENT_SECURITY_POLICY

    def test_a_view_that_knows_better_is_left_alone(self, client: Client) -> None:
        headers = client.get("/cached").headers
        assert (headers["Cache-Control"], headers["Content-Security-Policy"]) == ("max-age=60", "sandbox")


class TestErrors:
    @pytest.mark.parametrize(
        ("path", "status", "code"),
        [
            ("/api/limited", 429, "limit_reached"),
            ("/api/away", 503, "unavailable"),
            ("/api/typed", 400, "bad_input"),
            ("/api/broken", 500, "server_error"),
            ("/api/nonesuch", 404, "not_found"),
        ],
    )
    def test_below_api_they_are_json(self, quiet: Client, path: str, status: int, code: str) -> None:
        answer = quiet.get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
        assert set(answer.json()) == {"error"}
        assert set(answer.json()["error"]) == SHAPE
        assert answer.json()["error"]["code"] == code

    @pytest.mark.parametrize(
        ("path", "status"), [("/limited", 429), ("/away", 503), ("/typed", 400), ("/broken", 500)]
    )
    def test_elsewhere_they_are_a_page(self, quiet: Client, path: str, status: int) -> None:
        answer = quiet.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert b"</html>" in answer.content

    def test_elsewhere_whoever_asks_for_json_gets_json(self, quiet: Client) -> None:
        answer = quiet.get("/limited", headers={"Accept": "application/json"})
        assert set(answer.json()["error"]) == SHAPE

    @pytest.mark.parametrize("path", ["/limited", "/api/limited"])
    def test_a_limit_says_when_to_come_back(self, quiet: Client, path: str) -> None:
        answer = quiet.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")

    def test_without_a_time_there_is_no_such_header(self, quiet: Client) -> None:
        assert "Retry-After" not in quiet.get("/away").headers

    def test_what_was_typed_is_shown_as_text(self, quiet: Client) -> None:
        page = quiet.get("/typed").content
        assert b"&lt;script&gt;alert(1)" in page
        assert b"<script>alert(1)" not in page

    @pytest.mark.parametrize("path", ["/broken", "/api/broken"])
    def test_what_went_wrong_inside_is_not_shown(self, quiet: Client, path: str) -> None:
        assert b"a secret" not in quiet.get(path).content
