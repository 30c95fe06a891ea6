"""/settings/: who they are, what they prefer, and nothing of anybody else's."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from accounts.models import Preferences, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]
PASSWORD = "a long password"
PAGES = (
    "/settings/profile/", "/settings/profile/email/", "/settings/preferences/", "/settings/security/",
    "/settings/security/password/", "/settings/security/app/", "/settings/security/passkeys/",
    "/settings/security/passkeys/add/", "/settings/security/sessions/", "/settings/security/connections/",
    "/settings/security/confirm/", "/settings/keys/",
)  # fmt: skip


@pytest.fixture
def page(alice: User, client: Client) -> Client:
    client.post("/account/login/", {"login": "alice@example.org", "password": PASSWORD})
    client.post("/settings/security/confirm/", {"password": PASSWORD})
    return client


def test_they_all_stand_under_one_row_of_tabs(page: Client) -> None:
    for path in PAGES:
        content = page.get(path).content.decode()
        assert content.count('aria-label="Settings"') == 1, path
        assert content.count('aria-current="page"') == 1, path


def test_a_stranger_sees_none_of_them(alice: User, client: Client) -> None:
    for path in PAGES:
        assert client.get(path).headers["Location"].startswith("/account/login/?next="), path


def test_no_page_has_a_script_or_a_style_of_its_own_in_it(page: Client) -> None:
    for path in PAGES:
        content = page.get(path).content.decode()
        assert "<style" not in content, path
        for script in content.split("<script")[1:]:
            opening = script.partition(">")[0]
            assert "src=" in opening or "application/json" in opening, (path, opening)


def test_a_name_is_changed(page: Client, alice: User) -> None:
    page.post("/settings/profile/", {"name": "  Alice Liddell "})
    alice.refresh_from_db()
    assert alice.name == "Alice Liddell"


class TestAddresses:
    @pytest.fixture(autouse=True)
    def _with_mail(self, settings: Settings) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"

    @pytest.fixture
    def page(self, alice: User, client: Client) -> Client:
        EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
        client.post("/account/login/", {"login": "alice@example.org", "password": PASSWORD})
        client.post("/settings/security/confirm/", {"password": PASSWORD})
        return client

    def test_a_new_one_counts_when_its_link_was_followed(self, page: Client, alice: User) -> None:
        page.post("/settings/profile/email/", {"action_add": "", "email": "new@example.org"})
        page.post("/settings/profile/email/", {"action_primary": "", "email": "new@example.org"})
        assert User.objects.get().email == "alice@example.org"
        link = next(word for word in mail.outbox[-1].body.split() if "/confirm-email/" in word)
        page.post(link.partition("testserver")[2])
        page.post("/settings/profile/email/", {"action_primary": "", "email": "new@example.org"})
        assert User.objects.get().email == "new@example.org"
        assert mail.outbox[-1].to == ["alice@example.org"]
        assert mail.outbox[-1].subject == "Your address was changed"

    def test_the_last_one_stays(self, page: Client, alice: User) -> None:
        page.post("/settings/profile/email/", {"action_remove": "", "email": alice.email})
        assert EmailAddress.objects.filter(user=alice).exists()

    def test_changing_them_takes_a_fresh_password(self, alice: User) -> None:
        client = Client()
        client.force_login(alice)
        answer = client.post("/settings/profile/email/", {"action_add": "", "email": "thief@example.org"})
        assert answer.headers["Location"].startswith("/settings/security/confirm/")
        assert not EmailAddress.objects.filter(email="thief@example.org").exists()


class TestPreferences:
    def test_the_page_keeps_all_of_them(self, page: Client, alice: User) -> None:
        sent = {"theme": "dark", "show_thinking": ["off"], "send_on_enter": ["off", "on"], "time_zone": "Asia/Tokyo"}
        assert page.post("/settings/preferences/", sent).status_code == 302
        kept = Preferences.objects.get(owner=alice)
        assert (kept.theme, kept.show_thinking, kept.send_on_enter) == ("dark", False, True)
        assert kept.time_zone == "Asia/Tokyo"
        assert b'data-time-zone="Asia/Tokyo"' in page.get("/settings/preferences/").content

    def test_a_zone_is_given_back_to_the_browser(self, page: Client, alice: User) -> None:
        page.post("/settings/preferences/", {"time_zone": "Asia/Tokyo"})
        page.post("/preferences/", {"theme": "dark"})
        assert Preferences.objects.get(owner=alice).time_zone == "Asia/Tokyo"
        page.post("/settings/preferences/", {"time_zone": ""})
        assert Preferences.objects.get(owner=alice).time_zone == ""

    @pytest.mark.parametrize("sent", [{"time_zone": "Mars/Olympus"}, {"time_zone": "../../etc/passwd"}])
    def test_what_is_no_place_is_refused(self, page: Client, sent: dict[str, str]) -> None:
        assert page.post("/settings/preferences/", sent).status_code == 400
        assert not Preferences.objects.exists()

    def test_one_language_is_no_choice(self, page: Client) -> None:
        assert b'name="language"' not in page.get("/settings/preferences/").content

    def test_a_chosen_language_wins_over_the_browsers(self, page: Client, settings: Settings) -> None:
        settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
        assert (
            page.get("/settings/preferences/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "en"
        )
        page.post("/settings/preferences/", {"language": "de"})
        answer = page.get("/settings/preferences/", headers={"Accept-Language": "en"})
        assert answer.headers["Content-Language"] == "de"
        assert b'<html lang="de"' in answer.content
        page.post("/settings/preferences/", {"language": ""})
        assert (
            page.get("/settings/preferences/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "en"
        )
        translation.activate("en")

    def test_a_language_that_is_not_offered_any_more_is_passed_over(self, page: Client, alice: User) -> None:
        Preferences.objects.create(owner=alice, language="tlh")
        assert page.get("/settings/preferences/").headers["Content-Language"] == "en"
