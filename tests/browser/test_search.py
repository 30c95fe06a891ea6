"""The search box by keyboard alone, and what a reader of the screen is told."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.conftest import sign_in
from tests.browser.room import Room
from tests.browser.test_pages import _check
from tests.client import Person


@pytest.fixture(scope="module")
def told(person: Person) -> str:
    """A chat in which something was said."""
    chat = person.new_chat()
    for text in ("The lighthouse keeper sang [tokens=3 rate=200]", "A lighthouse in the fog [tokens=3 rate=200]"):
        person.send(chat, text).raise_for_status()
    return chat


def _options(page: Page) -> Locator:
    """Those of the box; a page may have others."""
    return page.locator("[data-search]").get_by_role("option")


def test_it_is_opened_walked_and_followed_by_keyboard_alone(page: Page, person: Person, told: str) -> None:
    page.goto(f"{person.url}/characters/")
    box = page.get_by_role("combobox", name="Search messages")
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    page.keyboard.type("lighthous")
    options = _options(page)
    # The chat has its title from what was said first in it.
    expect(options).to_have_count(3)
    expect(page.get_by_role("group", name="Messages").get_by_role("option")).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", options.nth(2).get_attribute("id") or "")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/chats/{told}/\?around=[0-9a-f-]+#m-[0-9a-f-]+"))
    expect(page.locator(".message:target")).to_be_visible()


def test_escape_closes_it_and_the_focus_returns(page: Page, person: Person, told: str) -> None:
    room = Room(page, person.url, told).open()
    room.draft.focus()
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search messages")
    expect(box).to_be_focused()
    page.keyboard.type("fog")
    expect(_options(page)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("[data-search]")).to_be_hidden()
    expect(room.draft).to_be_focused()


def test_in_this_chat_only_keeps_to_it(page: Page, person: Person, told: str) -> None:
    Room(page, person.url, person.new_chat()).open()
    page.keyboard.press("Control+k")
    page.keyboard.type("lighthouse")
    expect(_options(page)).to_have_count(3)
    page.get_by_label("In this chat only").check()
    expect(page.locator("[data-search-body]")).to_contain_text("Nothing was found")


def test_enter_without_a_choice_goes_to_the_page_with_filters(page: Page, person: Person, told: str) -> None:
    page.goto(f"{person.url}/chats/")
    page.locator("[data-search-open]").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("lighthouse")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=lighthouse"))
    expect(page.get_by_role("heading", name="2 messages")).to_be_visible()


def test_an_older_answer_never_overtakes_a_newer_one(page: Page, person: Person, told: str) -> None:
    page.goto(f"{person.url}/chats/")
    held: list[Route] = []
    page.route(re.compile(r"/search/results/\?q=fog(&|$)"), lambda route: held.append(route))
    page.keyboard.press("Control+k")
    with page.expect_request(re.compile("results")):
        page.keyboard.type("fog")
    page.locator("[data-search-input]").fill("lighthouse")
    expect(_options(page)).to_have_count(3)
    for route in held:
        route.continue_()
    expect(_options(page)).to_have_count(3)


def test_without_scripts_the_box_is_a_link_to_the_page(chromium: Browser, person: Person, told: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    sign_in(context, person)
    page = context.new_page()
    page.goto(f"{person.url}/chats/")
    page.locator("[data-search-open]").click()
    page.get_by_label("Words").fill("lighthouse")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.locator("mark")).to_have_count(2)
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_it_shuts_no_reader_out(chromium: Browser, person: Person, told: str, theme: str, width: int) -> None:
    context: BrowserContext = chromium.new_context(
        viewport={"width": width, "height": 844},
        is_mobile=width < 500,
        has_touch=width < 500,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    sign_in(context, person)
    page = context.new_page()
    page.goto(f"{person.url}/search/?q=lighthous")
    found = _check(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{person.url}/chats/{told}/")
    page.keyboard.press("Control+k")
    found += _check(page)
    page.keyboard.type("lighthouse")
    expect(_options(page)).to_have_count(3)
    page.keyboard.press("ArrowDown")
    found += _check(page)
    box = page.locator("[data-search]").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    context.close()
    assert found == []
