"""The page of API keys."""

import re

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.actions.keys import create_key
from accounts.actions.tokens import start_family
from accounts.models import ApiKey, Scope, TokenFamily, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]

PAGE = "/settings/keys/"
SECRET = re.compile(r"cog_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")


@pytest.fixture
def browser(alice: User, client: Client) -> Client:
    client.force_login(alice)
    client.post("/settings/security/confirm/", {"password": "a long password"})
    return client


def test_making_one_takes_a_fresh_password(alice: User, client: Client) -> None:
    client.force_login(alice)
    answer = client.post(PAGE, {"name": "SillyTavern", "scopes": ["chat"]})
    assert answer.headers["Location"].startswith("/settings/security/confirm/")
    assert not ApiKey.objects.exists()


def test_a_new_keys_secret_is_on_the_page_once(browser: Client) -> None:
    answer = browser.post(PAGE, {"name": "SillyTavern", "scopes": ["chat", "memory"], "days": "90"})
    (secret,) = set(SECRET.findall(answer.content.decode()))
    assert Client().get("/api/v2/chats", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    again = browser.get(PAGE).content.decode()
    assert "SillyTavern" in again
    assert SECRET.search(again) is None
    assert ApiKey.objects.get().expires_at is not None


@pytest.mark.parametrize("body", [{"name": "", "scopes": ["chat"]}, {"name": "x"}, {"name": "x", "scopes": ["root"]}])
def test_a_key_without_a_name_or_a_use_is_not_made(browser: Client, body: dict[str, object]) -> None:
    assert browser.post(PAGE, body).status_code == 400
    assert not ApiKey.objects.exists()


def test_a_key_ends_after_ninety_days_unless_somebody_wants_otherwise(browser: Client) -> None:
    assert '<option value="90" selected>' in browser.get(PAGE).content.decode()


def test_one_is_revoked_and_a_program_is_signed_out(alice: User, browser: Client) -> None:
    key = create_key(alice, "old", [Scope.CHAT]).key
    start_family(alice, "curl/8.5")
    assert "curl/8.5" in browser.get(PAGE).content.decode()
    browser.post(f"{PAGE}{key.id}/revoke/")
    browser.post(f"{PAGE}programs/{TokenFamily.objects.get().id}/end/")
    assert (ApiKey.good(now()).count(), TokenFamily.good().count()) == (0, 0)


def test_another_persons_are_neither_shown_nor_touched(charlie: User, browser: Client) -> None:
    key = create_key(charlie, "secret plans", [Scope.CHAT]).key
    start_family(charlie, "his agent")
    page = browser.get(PAGE).content.decode()
    assert "secret plans" not in page
    assert "his agent" not in page
    assert browser.post(f"{PAGE}{key.id}/revoke/").status_code == 404
    assert browser.post(f"{PAGE}programs/{TokenFamily.objects.get().id}/end/").status_code == 404
    assert (ApiKey.objects.get().revoked_at, TokenFamily.objects.get().revoked_at) == (None, None)
