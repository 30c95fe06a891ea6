"""SINGLE_USER=1: whoever opens a page on this machine is its owner, and nobody else is."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]
PAGE = {"Accept": "text/html,*/*", "Host": "localhost:8000"}


@pytest.fixture(autouse=True)
def _on_a_laptop(settings: Settings) -> None:
    settings.SINGLE_USER, settings.SIGN_UP_OPEN = True, False
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "cognitia.example"]


def let_in(address: str = "127.0.0.1", **headers: str) -> bool:
    client = Client(REMOTE_ADDR=address)
    client.get("/settings/profile/", headers={**PAGE, **headers})
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_it_opens_for_this_machine(address: str) -> None:
    assert let_in(address)
    assert User.objects.get().is_superuser


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_it_opens_by_each_of_its_names(host: str) -> None:
    assert let_in(Host=host)


@pytest.mark.parametrize("address", ["192.168.1.4", "203.0.113.9", "fe80::1", "::ffff:192.168.1.4", ""])
def test_it_does_not_open_for_another_machine(address: str) -> None:
    assert not let_in(address)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"])
def test_it_does_not_open_behind_a_proxy(header: str) -> None:
    assert not let_in(**{header: "127.0.0.1"})


def test_it_does_not_open_by_a_name_that_points_here() -> None:
    assert not let_in(Host="cognitia.example")


@pytest.mark.parametrize("header", [{"Sec-Fetch-Mode": "no-cors"}, {"Sec-Fetch-Mode": "cors"}, {"Accept": "*/*"}])
def test_it_does_not_open_for_what_is_no_page(header: dict[str, str]) -> None:
    assert not let_in(**header)


def test_a_form_from_elsewhere_does_not_let_itself_in() -> None:
    client = Client(REMOTE_ADDR="127.0.0.1")
    client.post("/preferences/", {"theme": "dark"}, headers=PAGE)
    assert "_auth_user_id" not in client.session


def test_the_owner_is_one_person_in_every_browser() -> None:
    assert let_in()
    assert let_in()
    assert User.objects.count() == 1


def test_nobody_signs_up(client: Client) -> None:
    client.post("/account/signup/", {"email": "dora@example.org", "password1": "seven tall ships at sea"})
    assert not User.objects.filter(email="dora@example.org").exists()


def test_without_the_setting_it_is_not_there(settings: Settings) -> None:
    settings.SINGLE_USER = False
    assert not let_in()
