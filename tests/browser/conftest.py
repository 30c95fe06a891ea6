import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.room import Room
from tests.client import Person
from tests.stack import Stack

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.stack)


# Not for the session: Playwright's loop would stand in the way of the asynchronous tests elsewhere.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, or else the one that `playwright install chromium` has fetched."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def person(stack: Stack) -> Person:
    """One for each file: signing up is limited to 20 in a minute."""
    return Person(stack.url).sign_up(f"{uuid4()}@example.org")


@pytest.fixture(autouse=True)
def _usual_preferences(person: Person) -> Iterator[None]:
    yield
    person.http.post(
        "/preferences/",
        data={"show_thinking": "on", "send_on_enter": "off", "theme": "system"},
        headers={"X-CSRFToken": person.http.cookies["csrftoken"], "Referer": person.url},
    ).raise_for_status()


@pytest.fixture
def context(chromium: Browser, person: Person) -> Iterator[BrowserContext]:
    """A desktop browser in which `person` is signed in."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    sign_in(context, person)
    yield context
    context.close()


@pytest.fixture
def phone(chromium: Browser, person: Person) -> Iterator[BrowserContext]:
    """The same on a small touch screen."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, device_scale_factor=1
    )
    sign_in(context, person)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, tmp_path: Path) -> Iterator[Page]:
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    page.screenshot(path=tmp_path / "end.png")


@pytest.fixture
def room(page: Page, person: Person) -> Room:
    """A new chat, open on the desktop."""
    return Room(page, person.url, person.new_chat()).open()


def sign_in(context: BrowserContext, person: Person) -> None:
    context.add_cookies(
        [{"name": name, "value": value, "url": person.url} for name, value in person.http.cookies.items()]
    )
