"""API keys, through the REST door."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from accounts.actions.keys import create_key
from accounts.law import LawProfile
from accounts.models import ApiKey, Scope, User
from chats.models import Chat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]

KEYS, CHATS, ME = "/api/v2/keys", "/api/v2/chats", "/api/v2/auth/me"


@pytest.fixture
def browser(alice: User, client: Client) -> Client:
    """Alice's, who has just said her password again."""
    client.force_login(alice)
    client.post("/settings/security/confirm/", {"password": "a long password"})
    return client


@pytest.fixture
def key(alice: User) -> str:
    return create_key(alice, "SillyTavern", [Scope.CHAT]).secret


def test_a_key_is_told_once_and_only_its_digest_is_kept(browser: Client) -> None:
    made = browser.post(KEYS, {"name": "SillyTavern", "scopes": ["chat", "memory"]}, "application/json")
    assert made.status_code == 201, made.content
    secret = made.json()["secret"]
    assert secret.startswith(made.json()["prefix"] + "_")
    (listed,) = browser.get(KEYS).json()
    assert (listed["name"], listed["scopes"], listed["last_used_at"]) == ("SillyTavern", ["chat", "memory"], None)
    assert "secret" not in listed
    row = ApiKey.objects.get()
    assert secret not in [str(value) for value in vars(row).values()]


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_it_lets_in_by_either_header(key: str, alices_chat: Chat, client: Client, header: str) -> None:
    value = f"Bearer {key}" if header == "Authorization" else key
    answer = client.get(CHATS, headers={header: value})
    assert [chat["id"] for chat in answer.json()["chats"]] == [str(alices_chat.id)]
    assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_it_opens_only_what_its_scopes_say(key: str, client: Client, header: str) -> None:
    value = f"Bearer {key}" if header == "Authorization" else key
    answer = client.get("/api/v2/lorebooks", headers={header: value})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")
    assert "characters" in answer.json()["error"]["message"]


def test_a_session_alone_makes_no_key(alice: User, client: Client) -> None:
    client.force_login(alice)
    answer = client.post(KEYS, {"name": "x", "scopes": ["chat"]}, "application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")
    assert not ApiKey.objects.exists()


def test_no_key_makes_keys_whatever_its_scopes(alice: User, client: Client) -> None:
    secret = create_key(alice, "all of them", list(Scope)).secret
    for answer in (
        client.get(KEYS, headers={"X-API-Key": secret}),
        client.post(KEYS, {"name": "x", "scopes": ["chat"]}, "application/json", headers={"X-API-Key": secret}),
    ):
        assert answer.status_code == 403
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer cog_00000000_" + "a" * 43},
        {"Authorization": "Bearer nonsense"},
        {"X-API-Key": "nonsense"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer é\ud800".encode("utf-8", "surrogatepass").decode("latin-1")},
    ],
)
def test_what_is_no_key_lets_nobody_in_even_with_a_session(
    alice: User, client: Client, headers: dict[str, str]
) -> None:
    client.force_login(alice)
    answer = client.get(CHATS, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_credentials")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="cognitia"'


@pytest.mark.parametrize("value", ["Bearer null", "Bearer ", "Bearer undefined"])
def test_a_client_without_a_key_is_a_stranger(client: Client, value: str) -> None:
    answer = client.get(CHATS, headers={"Authorization": value})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")


def test_two_keys_that_differ_let_nobody_in(alice: User, charlie: User, key: str, client: Client) -> None:
    other = create_key(charlie, "his", [Scope.CHAT]).secret
    answer = client.get(CHATS, headers={"Authorization": f"Bearer {key}", "X-API-Key": other})
    assert answer.status_code == 401


def test_a_revoked_an_expired_and_a_closed_accounts_key_let_nobody_in(alice: User, key: str, client: Client) -> None:
    def status() -> int:
        return client.get(CHATS, headers={"X-API-Key": key}).status_code

    assert status() == 200
    ApiKey.objects.update(expires_at=now() - timedelta(seconds=1))
    assert status() == 401
    ApiKey.objects.update(expires_at=now() + timedelta(days=1))
    User.objects.filter(id=alice.id).update(is_active=False)
    assert status() == 401
    User.objects.filter(id=alice.id).update(is_active=True)
    assert status() == 200
    client.force_login(alice)
    assert client.delete(f"{KEYS}/{ApiKey.objects.get().id}").status_code == 204
    client.logout()
    assert status() == 401


def test_another_persons_key_is_not_there(charlie: User, key: str, client: Client) -> None:
    client.force_login(charlie)
    path = f"{KEYS}/{ApiKey.objects.get().id}"
    assert (client.get(path).status_code, client.delete(path).status_code) == (404, 404)
    assert client.get(KEYS).json() == []
    assert ApiKey.objects.get().revoked_at is None


def test_too_many_requests_are_refused_and_told_when_to_come_back(alice: User, client: Client) -> None:
    slow = create_key(alice, "slow", [Scope.CHAT], per_minute=3).secret
    answers = [client.get(CHATS, headers={"X-API-Key": slow}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert answers[0].headers["X-RateLimit-Limit"] == "3"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 20
    assert answers[3].json()["error"]["details"]["remaining"] == 0
    # Another key of the same person is counted for itself.
    other = create_key(alice, "other", [Scope.CHAT]).secret
    assert client.get(CHATS, headers={"X-API-Key": other}).status_code == 200


def test_whoever_owes_a_date_of_birth_gets_in_by_no_key(
    alice: User, key: str, client: Client, settings: Settings
) -> None:
    settings.LAW_PROFILES = frozenset({LawProfile.ADULTS})
    answer = client.get(CHATS, headers={"X-API-Key": key})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")
    User.objects.filter(id=alice.id).update(born_on=date(1990, 1, 1))
    assert client.get(CHATS, headers={"X-API-Key": key}).status_code == 200


def test_no_more_keys_than_one_may_have(browser: Client, settings: Settings) -> None:
    settings.API_KEYS_PER_USER = 1
    body = {"name": "x", "scopes": ["chat"]}
    assert browser.post(KEYS, body, "application/json").status_code == 201
    refused = browser.post(KEYS, body, "application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "limit_reached")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["root"]},
        {"name": "", "scopes": ["chat"]},
        {"name": "x", "scopes": ["chat"], "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "x", "scopes": ["chat"], "per_minute": 0},
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(browser: Client, body: dict[str, object]) -> None:
    answer = browser.post(KEYS, body, "application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_input")
    assert not ApiKey.objects.exists()
