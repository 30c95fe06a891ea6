"""Who says the next message, and tags: chosen without leaving the page, and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.room import Room
from tests.browser.test_layout import TOO_WIDE
from tests.browser.test_pages import _check
from tests.client import Person


@pytest.fixture(scope="module")
def captain(person: Person) -> str:
    """A persona's name."""
    person._post_form("/personas/new/", {"name": "Captain", "symbol": "C", "hue": "210", "description": "At sea."})
    return "Captain"


@pytest.fixture
def plain(chromium: Browser, person: Person) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    sign_in(context, person)
    yield context.new_page()
    context.close()


def choose(page: Page, name: str) -> None:
    page.locator("[data-persona-open]").click()
    page.locator("[data-persona-menu]").get_by_role("button", name=name).click()


def test_the_next_message_is_said_by_whom_was_chosen(room: Room, page: Page, captain: str) -> None:
    room.send("[tokens=2]").expect_status("done")
    room.draft.fill("Half a thought")
    page.evaluate("window.sameDocument = true")
    choose(page, captain)
    expect(page.locator("[data-persona-open]")).to_contain_text(captain)
    expect(room.draft).to_be_focused()
    expect(room.draft).to_have_value("Half a thought")
    room.send("[tokens=2] again").expect_status("done")
    expect(room.own.first.locator("[data-speaker]")).to_have_text("Protag")
    expect(room.own.last.locator("[data-speaker]")).to_have_text(captain)
    colours = [own.evaluate("own => own.style.getPropertyValue('--u').trim()") for own in room.own.all()]
    assert colours == ["68", "210"]
    assert page.evaluate("window.sameDocument")
    page.reload()
    expect(page.locator("[data-persona-open]")).to_contain_text(captain)
    expect(room.own.last.locator("[data-speaker]")).to_have_text(captain)


def test_the_menu_works_by_keyboard(room: Room, page: Page, captain: str) -> None:
    page.locator("[data-persona-open]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-persona-menu] [aria-pressed=true]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-persona-open]")).to_contain_text(captain)


def test_without_scripts_it_is_a_form_and_the_draft_comes_back(plain: Page, person: Person, captain: str) -> None:
    room = Room(plain, person.url, person.new_chat()).open()
    room.draft.fill("Half a thought")
    choose(plain, captain)
    expect(plain.locator("[data-persona-open]")).to_contain_text(captain)
    expect(room.draft).to_have_value("Half a thought")


def test_a_persona_is_seen_while_it_is_made(page: Page, person: Person) -> None:
    page.goto(f"{person.url}/personas/new/")
    preview = page.locator("[data-persona-preview]")
    page.locator("#main").get_by_label("Name").fill("Élodie")
    expect(preview.locator("[data-preview-name]")).to_have_text("Élodie")
    expect(preview.locator("[data-preview-sign]")).to_have_text("É")
    page.get_by_label("Bubble colour").fill("300")
    assert preview.evaluate("box => box.style.getPropertyValue('--u')") == "300"
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".persona-card", has_text="Élodie")).to_have_attribute("style", "--u:300")


def test_a_tag_is_made_on_a_chat_and_sorts_the_list(room: Room, page: Page, person: Person) -> None:
    room.send("[tokens=2]").expect_status("done")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("button", name="Tags of this chat").click()
    page.get_by_label("New tag").fill("Harbour")
    page.get_by_role("button", name="Save tags").click()
    chip = page.locator("[data-tag-filter] [data-tag]", has_text="Harbour")
    expect(chip).to_be_visible()
    row = page.locator(f'#side [data-chat-row="{room.chat}"]')
    expect(row.locator("[data-dot]")).to_have_count(1)
    other = page.locator(f'#side [data-chat-row="{person.new_chat()}"]')
    page.reload()
    expect(other).to_be_visible()
    chip.click()
    expect(chip).to_have_attribute("aria-current", "true")
    expect(other).to_be_hidden()
    expect(row).to_be_visible()
    page.reload()
    expect(chip).to_have_attribute("aria-current", "true")
    expect(other).to_be_hidden()
    chip.click()
    expect(other).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_the_pages_shut_nobody_out(chromium: Browser, person: Person, captain: str, theme: str, width: int) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    sign_in(context, person)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{person.url}/tags/")
    if not page.locator("[data-tag-row]").count():
        page.get_by_label("New tag").fill("W" * 40)
        page.get_by_role("button", name="Make it").click()
    for path in ("/tags/", "/personas/", "/personas/new/"):
        page.goto(person.url + path)
        for summary in page.locator("main summary:visible").all()[:2]:
            summary.click()
        complaints += [f"{path}: {complaint}" for complaint in _check(page)]
        assert page.evaluate(TOO_WIDE) == [], path
    Room(page, person.url, person.new_chat()).open()
    page.locator("[data-persona-open]").click()
    complaints += [f"picker: {complaint}" for complaint in _check(page)]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Tags of this chat").click()
    complaints += [f"menu: {complaint}" for complaint in _check(page)]
    context.close()
    assert complaints == []
