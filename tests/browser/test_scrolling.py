"""The end of the conversation is followed until the reader moves up, and not one pixel further."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.room import Room
from tests.client import Person

STREAM = "[tokens=1500 rate=150]"


def test_a_reader_at_the_end_stays_at_the_end(room: Room, page: Page) -> None:
    room.scroller.evaluate(
        """box => {
            window.widest = 0;
            const look = () => {
                widest = Math.max(widest, box.scrollHeight - box.clientHeight - box.scrollTop);
                requestAnimationFrame(look);
            };
            look();
        }"""
    )
    room.send("[tokens=600 rate=150]").expect_status("done")
    assert page.evaluate("() => widest") < 60
    assert room.top() > 0


def test_a_reader_who_moved_up_is_left_alone(room: Room, page: Page) -> None:
    _scrolled_up(room, page, lambda: page.mouse.wheel(0, -30))
    top = room.top()
    height = _height(room)
    room.expect_blocks(40)
    assert _height(room) > height
    assert room.top() == top
    room.draft.press("Escape")


def test_page_up_lets_go_too(room: Room, page: Page) -> None:
    _scrolled_up(room, page, lambda: room.scroller.press("PageUp"))
    expect(room.jump).to_have_text("Reply in progress")
    room.draft.press("Escape")


def test_the_button_leads_back_to_the_end_and_to_the_composer(room: Room, page: Page) -> None:
    _scrolled_up(room, page, lambda: page.mouse.wheel(0, -600))
    expect(room.jump).to_be_visible()
    expect(room.jump).to_have_text("Reply in progress")
    room.jump.click()
    expect(room.jump).to_be_hidden()
    expect(room.draft).to_be_focused()
    room.draft.press("Escape")
    room.expect_status("cancelled")
    assert room.gap() < 60


def test_older_messages_come_without_moving_the_one_that_is_read(page: Page, person: Person) -> None:
    chat = person.new_chat()
    with person.page(chat) as written:
        for number in range(30):
            written.until_done(written.send(f"Question {number} [tokens=30]"))
    room = Room(page, person.url, chat).open()
    expect(room.messages).to_have_count(40)
    assert room.gap() < 2
    page.mouse.move(700, 400)
    moved = room.scroller.evaluate(
        """async box => {
            const first = box.querySelector(".message");
            const more = () => box.querySelectorAll(".message").length > 40;
            box.scrollTop = 700;
            await new Promise(requestAnimationFrame);
            box.dispatchEvent(new WheelEvent("wheel", { deltaY: -200 }));
            box.scrollTop = 500;
            const at = first.getBoundingClientRect().top;
            const deadline = performance.now() + 10_000;
            while (!more() && performance.now() < deadline) await new Promise(requestAnimationFrame);
            await new Promise(requestAnimationFrame);
            return Math.abs(first.getBoundingClientRect().top - at);
        }"""
    )
    assert moved <= 1
    expect(room.messages).to_have_count(60)
    expect(page.locator("div[data-older]")).to_be_hidden()
    numbers = [int(found) for found in re.findall(r"Question (\d+)", page.locator("[data-log]").inner_text())]
    assert numbers == list(range(30))


def _scrolled_up(room: Room, page: Page, move: Callable[[], None]) -> None:
    room.send(STREAM).expect_blocks(16)
    page.mouse.move(700, 400)
    room.scroller.focus()
    move()
    room.scroller.evaluate("box => new Promise(requestAnimationFrame)")


def _height(room: Room) -> float:
    return float(room.scroller.evaluate("box => box.scrollHeight"))
