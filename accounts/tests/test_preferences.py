"""What one person prefers, and nobody else."""

import pytest
from django.test import Client

from accounts.models import Preferences, Theme, User

pytestmark = pytest.mark.django_db


def change(client: Client, **fields: str) -> int:
    return client.post("/preferences/", fields).status_code


def test_they_are_kept(alice: User, client: Client) -> None:
    client.force_login(alice)
    assert change(client, theme="dark", show_thinking="off", send_on_enter="on") == 204
    kept = Preferences.objects.get(owner=alice)
    assert (kept.theme, kept.show_thinking, kept.send_on_enter) == (Theme.DARK, False, True)


def test_what_was_not_sent_stays(alice: User, client: Client) -> None:
    client.force_login(alice)
    change(client, show_thinking="off")
    change(client, theme="light")
    kept = Preferences.objects.get(owner=alice)
    assert (kept.theme, kept.show_thinking) == (Theme.LIGHT, False)


def test_they_are_ones_own(alice: User, charlie: User, client: Client) -> None:
    client.force_login(alice)
    change(client, theme="dark")
    client.force_login(charlie)
    change(client, theme="light")
    assert Preferences.objects.get(owner=alice).theme == Theme.DARK


@pytest.mark.parametrize("fields", [{"theme": "pink"}, {"show_thinking": "maybe"}])
def test_what_cannot_be_preferred_is_refused(alice: User, client: Client, fields: dict[str, str]) -> None:
    client.force_login(alice)
    assert change(client, **fields) == 400
    assert not Preferences.objects.exists()


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    assert change(client, theme="dark") == 302
    assert not Preferences.objects.exists()


def test_another_site_cannot_change_them(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert change(strict, theme="dark") == 403
    assert not Preferences.objects.exists()
