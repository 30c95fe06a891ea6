"""A message leaves when the reader means it to, once, and is never lost."""

from playwright.sync_api import Page, expect

from tests.browser.room import Line, Room
from tests.client import Person


def test_control_enter_sends_and_enter_is_a_new_line(room: Room) -> None:
    room.draft.fill("first")
    room.draft.press("Enter")
    room.draft.press_sequentially("second")
    expect(room.draft).to_have_value("first\nsecond")
    expect(room.own).to_have_count(0)
    room.draft.press("Control+Enter")
    expect(room.own).to_have_count(1)
    expect(room.draft).to_have_value("")
    room.expect_status("done")


def test_the_preference_lets_enter_send_and_is_kept(room: Room, page: Page) -> None:
    page.get_by_role("button", name="Preferences").click()
    with page.expect_response("**/preferences/") as saved:
        page.get_by_label("Send on Enter").check()
    assert saved.value.status == 204
    page.reload()
    room.draft.fill("one line")
    room.draft.press("Shift+Enter")
    expect(room.draft).to_have_value("one line\n")
    room.draft.press("Enter")
    expect(room.own).to_have_count(1)


def test_the_enter_that_ends_a_composition_never_sends(room: Room) -> None:
    room.draft.fill("こんにちは")
    # As Chromium tells it, and as Safari does: late, with the key code 229 alone.
    room.draft.dispatch_event(
        "keydown", {"key": "Enter", "ctrlKey": True, "isComposing": True, "bubbles": True, "cancelable": True}
    )
    room.draft.dispatch_event(
        "keydown", {"key": "Enter", "ctrlKey": True, "keyCode": 229, "bubbles": True, "cancelable": True}
    )
    expect(room.own).to_have_count(0)
    expect(room.draft).to_have_value("こんにちは")


def test_a_message_shows_at_once_and_says_when_it_has_arrived(room: Room) -> None:
    room.draft.fill("[tokens=3 delay=1]")
    shown = room.page.evaluate(
        """() => {
            document.querySelector("[data-composer]").requestSubmit();
            return document.querySelector(".message[data-sending]")?.innerText ?? "";
        }"""
    )
    assert "Sending" in shown
    expect(room.own.get_by_text("Delivered")).to_be_attached()
    expect(room.own).not_to_have_attribute("data-sending", "")


def test_a_further_message_may_be_sent_while_a_reply_is_on_its_way(room: Room, page: Page) -> None:
    room.send("[tokens=100 rate=40]")
    room.expect_status("running")
    expect(page.get_by_role("button", name="Stop writing")).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_hidden()
    room.draft.fill("[tokens=2]")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    room.draft.press("Control+Enter")
    expect(room.reply.get_by_text("Waiting for a free moment…")).to_be_visible()
    room.expect_status("done")
    roles = room.messages.evaluate_all("all => all.map(message => message.dataset.role)")
    assert roles == ["user", "character", "user", "character"]


def test_a_refused_text_comes_back_with_the_reason(room: Room, page: Page) -> None:
    long = "x" * 8001
    room.send(long)
    expect(page.get_by_role("alert").get_by_text("at most 8000 fit in one")).to_be_visible()
    expect(room.draft).to_have_value(long)
    expect(room.own).to_have_count(0)


def test_a_refused_first_message_stands_in_nobodys_way(page: Page, person: Person) -> None:
    line = Line(page)
    room = Room(page, person.url, person.new_chat()).open()
    # Another text is begun before the refusal comes, so the refused one stays where it is.
    page.evaluate(
        """() => {
            const area = document.querySelector("#draft");
            area.value = "x".repeat(8001);
            area.form.requestSubmit();
            area.value = "Another thought";
            document.addEventListener("path-moved", () => { window.moved = true; }, { once: true });
        }"""
    )
    expect(room.own.and_(page.locator("[data-refused]"))).to_have_count(1)
    line.say({"type": "chat.moved", "leaf_id": ""})
    page.wait_for_function("() => window.moved")
    expect(page.locator(".toast")).to_have_count(0)
    expect(room.own).to_have_count(1)
