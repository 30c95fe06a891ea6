"""Several at the table: characters called on by a press, people who come by a link, and who is writing."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.room import Line, Room
from tests.browser.test_layout import TOO_WIDE
from tests.browser.test_pages import _check
from tests.client import CHAT, Person
from tests.stack import Stack

# A drawer has slid in, and nothing fades any more.
SETTLED = """() => Promise.all(document.getAnimations()
    .filter(each => each.effect.getTiming().iterations !== Infinity).map(each => each.finished))"""
NAMES = ("Mira Vale", "Captain Idris", "Wren")


@pytest.fixture(scope="module")
def characters(person: Person) -> dict[str, str]:
    """Their ids by their names."""
    made = {}
    for name in NAMES:
        headers = {"X-CSRFToken": person.http.cookies["csrftoken"], "Referer": person.url}
        answer = person.http.post("/api/v2/characters/", json={"name": name, "tagline": "At sea."}, headers=headers)
        answer.raise_for_status()
        made[name] = answer.json()["id"]
    return made


@pytest.fixture(scope="module")
def guest(stack: Stack) -> Person:
    return Person(stack.url).sign_up(f"{uuid4()}@example.org")


@pytest.fixture
def theirs(chromium: Browser, guest: Person) -> Iterator[Page]:
    """The guest's browser."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    sign_in(context, guest)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(chromium: Browser, person: Person) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    sign_in(context, person)
    yield context.new_page()
    context.close()


def start_group(page: Page, person: Person, *names: str) -> Room:
    page.goto(f"{person.url}/chats/group/")
    for name in names:
        page.locator("#main").get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Start the chat").click()
    found = CHAT.search(page.url)
    assert found is not None
    return Room(page, person.url, found[1]).open()


def in_order(room: Room) -> None:
    """One after the other, one for each message."""
    with room.page.expect_response("**/company/"):
        room.page.get_by_role("radio", name="In order").check()
    number = room.page.get_by_label("At most so many answer one message")
    number.fill("1")
    with room.page.expect_response("**/turn-taking/"):
        number.press("Tab")


def wrong(page: Page) -> list[str]:
    page.evaluate(SETTLED)
    return [*_check(page), *page.evaluate(TOO_WIDE)]


def chip(room: Room, name: str) -> None:
    room.page.locator("[data-speak-form]").get_by_role("button", name=name).click()


def bring_in(room: Room, theirs: Page, part: str = "Takes part", *, with_past: bool = False) -> Room:
    """The guest comes by a link that the host has made."""
    room.page.goto(f"{room.url}/chats/{room.chat}/people/")
    room.page.get_by_role("radio", name=part).check()
    if with_past:
        room.page.get_by_role("checkbox", name="They may read").check()
    room.page.get_by_role("button", name="Make a link").click()
    link = room.page.get_by_label("Link").input_value()
    theirs.goto(link)
    theirs.get_by_role("button", name="Come in").click()
    expect(theirs.locator("[data-chat]")).to_be_attached()
    room.open()
    return Room(theirs, room.url, room.chat).open()


