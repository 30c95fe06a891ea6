"""The line breaks, and nothing is lost or told twice."""

import re
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, Page, expect

from inference.testing import scripted_text
from tests.browser.conftest import sign_in
from tests.browser.room import Line, Room
from tests.client import PASSWORD, Person
from tests.stack import Stack


def test_an_outage_across_paragraphs_leaves_no_hole_and_no_double(
    page: Page, context: BrowserContext, person: Person
) -> None:
    line = Line(page)
    room = Room(page, person.url, person.new_chat()).open()
    room.send("[tokens=200 rate=50]").expect_blocks(1)
    context.set_offline(True)
    line.cut()
    expect(room.banner).to_be_visible()
    before = room.reply.locator("[data-block]").count()
    # Two more paragraphs are written meanwhile.
    reply_id = room.reply.get_attribute("data-message") or ""
    with person.page(room.chat) as other:
        other.subscribe(reply_id)
        other.until_text(reply_id, len(scripted_text(25 * (before + 2))))
    assert room.reply.locator("[data-block]").count() == before
    context.set_offline(False)
    room.expect_status("done")
    assert room.said().split() == scripted_text(200).split()
    expect(room.banner).to_be_hidden()


def test_hearing_everything_twice_changes_nothing(page: Page, person: Person) -> None:
    line = Line(page)
    room = Room(page, person.url, person.new_chat()).open()
    room.send("[tokens=80 rate=80]").expect_status("done")
    whole = room.body.inner_html()
    line.replay()
    expect(room.reply).to_have_attribute("data-status", "done")
    room.send("[tokens=2]").expect_status("done")
    assert room.replies.first.locator("[data-body]").inner_html() == whole


def test_a_lost_line_comes_back_by_itself_and_says_so(page: Page, person: Person) -> None:
    line = Line(page)
    room = Room(page, person.url, person.new_chat()).open()
    room.send("[tokens=2]").expect_status("done")
    line.cut()
    expect(room.banner).to_contain_text("Back.")
    room.send("[tokens=3]").expect_status("done")
    expect(room.replies).to_have_count(2)


def test_the_server_dies_in_the_middle_of_a_reply(room: Room, stack: Stack) -> None:
    room.send("[tokens=300 rate=50]").expect_blocks(1)
    old = stack.kill("web")
    expect(room.banner).to_be_visible()
    stack.replaced("web", old)
    room.expect_status("done", 60)
    assert room.said().split() == scripted_text(300).split()


def test_a_message_written_offline_outlives_its_page(page: Page, context: BrowserContext, person: Person) -> None:
    line = Line(page)
    room = Room(page, person.url, person.new_chat()).open()
    room.send("[tokens=1]").expect_status("done")
    context.set_offline(True)
    line.cut()
    room.send("[tokens=7] from the tunnel")
    expect(room.own.last).to_contain_text("Waiting for the connection")
    expect(room.banner).to_contain_text("1 message is waiting.")
    page.goto("about:blank")
    context.set_offline(False)
    room.open()
    expect(room.replies).to_have_count(2)
    room.expect_status("done")
    assert room.said().split() == scripted_text(7).split()
    page.reload()
    expect(room.own).to_have_count(2)


def test_the_same_chat_in_two_tabs_tells_the_same(room: Room, context: BrowserContext) -> None:
    other = Room(context.new_page(), room.url, room.chat).open()
    room.send("[tokens=30 rate=60]")
    other.expect_status("done")
    room.expect_status("done")
    assert other.messages.count() == room.messages.count() == 2
    assert other.said() == room.said()


def test_a_retry_in_one_tab_replaces_the_reply_in_the_other(room: Room, context: BrowserContext) -> None:
    room.send("[tokens=2000 rate=50]").expect_status("running")
    other = Room(context.new_page(), room.url, room.chat).open()
    room.draft.press("Escape")
    other.expect_status("cancelled")
    stopped = other.reply.get_attribute("data-message") or ""
    other.page.get_by_role("button", name="Try again").click()
    for tab in (other, room):
        expect(tab.reply).not_to_have_attribute("data-message", stopped)
        expect(tab.replies).to_have_count(1)
        tab.expect_status("running")
    room.draft.press("Escape")
    other.expect_status("cancelled")


def test_signed_out_elsewhere_keeps_the_draft_and_leads_to_sign_in(chromium: Browser, stack: Stack) -> None:
    email = f"returning-{uuid4()}@example.org"
    person = Person(stack.url).sign_up(email)
    context = chromium.new_context()
    sign_in(context, person)
    page = context.new_page()
    line = Line(page)
    room = Room(page, person.url, person.new_chat()).open()
    room.draft.press_sequentially("not yet finished")
    context.clear_cookies()
    line.cut()
    expect(room.banner).to_contain_text("signed out")
    expect(room.draft).to_have_value("not yet finished")
    room.banner.get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("heading", name="Good to see you")).to_be_visible()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(room.draft).to_have_value("not yet finished")
    context.close()


def test_a_reply_that_ends_in_a_hidden_tab_is_counted_in_its_title(page: Page, person: Person) -> None:
    page.add_init_script(
        """Object.defineProperty(document, "hidden", { get: () => window.away === true, configurable: true });"""
    )
    room = Room(page, person.url, person.new_chat()).open()
    # Others of this person's chats may wait for them, too.
    waiting = re.match(r"\((\d+)\) ", page.title())
    unread = int(waiting[1]) if waiting else 0
    room.send("[tokens=3 delay=0.5]")
    page.evaluate("() => { window.away = true; document.dispatchEvent(new Event('visibilitychange')); }")
    room.expect_status("done")
    expect(page).to_have_title(re.compile(rf"^\({unread + 1}\) "))
    page.evaluate("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }")
    expect(page).to_have_title(re.compile(rf"^\({unread}\) " if unread else r"^[^(]"))
