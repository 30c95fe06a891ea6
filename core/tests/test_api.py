"""However the REST API says no, it says it in one shape."""

import pytest
from django.test import Client
from django.urls import path
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from cognitia import urls
from cognitia.urls import handler404  # noqa: F401  Django looks for it here
from core.errors import LimitReached, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class Inner(serializers.Serializer[object]):
    size = serializers.IntegerField()


class Outer(serializers.Serializer[object]):
    text = serializers.CharField(max_length=5)
    inner = Inner(many=True)


class Form(APIView):
    def post(self, request: Request) -> Response:
        Outer(data=request.data).is_valid(raise_exception=True)
        return Response(status=204)


class Refusing(APIView):
    def get(self, request: Request, why: str) -> Response:
        raise {
            "limit": LimitReached("Four replies are on the way.", retry_after_seconds=7),
            "throttle": Throttled(wait=6.2),
            "nothing": NotFound(),
        }[why]


urlpatterns = [
    path("api/form", Form.as_view()),
    path("api/refusing/<str:why>", Refusing.as_view()),
    *urls.urlpatterns,
]


@pytest.fixture
def signed_in(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


def error(answer: object) -> tuple[int, str, str, dict[str, object]]:
    """Status, code, message and details; the shape is the same for all."""
    body = answer.json()  # type: ignore[attr-defined]
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "details"}
    assert body["error"]["message"]
    status: int = answer.status_code  # type: ignore[attr-defined]
    return status, body["error"]["code"], body["error"]["message"], body["error"]["details"]


def post(client: Client, body: str, content_type: str = "application/json") -> tuple[int, str, str, dict[str, object]]:
    return error(client.post("/api/form", body, content_type=content_type))


class TestBadInput:
    def test_each_field_has_its_sentence(self, signed_in: Client) -> None:
        status, code, message, details = post(signed_in, '{"text": "too long", "inner": [{"size": "x"}]}')
        assert (status, code) == (400, "bad_input")
        assert set(details) >= {"text"}
        assert "5 characters" in str(details["text"])
        assert "text: " in message
        assert "valid integer" in message

    def test_a_missing_field_is_named(self, signed_in: Client) -> None:
        status, code, _, details = post(signed_in, '{"inner": []}')
        assert (status, code, set(details)) == (400, "bad_input", {"text"})

    @pytest.mark.parametrize("body", ["[]", '"x"', "5", "null", "true"])
    def test_what_is_no_object_has_a_sentence_too(self, signed_in: Client, body: str) -> None:
        assert post(signed_in, body)[:2] == (400, "bad_input")

    @pytest.mark.parametrize(
        "body", ["{", "", "{'text': 1}", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]
    )
    def test_malformed_json_is_refused(self, signed_in: Client, body: str) -> None:
        assert post(signed_in, body)[0] == 400


def test_without_a_session_it_is_401(client: Client) -> None:
    assert post(client, "{}")[:2] == (401, "signed_out")
    assert error(client.get("/api/refusing/nothing"))[:2] == (401, "signed_out")


def test_a_form_of_another_site_is_403(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert post(strict, "{}")[:2] == (403, "permission_denied")


def test_what_is_not_there_is_404(signed_in: Client) -> None:
    assert error(signed_in.get("/api/refusing/nothing"))[:2] == (404, "not_found")
    assert error(signed_in.get("/api/nonesuch"))[:2] == (404, "not_found")


def test_a_verb_that_it_does_not_know_is_405(signed_in: Client) -> None:
    for verb in (signed_in.get, signed_in.put, signed_in.patch, signed_in.delete):
        assert error(verb("/api/form"))[:2] == (405, "method_not_allowed")


def test_what_is_no_json_is_415(signed_in: Client) -> None:
    for content_type in ("application/x-www-form-urlencoded", "text/plain", "application/xml"):
        assert post(signed_in, "text=1", content_type)[:2] == (415, "unsupported_media_type")


@pytest.mark.parametrize("why", ["limit", "throttle"])
def test_a_limit_says_when_to_come_back(signed_in: Client, why: str) -> None:
    answer = signed_in.get(f"/api/refusing/{why}")
    status, _, _, details = error(answer)
    assert (status, answer.headers["Retry-After"]) == (429, "7")
    assert int(str(details["retry_after_seconds"])) == 7