@pytest.mark.usefixtures("characters")
class TestCharacters:
    def test_who_is_pressed_answers_the_next_message_and_only_that(self, page: Page, person: Person) -> None:
        room = start_group(page, person, *NAMES)
        in_order(room)
        room.draft.fill("[tokens=3] Is anybody there?")
        chip(room, "Wren")
        expect(page.locator("[data-speak-form] [aria-pressed=true]")).to_contain_text("Wren")
        room.draft.press("Control+Enter")
        room.expect_status("done")
        expect(room.reply.locator("[data-speaker]")).to_have_text("Wren")
        expect(page.locator("[data-speak-form] [aria-pressed=true]")).to_contain_text("Let them decide")
        room.send("[tokens=3] And now?").expect_status("done")
        expect(room.replies).to_have_count(2)
        expect(room.reply.locator("[data-speaker]")).to_have_text("Captain Idris")

    def test_who_is_pressed_answers_also_what_waited_for_the_line(
        self, page: Page, context: BrowserContext, person: Person
    ) -> None:
        line = Line(page)
        room = start_group(page, person, *NAMES)
        in_order(room)
        context.set_offline(True)
        line.cut()
        expect(room.banner).to_be_visible()
        room.draft.fill("[tokens=3] Is anybody there?")
        chip(room, "Wren")
        room.draft.press("Control+Enter")
        expect(room.own).to_contain_text("Waiting for the connection")
        context.set_offline(False)
        room.expect_status("done")
        expect(room.reply.locator("[data-speaker]")).to_have_text("Wren")

    def test_with_nothing_written_a_press_lets_it_speak_now(self, page: Page, person: Person) -> None:
        room = start_group(page, person, *NAMES)
        in_order(room)
        room.send("[tokens=3]").expect_status("done")
        page.locator("[data-speak-form]").get_by_role("button", name="Captain Idris").focus()
        page.keyboard.press("Enter")
        expect(room.replies).to_have_count(2, timeout=30_000)
        room.expect_status("done")
        expect(room.reply.locator("[data-speaker]")).to_have_text("Captain Idris")
        expect(room.own).to_have_count(1)
        expect(page.locator("[data-speak-form]").get_by_role("button", name="Captain Idris")).to_be_focused()

    def test_a_table_is_arranged_without_leaving_the_page(self, page: Page, person: Person) -> None:
        room = start_group(page, person, *NAMES)
        page.evaluate("window.sameDocument = true")
        room.draft.fill("Half a thought")
        table = page.locator("[data-company]")
        table.get_by_label("Options for Wren").click()
        table.get_by_role("button", name="Silence").click()
        expect(table).to_contain_text("silent unless called on")
        expect(table.get_by_role("button", name="Let it speak again")).to_be_focused()
        table.get_by_role("button", name="Move Wren up").click()
        seats = table.locator("[data-seat] b")
        first = [name for name in seats.all_inner_texts() if name != "Wren"]
        expect(seats.nth(1)).to_have_text("Wren")
        table.get_by_role("button", name="Let it go").click()
        expect(seats).to_have_text(first)
        expect(page.locator("[data-speak-form]").get_by_role("button", name="Wren")).to_have_count(0)
        expect(page.locator("[data-company-names]")).not_to_contain_text("Wren")
        expect(room.draft).to_have_value("Half a thought")
        assert page.evaluate("window.sameDocument")

    def test_a_chat_for_two_becomes_a_group(self, page: Page, person: Person) -> None:
        room = Room(page, person.url, person.new_chat()).open()
        expect(page.locator("[data-speak-form]")).to_have_count(0)
        page.get_by_role("link", name="Add a character").click()
        page.get_by_label("Find by name").fill("idr")
        page.get_by_role("button", name="Find").click()
        page.locator("#main").get_by_role("button", name="Captain Idris").click()
        expect(page.get_by_role("heading", name="At the table")).to_be_visible()
        expect(page.locator("[data-seat]")).to_have_count(2)
        assert room.chat in page.url

    def test_without_scripts_everything_is_a_form(self, plain: Page, person: Person) -> None:
        room = start_group(plain, person, *NAMES)
        room.draft.fill("[tokens=3]")
        plain.get_by_role("button", name="Send", exact=True).click()
        for _ in range(100):
            if (
                plain.locator("[data-role=character][data-status=done]").count() >= 1
                and not plain.locator("[data-live]").count()
            ):
                break
            plain.reload()
        before = plain.locator("[data-role=character]").count()
        chip(room, "Captain Idris")
        expect(plain.locator("[data-role=character]")).to_have_count(before + 1)
        expect(plain.locator("[data-role=character] b[data-speaker]").last).to_have_text("Captain Idris")
        plain.get_by_label("Options for Wren").click()
        plain.locator("[data-company]").get_by_role("button", name="Silence").last.click()
        expect(plain.locator("[data-company]")).to_contain_text("silent unless called on")
        plain.get_by_role("radio", name="Only when I call on them").check()
        plain.locator(".company-rules").get_by_role("button", name="Save").click()
        expect(plain.get_by_role("radio", name="Only when I call on them")).to_be_checked()


