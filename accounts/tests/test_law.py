"""LAW_PROFILE: adults only, and saying what one speaks with."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.law import LawProfile, is_adult, years_at
from accounts.models import User
from chats.models import Chat

PASSWORD = "seven tall ships at sea"


@pytest.mark.parametrize(
    ("born_on", "today", "years"),
    [
        (date(2008, 11, 22), date(2026, 11, 21), 17),
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
    ],
)
def test_years_are_counted_by_birthdays(born_on: date, today: date, years: int) -> None:
    assert years_at(born_on, today) == years
    assert is_adult(born_on, today) is (years >= 18)


def ago(years: int, days: int = 0) -> str:
    today = timezone.localdate()
    return (today.replace(year=today.year - years, day=min(today.day, 28)) + timedelta(days=days)).isoformat()


def sign_up(client: Client, **fields: str) -> bytes:
    posted = {"email": "dora@example.org", "password1": PASSWORD, **fields}
    return client.post("/account/signup/", posted).content


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_db")
class TestAdults:
    @pytest.fixture(autouse=True)
    def _profile(self, settings: Settings) -> None:
        settings.LAW_PROFILES = frozenset({LawProfile.ADULTS})

    def test_an_adult_gets_an_account_with_the_day_kept(self, client: Client) -> None:
        sign_up(client, born_on=ago(30))
        assert str(User.objects.get().born_on) == ago(30)

    def test_who_is_too_young_is_told_kindly_and_gets_none(self, client: Client) -> None:
        assert b"You have to be 18 to come in here." in sign_up(client, born_on=ago(18, days=2))
        assert not User.objects.exists()

    @pytest.mark.parametrize("born_on", ["", "yesterday", "1600-01-01", "2999-01-01"])
    def test_what_is_no_day_of_birth_is_refused(self, client: Client, born_on: str) -> None:
        sign_up(client, born_on=born_on)
        assert not User.objects.exists()

    def test_who_had_an_account_before_is_asked_first(self, alice: User, client: Client) -> None:
        client.force_login(alice)
        assert client.get("/settings/security/").headers["Location"] == "/settings/profile/birth-date/"
        assert client.get("/api/v2/settings").status_code == 403
        client.post("/settings/profile/birth-date/", {"born_on": ago(30)})
        assert client.get("/settings/security/").status_code == 200

    def test_nobody_grows_older_by_trying(self, alice: User, client: Client) -> None:
        client.force_login(alice)
        client.post("/settings/profile/birth-date/", {"born_on": ago(12)})
        client.post("/settings/profile/birth-date/", {"born_on": ago(30)})
        client.post("/settings/profile/birth-date/", {"born_on": ago(50)})
        assert str(User.objects.get().born_on) == ago(30)

    def test_the_profile_shows_the_day(self, alice: User, client: Client) -> None:
        User.objects.update(born_on=date(1990, 5, 4))
        client.force_login(alice)
        assert b"May 4, 1990" in client.get("/settings/profile/").content


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_db")
def test_without_a_profile_nobody_is_asked(client: Client) -> None:
    assert b"born_on" not in client.get("/account/signup/").content
    sign_up(client)
    assert User.objects.get().born_on is None


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_db")
class TestDisclosure:
    def test_a_chat_says_that_it_is_an_ai_at_its_top_and_in_its_details(
        self, alice: User, alices_chat: Chat, client: Client, settings: Settings
    ) -> None:
        settings.LAW_PROFILES = frozenset({LawProfile.DISCLOSURE})
        client.force_login(alice)
        page = client.get(f"/chats/{alices_chat.id}/").content.decode()
        assert page.count("Azera is an AI and no person") == 2
        assert page.count('href="https://findahelpline.com"') == 2
        assert 'data-hours="3"' in page

    def test_without_the_profile_it_does_not(self, alice: User, alices_chat: Chat, client: Client) -> None:
        client.force_login(alice)
        assert "data-disclosure" not in client.get(f"/chats/{alices_chat.id}/").content.decode()
