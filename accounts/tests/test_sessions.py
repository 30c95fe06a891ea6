"""Where somebody is signed in, and how they end it."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils.timezone import now

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]
PASSWORD = "a long password"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = {"Accept": "text/html", "User-Agent": FIREFOX}


def signed_in() -> Client:
    client = Client(headers=PAGE)
    client.post("/account/login/", {"login": "alice@example.org", "password": PASSWORD})
    client.post("/settings/security/confirm/", {"password": PASSWORD})
    return client


def still_in(client: Client) -> bool:
    return client.get("/settings/profile/").status_code == 200


def test_they_are_listed_with_the_browser_and_this_one_is_marked(alice: User) -> None:
    mine, _other = signed_in(), signed_in()
    page = mine.get("/settings/security/sessions/")
    found = page.context["sessions"]
    assert [session.is_current for session in found] == [True, False]
    assert {session.device for session in found} == {"Firefox on Linux"}


def test_a_stolen_session_is_ended_from_the_list(alice: User) -> None:
    mine, thief = signed_in(), signed_in()
    theirs = mine.get("/settings/security/sessions/").context["sessions"][1]
    mine.post(f"/settings/security/sessions/{theirs.id}/end/")
    assert (still_in(mine), still_in(thief)) == (True, False)


def test_all_others_end_at_once(alice: User) -> None:
    mine, first, second = signed_in(), signed_in(), signed_in()
    mine.post("/settings/security/sessions/end/")
    assert [still_in(each) for each in (mine, first, second)] == [True, False, False]


def test_somebody_elses_session_is_not_there(alice: User, charlie: User, client: Client) -> None:
    hers = signed_in()
    client.post("/account/login/", {"login": "charlie@example.org", "password": "another password"})
    client.post("/settings/security/confirm/", {"password": "another password"})
    row = UserSession.objects.get(user=alice)
    for session_id in (row.pk, row.pk + 10_000):
        assert client.post(f"/settings/security/sessions/{session_id}/end/").status_code == 404
    assert still_in(hers)


def test_a_new_password_ends_the_others(alice: User) -> None:
    mine, thief = signed_in(), signed_in()
    new = "seven tall ships at sea"
    mine.post("/settings/security/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (still_in(mine), still_in(thief)) == (True, False)


def test_ending_one_takes_a_fresh_password(alice: User) -> None:
    client = Client(headers=PAGE)
    client.post("/account/login/", {"login": "alice@example.org", "password": PASSWORD})
    session = UserSession.objects.get()
    for path in ("/settings/security/sessions/end/", f"/settings/security/sessions/{session.id}/end/"):
        assert client.post(path).headers["Location"].startswith("/settings/security/confirm/")
    assert still_in(client)


def test_one_that_began_before_there_was_a_list_is_in_it(alice: User, client: Client) -> None:
    client.force_login(alice)
    assert not UserSession.objects.exists()
    client.get("/settings/security/sessions/", headers=PAGE)
    assert UserSession.objects.filter(user=alice).count() == 1


def test_last_seen_is_written_every_five_minutes_and_no_oftener(alice: User) -> None:
    client = signed_in()
    for age, is_new in ((timedelta(minutes=4), False), (timedelta(minutes=6), True)):
        before = now() - age
        UserSession.objects.update(last_seen_at=before)
        client.get("/settings/profile/")
        assert (UserSession.objects.get().last_seen_at > before) is is_new


def test_an_ended_session_leaves_no_row(alice: User) -> None:
    mine, _thief = signed_in(), signed_in()
    mine.post("/settings/security/sessions/end/")
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
