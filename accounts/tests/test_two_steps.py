"""A second step after the password, and the way into Django's admin, which staff only get with one."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tests.codes import totp

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]
PASSWORD = "a long password"
SECRET = re.compile(rb"data-secret>([A-Z2-7]+)<")


def sign_in(client: Client, email: str = "alice@example.org") -> str:
    """Where it leads."""
    return client.post("/account/login/", {"login": email, "password": PASSWORD}).headers.get("Location", "")


def confirm(client: Client) -> None:
    client.post("/settings/security/confirm/", {"password": PASSWORD})


def set_up_app(client: Client) -> str:
    found = SECRET.search(client.get("/settings/security/app/").content)
    assert found is not None
    secret = found[1].decode()
    answer = client.post("/settings/security/app/", {"code": totp(secret)})
    assert answer.headers.get("Location") == "/settings/security/recovery-codes/", answer.content
    return secret


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def secret(alice: User, client: Client) -> str:
    sign_in(client)
    confirm(client)
    return set_up_app(client)


def test_it_is_set_up_only_after_asking_for_the_password_again(alice: User, client: Client) -> None:
    sign_in(client)
    answer = client.get("/settings/security/app/")
    assert answer.headers["Location"] == "/settings/security/confirm/?next=%2Fsettings%2Fsecurity%2Fapp%2F"


def test_a_password_alone_does_not_let_in_any_more(secret: str) -> None:
    client = Client()
    assert sign_in(client) == "/account/login/two-step/"
    assert not is_signed_in(client)
    assert client.get("/settings/profile/").headers["Location"].startswith("/account/login/")


def test_the_code_of_the_app_lets_in(secret: str) -> None:
    client = Client()
    sign_in(client)
    client.post("/account/login/two-step/", {"code": totp(secret)})
    assert is_signed_in(client)


def test_a_code_is_good_once(secret: str) -> None:
    code = totp(secret)
    for client, lets_in in ((Client(), True), (Client(), False)):
        sign_in(client)
        client.post("/account/login/two-step/", {"code": code})
        assert is_signed_in(client) is lets_in


def test_a_recovery_code_lets_in_once(secret: str, client: Client) -> None:
    codes = client.get("/settings/security/recovery-codes/download/").content.decode().split()
    assert len(codes) == 10
    for other, lets_in in ((Client(), True), (Client(), False)):
        sign_in(other)
        other.post("/account/login/two-step/", {"code": codes[0]})
        assert is_signed_in(other) is lets_in


def test_guessing_codes_is_locked_out(secret: str) -> None:
    client = Client()
    sign_in(client)
    for guess in range(5):
        client.post("/account/login/two-step/", {"code": f"{guess:06}"})
    client.post("/account/login/two-step/", {"code": totp(secret)})
    assert not is_signed_in(client)


def test_it_is_turned_off_again(secret: str, client: Client) -> None:
    client.post("/settings/security/app/remove/")
    assert not Authenticator.objects.exists()
    other = Client()
    sign_in(other)
    assert is_signed_in(other)


def test_a_passkey_of_somebody_else_is_not_there(alice: User, charlie: User, client: Client) -> None:
    credential: dict[str, dict[str, str]] = {"clientExtensionResults": {}}
    key = Authenticator.objects.create(
        user=alice, type=Authenticator.Type.WEBAUTHN, data={"name": "Hers", "credential": credential}
    )
    Authenticator.objects.create(user=charlie, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(charlie)
    client.post("/settings/security/confirm/", {"password": "another password"})
    for path in (f"/settings/security/passkeys/{key.pk}/", f"/settings/security/passkeys/{key.pk}/remove/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"name": "Mine"}).status_code == 404
    assert Authenticator.objects.get(pk=key.pk).data["name"] == "Hers"


class TestAdmin:
    @pytest.fixture
    def staff(self, alice: User, settings: Settings) -> User:
        settings.STAFF_NEED_MFA = True
        alice.is_staff = alice.is_superuser = True
        alice.save()
        return alice

    def test_a_stranger_goes_through_the_usual_sign_in(self, client: Client) -> None:
        assert client.get("/admin/accounts/user/").headers["Location"].startswith("/admin/login/?next=")
        answer = client.get("/admin/login/?next=/admin/accounts/user/")
        assert answer.headers["Location"] == "/account/login/?next=/admin/accounts/user/"

    def test_its_own_form_lets_nobody_in(self, staff: User, client: Client) -> None:
        client.post("/admin/login/", {"username": "alice@example.org", "password": PASSWORD})
        assert not is_signed_in(client)

    def test_staff_without_a_second_factor_are_led_to_one(self, staff: User, client: Client) -> None:
        client.force_login(staff)
        answer = client.get("/admin/", follow=True)
        assert answer.status_code == 403
        assert b'href="/settings/security/app/"' in answer.content
        assert client.get("/admin/accounts/user/").status_code == 302

    def test_with_one_it_opens(self, staff: User, secret: str, client: Client) -> None:
        assert client.get("/admin/").status_code == 200

    def test_recovery_codes_alone_are_none(self, staff: User, client: Client) -> None:
        Authenticator.objects.create(user=staff, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
        client.force_login(staff)
        assert client.get("/admin/", follow=True).status_code == 403

    def test_on_a_laptop_it_is_only_offered(self, staff: User, settings: Settings, client: Client) -> None:
        settings.STAFF_NEED_MFA = False
        client.force_login(staff)
        assert client.get("/admin/").status_code == 200

    def test_who_is_no_staff_gets_a_closed_door(self, charlie: User, settings: Settings, client: Client) -> None:
        settings.STAFF_NEED_MFA = True
        client.force_login(charlie)
        assert client.get("/admin/", follow=True).status_code == 403

    def test_no_page_of_it_shows_a_secret(self, staff: User, secret: str, client: Client) -> None:
        row = Authenticator.objects.get(type=Authenticator.Type.TOTP)
        page = client.get(f"/admin/mfa/authenticator/{row.pk}/change/")
        assert page.status_code == 200
        assert secret.encode() not in page.content
