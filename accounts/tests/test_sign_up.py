"""Signing up, in and out, through the pages."""

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]
PASSWORD = "seven tall ships at sea"


@pytest.fixture(autouse=True)
def no_rate_limits() -> None:
    cache.clear()


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_new_person_is_signed_in_at_once(client: Client) -> None:
    answer = client.post("/account/signup/", {"email": "Dora@Example.org", "password1": PASSWORD})
    assert answer.status_code == 302, answer.content
    assert User.objects.get().email == "dora@example.org"
    assert is_signed_in(client)


@pytest.mark.parametrize("password", ["short", "password1234", "dora@example.org"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    assert client.post("/account/signup/", {"email": "dora@example.org", "password1": password}).status_code == 200
    assert not User.objects.exists()


def test_a_closed_house_takes_nobody_in(client: Client, settings: Settings) -> None:
    settings.SIGN_UP_OPEN = False
    client.post("/account/signup/", {"email": "dora@example.org", "password1": PASSWORD})
    assert not User.objects.exists()


def test_one_signs_in_and_out_with_email_and_password(alice: User, client: Client) -> None:
    answer = client.post("/account/login/", {"login": "ALICE@example.org", "password": "a long password"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_signed_in(client)
    client.post("/account/logout/")
    assert not is_signed_in(client)


def test_looking_at_the_sign_out_page_signs_nobody_out(alice: User, client: Client) -> None:
    client.force_login(alice)
    client.get("/account/logout/")
    assert is_signed_in(client)


def test_a_wrong_password_says_the_same_as_an_unknown_address(alice: User, client: Client) -> None:
    answers = []
    for email in ("alice@example.org", "nobody@example.org"):
        answer = client.post("/account/login/", {"login": email, "password": "wrong and long enough"})
        answers.append((answer.status_code, answer.context["form"].non_field_errors()))
    assert answers[0] == answers[1]
    assert not is_signed_in(client)


def test_a_closed_account_does_not_get_in(alice: User, client: Client) -> None:
    User.objects.update(is_active=False)
    client.post("/account/login/", {"login": "alice@example.org", "password": "a long password"})
    assert not is_signed_in(client)


def test_sign_in_does_not_send_people_elsewhere(alice: User, client: Client) -> None:
    answer = client.post(
        "/account/login/?next=https://evil.example/", {"login": "alice@example.org", "password": "a long password"}
    )
    assert "evil" not in answer.headers.get("Location", "")
