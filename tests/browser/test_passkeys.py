"""Passkeys and codes through the pages, with the authenticator that Chromium has for tests."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from accounts.tests.codes import totp
from tests.client import PASSWORD
from tests.stack import Stack

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def email() -> str:
    return f"keys-{uuid4()}@example.org"


@pytest.fixture
def mine(chromium: Browser, stack: Stack, email: str) -> Iterator[Page]:
    """Somebody new, signed in, in a browser that has a fingerprint reader."""
    context = chromium.new_context(base_url=stack.url)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto("/account/signup/")
    _fill(page, email)
    page.get_by_role("button", name="Create account").click()
    expect(page.locator("#draft")).to_be_visible()
    yield page
    context.close()


@pytest.fixture
def device(mine: Page) -> CDPSession:
    session = mine.context.new_cdp_session(mine)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session


@pytest.fixture
def heard(mine: Page) -> list[str]:
    complaints: list[str] = []
    mine.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    mine.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def test_a_passkey_is_added_and_signs_in_alone(mine: Page, device: CDPSession, heard: list[str]) -> None:
    _add_passkey(mine)
    _sign_out(mine)
    mine.get_by_role("button", name="Use a passkey").click()
    expect(mine.locator("#draft")).to_be_visible()
    mine.goto("/settings/security/passkeys/")
    expect(mine.get_by_text("Telephone")).to_be_visible()
    expect(mine.get_by_text("Lets you in alone")).to_be_visible()
    assert heard == []


def test_it_is_the_second_step_after_a_password(mine: Page, device: CDPSession, email: str) -> None:
    _add_passkey(mine)
    _sign_out(mine)
    _fill(mine, email)
    mine.get_by_role("button", name="Sign in", exact=True).click()
    expect(mine.get_by_role("heading", name="The second step")).to_be_visible()
    mine.get_by_role("button", name="Use a passkey instead").click()
    expect(mine.locator("#draft")).to_be_visible()


def test_it_answers_for_the_password_before_a_change(mine: Page, device: CDPSession) -> None:
    _add_passkey(mine)
    mine.goto("/settings/security/confirm/passkey/?next=/settings/security/app/")
    mine.get_by_role("button", name="Use a passkey").click()
    expect(mine.get_by_role("heading", name="Set up an app")).to_be_visible()


def test_a_device_without_one_is_told_what_went_wrong(mine: Page, device: CDPSession) -> None:
    _sign_out(mine)
    refused = mine.get_by_role("alert").get_by_text("That did not work")
    expect(refused).to_be_hidden()
    mine.get_by_role("button", name="Use a passkey").click()
    expect(refused).to_be_visible()
    expect(mine.get_by_label("Password", exact=True)).to_be_editable()


def test_an_app_is_set_up_and_its_codes_are_asked_for(mine: Page, email: str, heard: list[str]) -> None:
    mine.goto("/settings/security/")
    mine.get_by_role("link", name="Set up an app").click()
    _confirm(mine)
    secret = mine.locator("[data-secret]").inner_text()
    mine.get_by_label("Authenticator code").fill(totp(secret))
    mine.keyboard.press("Enter")
    expect(mine.get_by_role("heading", name="10 codes are left")).to_be_visible()
    code = mine.locator("[data-codes] li").first.inner_text()
    _sign_out(mine)
    _fill(mine, email)
    mine.keyboard.press("Enter")
    mine.get_by_label("Code").fill(code)
    mine.keyboard.press("Enter")
    expect(mine.locator("#draft")).to_be_visible()
    assert heard == []


def _add_passkey(page: Page) -> None:
    page.goto("/settings/security/passkeys/add/")
    _confirm(page)
    page.get_by_label("Name", exact=True).fill("Telephone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="10 codes are left")).to_be_visible()


def _confirm(page: Page) -> None:
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def _sign_out(page: Page) -> None:
    page.goto("/chats/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Good to see you")).to_be_visible()


def _fill(page: Page, email: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
