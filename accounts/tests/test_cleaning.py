"""What is over leaves the database, and nothing else."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils.timezone import now

from accounts.actions.keys import create_key
from accounts.actions.tokens import start_family
from accounts.models import ApiKey, RefreshToken, Scope, TokenFamily, User
from accounts.tasks import clean_up

pytestmark = pytest.mark.django_db


def test_tokens_and_keys_go_when_they_are_over_and_not_before(alice: User) -> None:
    for _ in range(2):
        start_family(alice)
        create_key(alice, "a program", [Scope.CHAT])
    over, running = TokenFamily.objects.all()
    TokenFamily.objects.filter(id=over.id).update(expires_at=now() - timedelta(seconds=1))
    TokenFamily.objects.filter(id=running.id).update(revoked_at=now())
    old, new = ApiKey.objects.all()
    ApiKey.objects.filter(id=old.id).update(revoked_at=now() - timedelta(days=91))
    ApiKey.objects.filter(id=new.id).update(revoked_at=now() - timedelta(days=89))
    clean_up()
    assert [family.id for family in TokenFamily.objects.all()] == [running.id]
    assert RefreshToken.objects.count() == 1
    assert [key.id for key in ApiKey.objects.all()] == [new.id]


def test_sessions_go_when_they_are_over(alice: User, client: Client) -> None:
    client.force_login(alice)
    clean_up()
    assert Session.objects.count() == 1
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    clean_up()
    assert not Session.objects.exists()
