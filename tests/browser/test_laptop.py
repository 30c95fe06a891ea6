"""A laptop with one owner, under a law that asks chats to say what they are."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack import Stack, running_stack

NOTICE = "Azera is an AI and no person"


@pytest.fixture(scope="module")
def laptop() -> Iterator[Stack]:
    with running_stack({"SINGLE_USER": "1", "LAW_PROFILE": "disclosure"}) as running:
        yield running


# One at a time: this file has a stack of its own, and nobody signs up on it.
@pytest.fixture
def _usual_preferences() -> None:
    """Nobody's to set back."""


@pytest.fixture
def mine(chromium: Browser, laptop: Stack) -> Iterator[Page]:
    context = chromium.new_context(base_url=laptop.url)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.clock.install()
    page.goto("/")
    yield page
    context.close()


def test_whoever_opens_it_is_the_owner_and_the_notice_comes_back_after_three_hours(mine: Page) -> None:
    expect(mine.locator("#draft")).to_be_visible()
    note = mine.locator("[data-disclosure]")
    expect(note).to_contain_text(NOTICE)
    mine.get_by_role("button", name="Understood").click()
    expect(note).to_be_hidden()
    expect(mine.locator("#draft")).to_be_focused()
    mine.reload()
    expect(mine.locator("#draft")).to_be_visible()
    expect(note).to_be_hidden()
    mine.clock.fast_forward("02:58:00")
    expect(note).to_be_hidden()
    mine.clock.fast_forward("00:03:00")
    expect(note).to_be_visible()
    expect(mine.locator("[data-disclosure-line]")).to_contain_text(NOTICE)
