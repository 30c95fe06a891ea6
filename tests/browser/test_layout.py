"""Every width, every size of type, and the way around by keyboard."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.room import Room
from tests.client import Person

TOO_WIDE = """() => [...document.querySelectorAll(".page, .scroller, .dock, .head, .side-body, .entrance-main, html")]
    .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.className || box.tagName)"""


def test_nothing_scrolls_sideways_on_the_narrowest_screen(chromium: Browser, person: Person) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    sign_in(context, person)
    page = context.new_page()
    room = Room(page, person.url, person.new_chat()).open()
    room.send("[tokens=30 size=60 rate=200] " + "x" * 200).expect_status("done")
    assert page.evaluate(TOO_WIDE) == []
    page.goto(f"{person.url}/chats/")
    assert page.evaluate(TOO_WIDE) == []
    context.clear_cookies()
    page.goto(f"{person.url}/account/login/")
    assert page.evaluate(TOO_WIDE) == []
    context.close()


def test_a_reader_with_type_twice_as_large_gets_the_narrow_layout(room: Room, page: Page) -> None:
    # The breakpoints are in em of the reader's own size: 1440 px at 32 px are 45 em.
    page.set_viewport_size({"width": 720, "height": 450})
    expect(page.locator("[data-drawer=side]")).to_be_visible()
    expect(page.locator("#side")).to_be_hidden()
    assert page.evaluate(TOO_WIDE) == []


def test_drawers_take_the_focus_keep_it_and_give_it_back(phone: BrowserContext, person: Person) -> None:
    page = phone.new_page()
    Room(page, person.url, person.new_chat()).open()
    for opener, panel in (("Open the list of chats", "#side"), ("About", "#pane")):
        button = page.locator("#main").get_by_role("button", name=opener)
        expect(page.locator(panel)).to_be_hidden()
        button.focus()
        page.keyboard.press("Enter")
        expect(page.locator(panel)).to_be_visible()
        expect(page.locator(f"{panel} [data-drawer-close]")).to_be_focused()
        assert page.locator("#main").evaluate("main => main.inert")
        page.keyboard.press("Escape")
        expect(page.locator(panel)).to_be_hidden()
        expect(button).to_be_focused()
        assert not page.locator("#main").evaluate("main => main.inert")


def test_the_profile_pane_stays_closed_when_it_was_closed(room: Room, page: Page) -> None:
    pane = page.locator("#pane")
    expect(pane).to_be_visible()
    page.get_by_role("button", name="Close the profile").click()
    expect(pane).to_be_hidden()
    page.reload()
    expect(pane).to_be_hidden()
    page.locator("[data-pane-toggle]").click()
    expect(pane).to_be_visible()


def test_the_theme_is_kept_for_every_page(room: Room, page: Page) -> None:
    with page.expect_response("**/preferences/"):
        page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(f"{room.url}/chats/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_moves_for_a_reader_who_asked_for_stillness(chromium: Browser, person: Person, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    sign_in(context, person)
    page = context.new_page()
    room = Room(page, person.url, person.new_chat()).open()
    room.send("[tokens=100 rate=40]").expect_status("running")
    longest = """() => Math.max(0, ...document.getAnimations().map(each => each.effect.getComputedTiming().endTime))"""
    assert page.evaluate(longest) <= 20
    context.close()
