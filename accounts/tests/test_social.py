"""Coming in by an account elsewhere, at an OpenID Connect server that is played here."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.urls import urlpatterns as callbacks
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from accounts.law import LawProfile
from accounts.models import User
from cognitia import people, urls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db"), pytest.mark.urls(__name__)]
# What `accounts.urls.entrance` has where SOCIAL_PROVIDERS names it at the start.
urlpatterns = [path("account/", include(callbacks)), *urls.urlpatterns]
SUBJECT = {"sub": "7", "email": "dora@example.org", "email_verified": True, "name": "Dora"}


class Voucher(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        host = f"http://{self.headers['Host']}"
        if self.path.startswith("/.well-known"):
            ways = {name: f"{host}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            self._answer({"issuer": host, "userinfo_endpoint": f"{host}/me", **ways})
        else:
            self._answer(SUBJECT)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer({"access_token": "a token", "token_type": "bearer"})

    def log_message(self, *args: object) -> None:
        """In silence."""

    def _answer(self, body: dict[str, object]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


@pytest.fixture
def voucher(settings: Settings) -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Voucher) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        given = {
            "OPENID_CONNECT_CLIENT_ID": "us",
            "OPENID_CONNECT_CLIENT_SECRET": "secret",
            "OPENID_CONNECT_URL": address,
            "OPENID_CONNECT_NAME": "Our Keycloak",
        }
        settings.SOCIALACCOUNT_PROVIDERS = people.social_providers(
            ["openid_connect"], lambda name: given.get(name, "")
        )
        registry.register(OpenIDConnectProvider)
        yield address
        del registry.provider_map[OpenIDConnectProvider.id]
        server.shutdown()


def leave(client: Client, process: str = "login") -> str:
    """Where the page between leads."""
    page = client.post("/account/by/openid/", {"process": process})
    assert page.status_code == 200, page.content
    address: str = page.context["address"]
    return address


def come_back(client: Client, address: str) -> Client:
    state = parse_qs(urlsplit(address).query)["state"][0]
    client.get("/account/oidc/openid/login/callback/", {"code": "a code", "state": state})
    return client


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_without_providers_no_button_is_there(client: Client) -> None:
    assert b"Go on with" not in client.get("/account/login/").content
    assert client.post("/account/by/github/").status_code == 404


def test_its_button_leads_there_by_a_page_and_not_by_a_form(voucher: str, client: Client) -> None:
    assert b"Go on with Our Keycloak" in client.get("/account/login/").content
    address = leave(client)
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{voucher}/authorization_endpoint?")
    assert asked["client_id"] == ["us"]
    assert "code_challenge" in asked
    assert "secret" not in address


def test_somebody_new_gets_an_account_with_their_name(voucher: str, client: Client) -> None:
    come_back(client, leave(client))
    assert is_signed_in(client)
    found = User.objects.get()
    assert (found.email, found.name, found.has_usable_password()) == ("dora@example.org", "Dora", False)


def test_the_same_address_here_is_not_taken_over(voucher: str, client: Client) -> None:
    User.objects.create_user("dora@example.org", "seven tall ships at sea")
    come_back(client, leave(client))
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_a_made_up_answer_lets_nobody_in(voucher: str, client: Client) -> None:
    client.get("/account/oidc/openid/login/callback/", {"code": "a code", "state": "made up"})
    assert not is_signed_in(client)


def test_a_closed_house_stays_closed(voucher: str, client: Client, settings: Settings) -> None:
    settings.SIGN_UP_OPEN = False
    come_back(client, leave(client))
    assert not User.objects.exists()


def test_the_date_of_birth_is_asked_for_here_too(voucher: str, client: Client, settings: Settings) -> None:
    settings.LAW_PROFILES = frozenset({LawProfile.ADULTS})
    settings.SOCIALACCOUNT_AUTO_SIGNUP = False
    come_back(client, leave(client))
    assert not User.objects.exists()
    posted = {"email": "dora@example.org"}
    client.post("/account/with/sign-up/", {**posted, "born_on": "2020-01-01"})
    assert not User.objects.exists()
    client.post("/account/with/sign-up/", {**posted, "born_on": "1990-01-01"})
    assert str(User.objects.get().born_on) == "1990-01-01"


def test_one_is_connected_and_then_lets_in(voucher: str, alice: User, client: Client) -> None:
    client.force_login(alice)
    client.post("/settings/security/confirm/", {"password": "a long password"})
    come_back(client, leave(client, "connect"))
    assert SocialAccount.objects.get().user == alice
    assert b"Our Keycloak" in client.get("/settings/security/connections/").content
    other = Client()
    come_back(other, leave(other))
    assert other.session["_auth_user_id"] == str(alice.id)
