"""The memory page by mouse and by keyboard: what was said in a chat is read, pinned, corrected and forgotten."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.room import Room
from tests.browser.test_pages import _violations
from tests.client import Person
from tests.stack import eventually

MEMORIES = re.compile(r"/memories/([0-9a-f-]{36})/")


@pytest.fixture
def told(page: Page, person: Person) -> list[str]:
    """Three things that were said in a chat just now, and are remembered; the newest is the last."""
    said = [f"I have a {thing} on my desk. [tokens=3]" for thing in ("lamp", "clock", "letter")]
    room = Room(page, person.url, person.new_chat()).open()
    for number, text in enumerate(said, start=1):
        room.send(text)
        expect(room.replies).to_have_count(number)
        room.expect_status("done")
    eventually(
        lambda: all(text.partition(" [")[0] in _list(person) for text in said) or None, "it is remembered", seconds=60
    )
    return [text.partition(" [")[0] for text in said]


@pytest.fixture
def memory(page: Page, person: Person, told: list[str]) -> str:
    """The page of the character that heard them, open."""
    found = MEMORIES.search(_list(person))
    assert found is not None
    page.goto(f"{person.url}{found[0]}")
    return found[0]


def _list(person: Person) -> str:
    return person.http.get("/memories/").text


def card(page: Page, text: str) -> Locator:
    """The newest memory that says so."""
    return page.locator("[data-log] > [data-item]", has_text=text).first


def gone(person: Person, address: str, item: str) -> bool:
    return item not in person.http.get(address).text


def test_a_memory_is_pinned_by_keyboard(page: Page, memory: str, told: list[str]) -> None:
    one = card(page, told[0])
    pin = one.get_by_role("button", name="Pin:")
    pin.focus()
    page.keyboard.press("Enter")
    expect(pin).to_have_attribute("aria-pressed", "true")
    expect(pin).to_be_focused()
    page.reload()
    expect(card(page, told[0]).locator("[data-pinned]")).to_be_visible()


def test_forgetting_can_be_undone_and_asks_the_server_for_nothing_before(
    page: Page, person: Person, memory: str, told: list[str]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    one = card(page, told[1])
    one.locator("[data-forget]").click()
    expect(page.get_by_text("That will be forgotten.").first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(card(page, told[1])).to_be_visible()
    card(page, told[1]).locator("[data-forget]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+z")
    expect(card(page, told[1])).to_be_visible()
    assert [url for url in asked if "/forget/" in url] == []


def test_what_is_forgotten_is_gone_for_good(page: Page, person: Person, memory: str, told: list[str]) -> None:
    one = card(page, told[2])
    address = one.locator("[data-entry]").get_attribute("data-entry")
    assert address is not None
    one.locator("[data-forget]").click()
    # Who leaves the page meant it.
    page.goto(f"{person.url}/memories/receipts/")
    eventually(lambda: gone(person, memory, address) or None, "it is forgotten")
    page.reload()
    page.locator(".memory-receipts a").first.click()
    expect(page.get_by_role("heading", name="It is forgotten")).to_be_visible()


def test_several_are_forgotten_when_their_time_is_over(
    page: Page, person: Person, memory: str, told: list[str]
) -> None:
    boxes = page.locator("[data-log] > [data-item]:not([hidden]) [data-pick]")
    number = page.locator("[data-log] > [data-item]").count()
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-number]")).to_have_text("3 selected")
    page.get_by_role("button", name="Forget these").click()
    expect(page.locator("[data-log] > [data-item]:not([hidden])")).to_have_count(number - 3)
    expect(page.get_by_text("memories are forgotten.").first).to_be_visible(timeout=15_000)


def test_a_memory_is_corrected_in_place(page: Page, memory: str, told: list[str]) -> None:
    one = card(page, told[0])
    link = one.locator("[data-correct]")
    link.focus()
    page.keyboard.press("Enter")
    area = page.get_by_label("What is true")
    expect(area).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    area.fill("I have a lantern on my desk.")
    page.get_by_role("button", name="Save").click()
    first = page.locator("[data-log] > [data-item]").first
    expect(first).to_contain_text("I have a lantern on my desk.")
    expect(first).to_contain_text("Before:")
    expect(first.locator("[data-entry]")).to_be_focused()


def test_without_scripts_all_of_it_are_links_and_forms(
    chromium: Browser, page: Page, person: Person, memory: str, told: list[str]
) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    sign_in(context, person)
    plain = context.new_page()
    plain.goto(f"{person.url}{memory}?q=clock")
    expect(plain.locator("[data-log] > [data-item]").first).to_contain_text("clock")
    plain.goto(person.url + memory)
    one = card(plain, told[1])
    one.get_by_role("button", name="Pin:").click()
    expect(card(plain, told[1]).locator("[data-pinned]")).to_be_visible()
    card(plain, told[1]).locator("[data-forget]").click()
    expect(plain.get_by_role("heading", name="Forget 1 memory?")).to_be_visible()
    plain.get_by_role("button", name="Forget it for good").click()
    expect(plain.get_by_role("heading", name="It is forgotten")).to_be_visible()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_of_memories_shuts_a_reader_out(
    chromium: Browser, person: Person, memory: str, told: list[str], theme: str, width: int
) -> None:
    context = _context(chromium, theme, width)
    sign_in(context, person)
    pages = [
        memory,
        f"{memory}?q=desk",
        f"{memory}?kind=dream",
        f"{memory}forget/",
        f"{memory}forget/?scope=character",
    ]
    found = [f"{path}: {complaint}" for path in pages for complaint in _violations(context, person.url + path)]
    context.close()
    assert found == []


def _context(chromium: Browser, theme: str, width: int) -> BrowserContext:
    return chromium.new_context(
        viewport={"width": width, "height": 844},
        is_mobile=width < 500,
        has_touch=width < 500,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,
    )