@pytest.mark.usefixtures("characters")
class TestPeople:
    def test_two_read_and_write_together(self, page: Page, person: Person, theirs: Page) -> None:
        mine = start_group(page, person, *NAMES)
        in_order(mine)
        mine.send("[tokens=2] before you came").expect_status("done")
        other = bring_in(mine, theirs)
        expect(other.messages).to_have_count(0)
        expect(page.locator("[data-person][data-here]")).to_have_count(2)
        mine.send("[tokens=30 rate=30] welcome").expect_status("done")
        expect(other.own).to_contain_text("welcome")
        other.expect_status("done")
        assert other.said() == mine.said()
        other.draft.press_sequentially("Thank you")
        expect(page.locator("[data-typing]")).to_contain_text("is writing")
        other.send("[tokens=2] thank you").expect_status("done")
        expect(mine.own.last).to_contain_text("thank you")

    def test_who_is_sent_away_is_out_at_once(self, page: Page, person: Person, theirs: Page) -> None:
        mine = start_group(page, person, "Wren")
        bring_in(mine, theirs)
        page.locator("[data-company] .company-people summary").click()
        page.get_by_role("button", name="Send away").click()
        expect(theirs.locator("[data-net-text]")).to_contain_text("no longer there")
        expect(page.locator("[data-person]")).to_have_count(0)

    def test_who_reads_along_has_nothing_to_write_with(self, page: Page, person: Person, theirs: Page) -> None:
        mine = start_group(page, person, *NAMES)
        other = bring_in(mine, theirs, "Reads along")
        expect(theirs.get_by_text("You read along in this chat.")).to_be_visible()
        expect(other.draft).to_be_hidden()
        mine.send("[tokens=3]").expect_status("done")
        other.expect_status("done")

    def test_a_link_leads_nowhere_a_second_time(self, page: Page, person: Person, theirs: Page) -> None:
        theirs.goto(f"{person.url}/join/made-up/")
        expect(theirs.get_by_role("heading", name="This invitation leads nowhere")).to_be_visible()
        assert wrong(theirs) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_no_page_of_it_shuts_a_reader_out(
    chromium: Browser, person: Person, characters: dict[str, str], theme: str, width: int
) -> None:
    dark = theme == "dark"
    context: BrowserContext = chromium.new_context(
        viewport={"width": width, "height": 844}, color_scheme="dark" if dark else "light"
    )
    sign_in(context, person)
    page = context.new_page()
    found = []
    room = start_group(page, person, *NAMES)
    room.send("[tokens=3] Good evening.").expect_status("done")
    for path in ("", "people/", "characters/"):
        page.goto(f"{person.url}/chats/{room.chat}/{path}")
        if width < 1000 and not path:
            page.locator("[data-drawer=pane]").click()
        if not path:
            page.get_by_label("Options for Wren").click()
        found += [f"{path or 'chat'}: {complaint}" for complaint in wrong(page)]
    page.get_by_label("Find by name").fill("nobody of that name")
    page.goto(f"{person.url}/chats/{room.chat}/people/")
    page.get_by_role("button", name="Make a link").click()
    found += [f"link: {complaint}" for complaint in wrong(page)]
    with_link = re.search(r"/join/[\w-]+/", page.get_by_label("Link").input_value())
    assert with_link is not None
    page.goto(f"{person.url}/chats/group/")
    found += [f"group: {complaint}" for complaint in wrong(page)]
    context.close()
    assert found == []
