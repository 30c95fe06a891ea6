"""What was typed and not sent survives whatever happens to the page."""

from playwright.sync_api import Page, expect

from tests.browser.room import Room
from tests.client import Person


def test_a_draft_survives_a_reload_and_belongs_to_its_chat(room: Room, page: Page, person: Person) -> None:
    room.draft.press_sequentially("half a tho")
    page.reload()
    expect(room.draft).to_have_value("half a tho")
    other = Room(page, person.url, person.new_chat()).open()
    expect(other.draft).to_have_value("")
    room.open()
    expect(room.draft).to_have_value("half a tho")


def test_a_sent_draft_does_not_come_back(room: Room, page: Page) -> None:
    room.send("[tokens=2]").expect_status("done")
    page.reload()
    expect(room.draft).to_have_value("")
    expect(room.own).to_have_count(1)


def test_a_first_line_is_only_put_into_the_box(room: Room, page: Page) -> None:
    line = page.locator("[data-first-line]").first
    words = line.inner_text()
    line.click()
    expect(room.draft).to_have_value(words)
    expect(room.draft).to_be_focused()
    expect(room.own).to_have_count(0)
