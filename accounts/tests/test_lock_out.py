"""Guessing passwords, and guessing who has an account."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]
PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def _with_mail(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def try_in(password: str, ip: str = "203.0.113.1") -> Client:
    client = Client(REMOTE_ADDR=ip)
    client.post("/account/login/", {"login": "alice@example.org", "password": password})
    return client


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def known(alice: User) -> User:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    return alice


def test_five_wrong_passwords_lock_the_account_for_every_address(known: User) -> None:
    for number in range(5):
        try_in("wrong and long enough", f"203.0.113.{number}")
    assert not is_signed_in(try_in(PASSWORD, "198.51.100.7"))


def test_four_do_not(known: User) -> None:
    for _number in range(4):
        try_in("wrong and long enough")
    assert is_signed_in(try_in(PASSWORD))


def test_one_address_may_not_guess_at_many_accounts(known: User, charlie: User) -> None:
    for number in range(10):
        Client(REMOTE_ADDR="203.0.113.9").post(
            "/account/login/", {"login": f"nobody{number}@example.org", "password": "wrong and long enough"}
        )
    assert not is_signed_in(try_in(PASSWORD, "203.0.113.9"))
    assert is_signed_in(try_in(PASSWORD, "203.0.113.10"))


def test_signing_up_with_a_known_address_looks_like_signing_up(known: User) -> None:
    answers = [
        Client().post("/account/signup/", {"email": email, "password1": "seven tall ships at sea"})
        for email in ("alice@example.org", "dora@example.org")
    ]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, "/account/confirm-email/")
    }
    assert User.objects.filter(email="alice@example.org").count() == 1
    assert {message.subject for message in mail.outbox} == {
        "You have an account already",
        "Welcome: confirm your address",
    }


def test_asking_for_a_new_password_says_nothing_of_who_is_known(known: User) -> None:
    answers = [
        Client().post("/account/password/reset/", {"email": email})
        for email in ("alice@example.org", "nobody@example.org")
    ]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, "/account/password/reset/done/")
    }
    assert len(mail.outbox) == 2


def test_without_redis_nobody_may_try_and_the_page_says_so(known: User, settings: Settings) -> None:
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": ["redis://127.0.0.1:1/0"]},
    }
    answer = Client().post("/account/login/", {"login": "alice@example.org", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
