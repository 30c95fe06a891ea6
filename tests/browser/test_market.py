"""The marketplace in a browser: searching, filtering, more posters, saving and taking, with scripts and without."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.test_layout import TOO_WIDE
from tests.client import Person
from tests.stack import ROOT, Stack

MADE = """
from characters.cards.card import Card
from characters.cards.extras import Extras, with_extras
from characters.tests.acting import listed, somebody
author = somebody("redfold")
for number in range(30):
    listed(author, with_extras(Card(f"Number {number}", tags=("story",)), Extras("One of many.", hue=number * 12)))
card = Card("Kestrel Vane", description="## Background\\n\\nWaits.", first_message="Sit.", tags=("war",))
listed(author, with_extras(card, Extras("Teaches queens to wait.", hue=12)))
"""
POSTERS = "[data-poster]"
# Those that everybody has are in the marketplace from the beginning.
BUILT_IN = 2


@pytest.fixture(scope="module", autouse=True)
def _published(stack: Stack) -> None:
    inherited = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment = inherited | {"COGNITIA_HOME": str(stack.home), "TEXT_ENGINE": "inference.testing"}
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", MADE]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=120)


@pytest.fixture
def discover(page: Page, person: Person) -> Page:
    page.goto(f"{person.url}/characters/")
    return page


def test_more_are_shown_in_place_and_the_focus_goes_on(discover: Page) -> None:
    expect(discover.locator(POSTERS)).to_have_count(24)
    discover.get_by_role("link", name="Show more").press("Enter")
    expect(discover.locator(POSTERS)).to_have_count(24 + 7 + BUILT_IN)
    expect(discover.locator(POSTERS).nth(24).locator("h3 a")).to_be_focused()
    expect(discover.get_by_role("link", name="Show more")).to_have_count(0)


def test_typing_finds_in_place_and_forgives_a_slip(discover: Page) -> None:
    search = discover.get_by_role("searchbox")
    search.press_sequentially("kesterl")
    expect(discover.locator(POSTERS)).to_have_count(1)
    expect(discover.locator("[data-market-count]")).to_contain_text("Showing results for kestrel")
    expect(search).to_be_focused()
    expect(search).to_have_value("kesterl")
    assert discover.url.endswith("?q=kesterl")
    discover.go_back()
    expect(discover.locator(POSTERS)).to_have_count(24)
    expect(search).to_have_value("")


def test_a_chip_keeps_the_focus_and_a_second_press_lets_go(discover: Page) -> None:
    chip = discover.get_by_role("link", name="war", exact=True)
    chip.press("Enter")
    expect(chip).to_have_attribute("aria-current", "true")
    expect(chip).to_be_focused()
    expect(discover.locator(POSTERS)).to_have_count(1)
    chip.press("Enter")
    expect(discover.locator(POSTERS)).to_have_count(24)


def test_a_bookmark_is_pressed_and_kept(discover: Page, person: Person) -> None:
    button = discover.locator(POSTERS).first.get_by_role("button")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    discover.goto(f"{person.url}/characters/saved/")
    expect(discover.locator(POSTERS)).to_have_count(1)
    discover.locator(POSTERS).get_by_role("button").click()
    expect(discover.locator(POSTERS).get_by_role("button")).to_have_attribute("aria-pressed", "false")


def test_without_scripts_it_is_searched_taken_and_reported(chromium: Browser, person: Person) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    sign_in(context, person)
    page = context.new_page()
    page.goto(f"{person.url}/characters/")
    page.get_by_role("searchbox").fill("kestrel")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="Kestrel Vane").click()
    page.get_by_role("button", name="Take Kestrel Vane").click()
    expect(page.get_by_text("Kestrel Vane is among your characters.")).to_be_visible()
    page.get_by_role("link", name="Report").click()
    page.get_by_label("Copied from somebody else").check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Thank you. A moderator will look at it.")).to_be_visible()
    page.get_by_role("button", name="Talk with Kestrel Vane").click()
    page.wait_for_url("**/chats/*-*/")
    context.close()


def test_a_narrow_page_does_not_scroll_sideways(phone: BrowserContext, person: Person) -> None:
    page = phone.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/characters/", "/characters/saved/", "/characters/?q=nothing+like+that"):
        page.goto(person.url + path)
        assert page.evaluate(TOO_WIDE) == []
