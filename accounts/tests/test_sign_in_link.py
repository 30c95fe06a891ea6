"""A link that signs in: once, within an hour, and not because somebody looked at it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.actions import signing_in
from accounts.models import SignInLink, User

pytestmark = pytest.mark.django_db


def follow(client: Client, token: str) -> int:
    return client.get(f"/sign-in/link/{token}/").status_code


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_it_signs_in_once(alice: User, client: Client) -> None:
    token = signing_in.issue_sign_in_token(alice)
    assert follow(client, token) == 302
    assert client.session["_auth_user_id"] == str(alice.id)


def test_it_does_not_sign_in_twice(alice: User, client: Client) -> None:
    token, second = signing_in.issue_sign_in_token(alice), Client()
    follow(client, token)
    assert follow(second, token) == 410
    assert not is_signed_in(second)


def test_it_does_not_sign_in_after_an_hour(alice: User, client: Client) -> None:
    token = signing_in.issue_sign_in_token(alice)
    SignInLink.objects.update(expires_at=now() - timedelta(seconds=1))
    assert follow(client, token) == 410
    assert not is_signed_in(client)


def test_it_lives_for_an_hour(alice: User) -> None:
    signing_in.issue_sign_in_token(alice)
    left = SignInLink.objects.get().expires_at - now()
    assert timedelta(minutes=59) < left <= timedelta(minutes=60)


def test_a_preview_does_not_spend_it(alice: User, client: Client) -> None:
    token = signing_in.issue_sign_in_token(alice)
    head = client.head(f"/sign-in/link/{token}/")
    assert head.status_code == 200
    assert not is_signed_in(client)
    assert follow(client, token) == 302


def test_a_made_up_one_is_as_good_as_an_old_one(client: Client) -> None:
    assert follow(client, "nonesuch") == 410


def test_it_does_not_open_a_closed_account(alice: User, client: Client) -> None:
    token = signing_in.issue_sign_in_token(alice)
    User.objects.update(is_active=False)
    assert follow(client, token) == 410


def test_the_database_does_not_know_the_token(alice: User) -> None:
    token = signing_in.issue_sign_in_token(alice)
    assert token not in SignInLink.objects.get().digest


def test_old_ones_are_swept_away(alice: User) -> None:
    signing_in.issue_sign_in_token(alice)
    SignInLink.objects.update(expires_at=now() - timedelta(days=2))
    signing_in.issue_sign_in_token(alice)
    assert SignInLink.objects.count() == 1


def test_nothing_is_no_token(alice: User) -> None:
    signing_in.issue_sign_in_token(alice)
    assert signing_in.spend_sign_in_token("") is None


def test_the_owner_is_made_once(db: None) -> None:
    assert signing_in.ensure_owner() == signing_in.ensure_owner()
    assert User.objects.get().is_superuser
