"""No JavaScript: everything can be read, and every form works."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.room import Room
from tests.client import Person


@pytest.fixture
def plain(chromium: Browser, person: Person) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    sign_in(context, person)
    yield context.new_page()
    context.close()


def test_a_chat_is_started_written_to_and_read(plain: Page, person: Person) -> None:
    plain.goto(f"{person.url}/chats/")
    plain.get_by_role("button", name="Talk with").first.click()
    plain.locator("#draft").fill("[tokens=3]")
    plain.get_by_role("button", name="Send", exact=True).click()
    expect(plain.locator("[data-role=user]")).to_contain_text("[tokens=3]")
    _reload_until(plain, "done")
    expect(plain.locator("[data-role=character]")).to_contain_text("w0 w1 w2")


def test_a_reply_can_be_stopped_and_tried_again(plain: Page, person: Person) -> None:
    room = Room(plain, person.url, person.new_chat()).open()
    room.draft.fill("[tokens=2000 rate=20]")
    plain.get_by_role("button", name="Send", exact=True).click()
    _reload_until(plain, "running")
    plain.get_by_role("button", name="Stop writing").click()
    _reload_until(plain, "cancelled")
    plain.get_by_role("button", name="Try again").click()
    _reload_until(plain, "running")
    plain.get_by_role("button", name="Stop writing").click()
    _reload_until(plain, "cancelled")


def test_a_refused_text_is_kept_with_the_reason(plain: Page, person: Person) -> None:
    room = Room(plain, person.url, person.new_chat()).open()
    room.draft.fill("x" * 8001)
    plain.get_by_role("button", name="Send", exact=True).click()
    expect(plain.get_by_role("alert").get_by_text("at most 8000 fit in one")).to_be_visible()
    expect(room.draft).to_have_value("x" * 8001)


def test_preferences_are_a_form(plain: Page, person: Person) -> None:
    plain.goto(f"{person.url}/chats/")
    plain.get_by_role("button", name="Preferences").click()
    plain.get_by_role("radio", name="Dark").check()
    with plain.expect_response("**/preferences/") as saved:
        plain.get_by_role("button", name="Save").click()
    assert saved.value.status == 204
    plain.goto(f"{person.url}/chats/")
    expect(plain.locator("html")).to_have_attribute("data-theme", "dark")


def _reload_until(page: Page, status: str) -> None:
    for _ in range(100):
        if page.locator(f"[data-role=character][data-status={status}]").count():
            return
        page.reload()
    raise AssertionError(f"never {status}")
