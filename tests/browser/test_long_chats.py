"""A chat of ten thousand messages opens like a chat of ten, and its page does not grow."""

import json
import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.room import Room
from tests.client import Person

MESSAGES = 10_000
# What the page holds at most, and what one screen of it may be made of.
MOST_HELD, MOST_NODES = 240, 400


def archive(messages: int) -> bytes:
    """A chat as SillyTavern keeps it."""
    lines: list[dict[str, object]] = [{"user_name": "Protag", "character_name": "Azera", "chat_metadata": {}}]
    for number in range(messages):
        is_user = number % 2 == 0
        lines.append(
            {
                "name": "Protag" if is_user else "Azera",
                "is_user": is_user,
                "send_date": 1_700_000_000_000 + number * 60_000,
                "mes": f"Message {number}. *The lamp turns*, and the room is **gold**, then dark.",
            }
        )
    return "\n".join(json.dumps(line) for line in lines).encode()


def bring(person: Person, content: bytes) -> str:
    """Through the door that everybody uses; answers the chat's id."""
    headers = {"X-CSRFToken": person.http.cookies.get("csrftoken") or "", "Referer": person.url}
    answer = person.http.post(
        "/api/v2/chats/imports", files={"file": ("long.jsonl", content)}, headers=headers, timeout=120
    )
    assert answer.status_code in (201, 202), answer.text
    address = f"/api/v2/chats/imports/{answer.json()['id']}"
    deadline = time.monotonic() + 180
    while True:
        row: dict[str, object] = person.http.get(address).json()
        if row["status"] not in ("queued", "running"):
            break
        assert time.monotonic() < deadline
    assert row["status"] == "done", row
    ids = row["chat_ids"]
    assert isinstance(ids, list)
    # Whoever remembers ten thousand messages takes half of two cores from the tests that follow, for minutes.
    address = f"/api/v2/chats/{ids[0]}"
    person.http.patch(address, json={"remembers": False}, headers=headers).raise_for_status()
    return str(ids[0])


@pytest.fixture(scope="module")
def long_chat(person: Person) -> str:
    return bring(person, archive(MESSAGES))


def test_it_opens_at_its_end_with_one_page_of_it(page: Page, person: Person, long_chat: str) -> None:
    room = Room(page, person.url, long_chat).open()
    expect(room.messages).to_have_count(40)
    expect(room.messages.last).to_contain_text(f"Message {MESSAGES - 1}.")
    assert room.gap() < 2
    nodes = room.scroller.evaluate(
        """box => {
            const view = box.getBoundingClientRect();
            const seen = [...box.querySelectorAll(".message")].filter((item) => {
                const { top, bottom } = item.getBoundingClientRect();
                return bottom > view.top && top < view.bottom;
            });
            return seen.reduce((sum, item) => sum + 1 + item.querySelectorAll("*").length, 0);
        }"""
    )
    assert nodes <= MOST_NODES


def test_however_far_one_reads_up_the_page_holds_no_more(page: Page, person: Person, long_chat: str) -> None:
    room = Room(page, person.url, long_chat).open()
    expect(room.messages).to_have_count(40)
    held: list[int] = []
    for _ in range(12):
        first = room.messages.first.get_attribute("data-message")
        room.scroller.evaluate("box => { box.scrollTop = 300; }")
        expect(room.messages.first).not_to_have_attribute("data-message", str(first))
        held.append(room.messages.count())
    assert max(held) == held[-1] == MOST_HELD
    expect(room.messages.first).to_contain_text(f"Message {MESSAGES - 40 * 13}.")
    expect(room.jump).to_be_visible()
    room.jump.click()
    expect(room.messages.last).to_contain_text(f"Message {MESSAGES - 1}.")
    expect(room.draft).to_be_focused()


def test_reading_down_again_brings_back_what_was_let_go(page: Page, person: Person, long_chat: str) -> None:
    room = Room(page, person.url, long_chat).open()
    middle = room.messages.first.get_attribute("data-message")
    page.goto(f"{person.url}/chats/{long_chat}/?around={middle}#m-{middle}")
    expect(page.locator(f"#m-{middle} article")).to_be_focused()
    for _ in range(3):
        last = room.messages.last.get_attribute("data-message")
        room.scroller.evaluate("box => { box.scrollTop = box.scrollHeight; }")
        if f"Message {MESSAGES - 1}." in room.messages.last.inner_text():
            break
        expect(room.messages.last).not_to_have_attribute("data-message", str(last))
    expect(room.messages.last).to_contain_text(f"Message {MESSAGES - 1}.")
    texts = room.messages.locator("[data-body]").all_inner_texts()
    numbers = [int(found[1]) for text in texts if (found := re.match(r"Message (\d+)\.", text))]
    assert numbers == list(range(numbers[0], MESSAGES))


def test_going_to_the_end_while_earlier_messages_come_leaves_no_hole(
    page: Page, person: Person, long_chat: str
) -> None:
    room = Room(page, person.url, long_chat).open()
    above = room.messages.first.get_attribute("data-message")
    for _ in range(3):
        older = person.http.get(f"/chats/{long_chat}/messages/?before={above}").text
        above = re.findall(r'data-message="([^"]+)"', older)[0]
    page.goto(f"{person.url}/chats/{long_chat}/?around={above}#m-{above}")
    expect(page.locator(f"#m-{above} article")).to_be_focused()
    expect(room.jump).to_be_visible()
    held: list[Route] = []
    page.route(re.compile(r"/messages/\?before="), lambda route: held.append(route))
    with page.expect_request(re.compile(r"/messages/\?before=")):
        room.scroller.evaluate("box => { box.scrollTop = 0; }")
    room.jump.click()
    page.evaluate("() => fetch('/health').then(() => null)")
    with page.expect_response(re.compile(r"/messages/\?before=")):
        held[0].continue_()
    page.evaluate("() => fetch('/health').then(() => null)")
    expect(room.messages.last).to_contain_text(f"Message {MESSAGES - 1}.")
    texts = room.messages.locator("[data-body]").all_inner_texts()
    numbers = [int(found[1]) for text in texts if (found := re.match(r"Message (\d+)\.", text))]
    assert numbers == list(range(numbers[0], MESSAGES))


def test_a_day_is_found_and_gone_to(page: Page, person: Person, long_chat: str) -> None:
    Room(page, person.url, long_chat).open()
    page.get_by_role("button", name="Paths, bookmarks and days").click()
    page.get_by_label("Go to a day").fill("2023-11-16")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page).to_have_url(re.compile("around="))
    found = page.locator("article:focus")
    expect(found.locator("time")).to_have_attribute("datetime", re.compile("2023-11-1[56]"))
