"""Under a reply stands what it remembered, from the chat where that was said, and what can be done about it."""

import re
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.room import Room
from tests.client import Person
from tests.stack import eventually

# Another one for each test: somebody who is asked to forget one word may well remember another.
WORDS = (f"wisp{number}fire" for number in count())


def is_remembered(person: Person, word: str) -> bool:
    """On the page of memories; beside it the list of chats has the word too, in a title."""
    return word in person.http.get("/memories/").text.partition('id="main"')[2].partition("</main>")[0]


@pytest.fixture
def word() -> str:
    return next(WORDS)


@pytest.fixture
def told(page: Page, person: Person, word: str) -> Room:
    """In one chat something was said, and it is remembered; in another it came up."""
    said = f"Remember the passphrase {word}. [tokens=3]"
    Room(page, person.url, person.new_chat()).open().send(said).expect_status("done")
    eventually(lambda: is_remembered(person, word), "the passphrase is remembered")
    asked = "Do you recall the passphrase? [tokens=3]"
    return Room(page, person.url, person.new_chat()).open().send(asked).expect_status("done")


def chip(room: Room, word: str) -> Locator:
    return room.reply.locator("[data-remembered] [data-chip]").filter(has_text=word).first


def test_its_chips_appear_when_it_is_told_and_say_why(told: Room, page: Page, word: str) -> None:
    expect(chip(told, word)).to_be_visible()
    page.reload()
    chip(told, word).click()
    popover = page.locator("[data-remembered-menu]")
    expect(popover).to_be_visible()
    expect(popover.locator("[data-part=why]")).not_to_be_empty()
    popover.locator("[data-part=source]").click()
    expect(page.locator("[data-log]")).to_contain_text(word)


def test_it_is_pinned_and_forgotten_from_there(told: Room, page: Page, person: Person, word: str) -> None:
    chip(told, word).press("Enter")
    popover = page.locator("[data-remembered-menu]")
    popover.get_by_role("button", name="Pin").click()
    expect(popover.get_by_role("button", name=re.compile("Pin"))).to_have_attribute("aria-pressed", "true")
    popover.get_by_role("button", name="Forget").click()
    page.goto(f"{person.url}/memories/")  # whoever leaves cannot undo it any more
    eventually(lambda: not is_remembered(person, word), "it is forgotten")


def test_the_bars_and_the_ring_around_the_face_move_with_what_is_said(told: Room, page: Page) -> None:
    mood = page.locator("[data-vital=mood_value] [role=meter]")
    energy = page.locator("[data-vital=energy] [role=meter]")
    before = int(str(energy.get_attribute("aria-valuenow")))
    told.send("Tell me something that makes you truly excited! [tokens=3]").expect_status("done")
    expect(energy).not_to_have_attribute("aria-valuenow", str(before))
    expect(page.locator("[data-vitals]")).to_contain_text("excited")
    shown = str(mood.get_attribute("aria-valuenow"))
    expect(page.locator("[data-mood-ring]")).to_have_attribute("style", f"--mood: {shown};")
