"""Settings about accounts: what cannot be meant stops the start, and says which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.law import LawProfile
from cognitia import people
from tests.stack import ROOT


def providers(names: list[str], **given: str) -> dict[str, object]:
    return {**people.social_providers(names, lambda name: given.get(name, ""))}


def test_there_are_no_providers_unless_one_is_named() -> None:
    assert providers([]) == {}


def test_one_with_its_secrets_is_taken() -> None:
    found = providers(["github"], GITHUB_CLIENT_ID="id", GITHUB_CLIENT_SECRET="secret")
    assert found["github"]["APPS"][0]["client_id"] == "id"  # type: ignore[index]


@pytest.mark.parametrize(
    ("names", "given", "sentence"),
    [
        (["myspace"], {}, "SOCIAL_PROVIDERS names 'myspace'"),
        (["github"], {"GITHUB_CLIENT_ID": "id"}, "GITHUB_CLIENT_SECRET is not set"),
        (["google"], {"GOOGLE_CLIENT_SECRET": "secret"}, "GOOGLE_CLIENT_ID is not set"),
        (
            ["openid_connect"],
            {"OPENID_CONNECT_CLIENT_ID": "id", "OPENID_CONNECT_CLIENT_SECRET": "secret"},
            "OPENID_CONNECT_URL is not set",
        ),
    ],
)
def test_one_that_cannot_work_is_refused(names: list[str], given: dict[str, str], sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence):
        providers(names, **given)


def test_law_profiles_are_combined() -> None:
    assert people.law_profiles(["adults", "disclosure"]) == {LawProfile.ADULTS, LawProfile.DISCLOSURE}
    assert people.law_profiles(["none"]) == people.law_profiles([]) == frozenset()


@pytest.mark.parametrize("names", [["children"], ["none", "adults"]])
def test_a_law_profile_that_makes_no_sense_is_refused(names: list[str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="LAW_PROFILE"):
        people.law_profiles(names)


def test_a_house_of_one_is_no_deployment() -> None:
    assert people.single_user(True, local=True)
    with pytest.raises(ImproperlyConfigured, match="needs LOCAL=1"):
        people.single_user(True, local=False)


@pytest.mark.parametrize(("name", "missing"), [("smtp", "SMTP_HOST"), ("sendgrid", "SENDGRID_API_KEY")])
def test_a_carrier_without_what_it_needs_is_refused(name: str, missing: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{missing} is not set"):
        people.mail_carrier(name, {"SMTP_HOST": "", "SENDGRID_API_KEY": ""})


@pytest.mark.parametrize(
    ("address", "name", "sender"),
    [
        ("noreply@cognitia.ai", "", "Cognitia <noreply@cognitia.ai>"),
        ("noreply@cognitia.ai", "The Lamp", "The Lamp <noreply@cognitia.ai>"),
        ("Old <noreply@cognitia.ai>", "", "Old <noreply@cognitia.ai>"),
        ("Old <noreply@cognitia.ai>", "New", "New <noreply@cognitia.ai>"),
    ],
)
def test_mail_is_from_a_name(address: str, name: str, sender: str) -> None:
    assert people.sender(address, name) == sender


def test_a_sender_that_is_no_address_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="SMTP_FROM_EMAIL"):
        people.sender("Cognitia", "")


def test_languages_are_those_with_a_catalogue(tmp_path: Path) -> None:
    assert people.languages(tmp_path) == [("en", "English")]
    catalogue = tmp_path / "de" / "LC_MESSAGES" / "django.mo"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    assert people.languages(tmp_path) == [("de", "Deutsch"), ("en", "English")]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SOCIAL_PROVIDERS": "myspace"}, "SOCIAL_PROVIDERS names 'myspace'"),
        ({"LAW_PROFILE": "children"}, "LAW_PROFILE is 'children'"),
        ({"EMAIL_BACKEND": "pigeon"}, "EMAIL_BACKEND is 'pigeon'"),
        (
            {"SINGLE_USER": "1", "LOCAL": "0", "SECRET_KEY": "0123456789" * 5, "ALLOWED_HOSTS": "x.example"},
            "SINGLE_USER=1 signs in whoever opens the page",
        ),
    ],
)
def test_the_start_stops_with_the_sentence(environment: dict[str, str], sentence: str) -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", "import cognitia.settings"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 1
    assert sentence in outcome.stderr


def test_providers_that_are_named_have_their_pages() -> None:
    names = ",".join((*people.PROVIDERS, people.OPENID_CONNECT))
    secrets = {
        f"{name.upper()}_{part}": "x" for name in names.split(",") for part in ("CLIENT_ID", "CLIENT_SECRET", "URL")
    }
    program = (
        "import django; django.setup(); from cognitia import people; from django.urls import reverse;"
        "print(*(reverse(f'{name}_callback') for name in people.PROVIDERS))"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "SOCIAL_PROVIDERS": names, **secrets},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.split()[1] == "/account/github/login/callback/"


def test_help_in_a_crisis_is_an_address() -> None:
    assert people.web_address("CRISIS_HELP_URL", "https://findahelpline.com")
    with pytest.raises(ImproperlyConfigured, match="CRISIS_HELP_URL is 'javascript:x'"):
        people.web_address("CRISIS_HELP_URL", "javascript:x")
