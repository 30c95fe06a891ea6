"""A conversation is a tree that one can walk: every action, by mouse and by the keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.room import Line, Room
from tests.client import Person
from tests.stack import eventually


@pytest.fixture
def told(room: Room) -> Room:
    """A chat in which one question was answered."""
    return room.send("First [tokens=5]").expect_status("done")


def say(room: Room, text: str) -> None:
    """Send it, and wait until it is answered."""
    before = room.messages.count()
    room.send(text)
    expect(room.messages).to_have_count(before + 2)
    room.expect_status("done")


def do(room: Room, item: Locator, name: str) -> None:
    item.hover()
    item.get_by_role("button", name=name, exact=True).click()


def more(room: Room, item: Locator, name: str) -> None:
    do(room, item, "More actions")
    room.page.get_by_role("menuitem", name=name).click()


def write_again(room: Room) -> None:
    """Another version of the last reply, whole."""
    do(room, room.reply, "Write another version")
    expect(versions(room.reply)).to_have_text("2 / 2")
    room.expect_status("done")


def versions(item: Locator) -> Locator:
    return item.locator("[data-versions] > span")


class TestByMouse:
    def test_another_version_stands_beside_the_reply_and_one_can_go_back(self, told: Room) -> None:
        first = told.reply.get_attribute("data-message")
        write_again(told)
        told.reply.get_by_role("button", name="Previous version").click()
        expect(versions(told.reply)).to_have_text("1 / 2")
        expect(told.reply).to_have_attribute("data-message", str(first))
        expect(told.reply.get_by_role("button", name="Next version")).to_be_focused()

    def test_what_followed_a_version_comes_back_with_it(self, told: Room) -> None:
        say(told, "Second [tokens=3]")
        expect(told.messages).to_have_count(4)
        reply = told.replies.first
        do(told, reply, "Write another version")
        expect(told.messages).to_have_count(2)
        told.expect_status("done")
        told.reply.get_by_role("button", name="Previous version").click()
        expect(told.messages).to_have_count(4)
        expect(told.own.last).to_contain_text("Second")

    def test_an_edited_message_is_answered_and_the_old_one_is_kept(self, told: Room) -> None:
        do(told, told.own.last, "Edit")
        area = told.page.get_by_role("textbox", name="Another wording")
        expect(area).to_have_value("First [tokens=5]")
        area.fill("Otherwise [tokens=3]")
        told.page.get_by_role("button", name="Save", exact=True).click()
        expect(versions(told.own.last)).to_have_text("2 / 2")
        expect(told.own.last).to_contain_text("Otherwise")
        told.expect_status("done")
        told.own.last.get_by_role("button", name="Previous version").click()
        expect(told.own.last).to_contain_text("First")

    def test_a_branch_begins_where_it_is_asked_to_and_the_outline_leads_back(self, told: Room) -> None:
        say(told, "Second [tokens=3]")
        do(told, told.replies.first, "Start a branch from here")
        expect(told.messages).to_have_count(2)
        say(told, "Elsewhere [tokens=3]")
        expect(told.messages).to_have_count(4)
        told.page.get_by_role("button", name="Paths, bookmarks and days").click()
        rows = told.page.locator("[data-path]")
        expect(rows).to_have_count(2)
        rows.filter(has_text="Second").locator("[data-path-select] button").click()
        expect(told.own.last).to_contain_text("Second")

    def test_a_path_has_a_name_and_can_be_the_one_that_counts(self, told: Room) -> None:
        write_again(told)
        told.page.get_by_role("button", name="Paths, bookmarks and days").click()
        row = told.page.locator("[data-path]").last
        row.get_by_label("Name this path").click()
        row.get_by_role("textbox", name="Name of this path").fill("The lamp goes out")
        row.get_by_role("button", name="Save").click()
        expect(told.page.locator("[data-path]").last).to_contain_text("The lamp goes out")
        star = told.page.locator("[data-path]").last.get_by_role("button", name="The path that counts")
        star.click()
        expect(star).to_have_attribute("aria-pressed", "true")

    def test_a_reply_goes_on_from_its_last_word(self, told: Room) -> None:
        said = told.said()
        more(told, told.reply, "Continue from its last word")
        expect(versions(told.reply)).to_have_text("2 / 2")
        told.expect_status("done")
        assert told.said().startswith(said)
        assert len(told.said()) > len(said)

    def test_what_is_deleted_comes_back_by_its_button(self, told: Room) -> None:
        say(told, "Second [tokens=3]")
        more(told, told.own.last, "Delete, with what follows")
        expect(told.messages).to_have_count(2)
        expect(told.draft).to_be_focused()
        told.page.get_by_role("button", name="Undo").click()
        expect(told.messages).to_have_count(4)
        expect(told.own.last).to_contain_text("Second")

    def test_what_is_hidden_is_marked_and_shown_again(self, told: Room) -> None:
        more(told, told.own.last, "Hide it from the characters")
        expect(told.own.last).to_contain_text("Characters do not see this")
        more(told, told.own.last, "Show it to the characters again")
        expect(told.own.last).not_to_contain_text("Characters do not see this")

    def test_a_bookmark_leads_back(self, told: Room) -> None:
        do(told, told.own.last, "Bookmark")
        expect(told.own.last.locator("[data-bookmarked]")).to_be_visible()
        told.page.get_by_role("button", name="Paths, bookmarks and days").click()
        told.page.locator("[data-paths] a.path-open").click()
        expect(told.page).to_have_url(re.compile(r"around=.*#m-"))
        expect(told.own.last.locator("article")).to_be_focused()

    def test_everything_up_to_here_goes_into_a_new_chat(self, told: Room) -> None:
        say(told, "Second [tokens=3]")
        old = told.page.url
        more(told, told.replies.first, "Copy up to here into a new chat")
        expect(told.page).not_to_have_url(old)
        expect(told.messages).to_have_count(2)

    def test_the_receipt_says_what_a_reply_was_made_from(self, told: Room) -> None:
        more(told, told.reply, "How this reply came about")
        panel = told.page.get_by_role("dialog", name="How this reply came about")
        expect(panel.get_by_role("row", name="Who the character is")).to_be_visible()
        expect(panel.get_by_role("row", name="Kept for the reply")).to_be_visible()

    def test_an_older_receipt_does_not_come_over_a_newer_one(self, told: Room, page: Page) -> None:
        say(told, "Second [tokens=3]")
        held: list[Route] = []
        first = told.replies.first.get_attribute("data-message")
        page.route(f"**/replies/{first}/details/", lambda route: held.append(route))
        with page.expect_request(f"**/replies/{first}/details/"):
            more(told, told.replies.first, "How this reply came about")
        panel = page.get_by_role("dialog", name="How this reply came about")
        panel.get_by_role("button", name="Close").click()
        more(told, told.reply, "How this reply came about")
        expect(panel).to_contain_text("3 tokens")
        with page.expect_response(f"**/replies/{first}/details/"):
            held[0].continue_()
        page.evaluate("() => fetch('/health').then(() => null)")
        expect(panel).to_contain_text("3 tokens")

    def test_what_would_be_sent_is_shown_before_it_is(self, told: Room) -> None:
        told.draft.fill("A thought about herring")
        told.page.get_by_role("button", name="What would be sent").click()
        panel = told.page.get_by_role("dialog", name="What would be sent")
        expect(panel.get_by_role("row", name="The message")).to_be_visible()
        panel.get_by_text("The whole prompt").click()
        expect(panel.get_by_text("A thought about herring")).to_be_visible()

    def test_a_note_of_the_author_is_read_with_the_next_message(self, told: Room) -> None:
        told.page.get_by_role("button", name="How this chat is told").click()
        panel = told.page.get_by_role("dialog", name="How this chat is told")
        panel.get_by_label("Author’s note").fill("It is raining.")
        panel.get_by_role("button", name="Save").click()
        expect(panel).to_be_hidden()
        told.page.get_by_role("button", name="What would be sent").click()
        shown = told.page.get_by_role("dialog", name="What would be sent")
        shown.get_by_text("The whole prompt").click()
        expect(shown).to_contain_text("It is raining.")


class TestByKeyboard:
    """Not one press of a mouse."""

    def to(self, room: Room, up: int) -> None:
        """The message so many above the last one: a stop of Tab, and then arrows."""
        room.messages.last.locator("article").focus()
        for _ in range(up):
            room.page.keyboard.press("ArrowUp")

    def tab_to(self, room: Room, name: str) -> None:
        for _ in range(16):
            room.page.keyboard.press("Tab")
            if room.page.evaluate("() => document.activeElement.getAttribute('aria-label')") == name:
                return
        raise AssertionError(name)

    def test_messages_are_one_stop_of_tab_and_arrows_lead_through_them(self, told: Room) -> None:
        say(told, "Second [tokens=3]")
        told.scroller.focus()
        told.page.keyboard.press("Tab")
        expect(told.messages.last.locator("article")).to_be_focused()
        told.page.keyboard.press("ArrowUp")
        expect(told.own.last.locator("article")).to_be_focused()
        told.page.keyboard.press("ArrowUp")
        told.page.keyboard.press("ArrowDown")
        expect(told.own.last.locator("article")).to_be_focused()

    def test_another_version_and_back(self, told: Room) -> None:
        self.to(told, 0)
        self.tab_to(told, "Write another version")
        told.page.keyboard.press("Enter")
        expect(versions(told.reply)).to_have_text("2 / 2")
        told.expect_status("done")
        self.to(told, 0)
        self.tab_to(told, "Previous version")
        told.page.keyboard.press("Enter")
        expect(versions(told.reply)).to_have_text("1 / 2")
        expect(told.reply.get_by_role("button", name="Next version")).to_be_focused()
        told.page.keyboard.press("Enter")
        expect(versions(told.reply)).to_have_text("2 / 2")

    def test_arrow_up_in_an_empty_composer_edits_what_one_said_last(self, told: Room) -> None:
        told.draft.focus()
        told.page.keyboard.press("ArrowUp")
        area = told.page.get_by_role("textbox", name="Another wording")
        expect(area).to_be_focused()
        told.page.keyboard.press("Control+A")
        told.page.keyboard.type("Otherwise [tokens=3]")
        told.page.keyboard.press("Control+Enter")
        expect(versions(told.own.last)).to_have_text("2 / 2")
        told.expect_status("done")

    def test_escape_leaves_the_words_as_they_were(self, told: Room) -> None:
        told.draft.focus()
        told.page.keyboard.press("ArrowUp")
        expect(told.page.get_by_role("textbox", name="Another wording")).to_be_focused()
        told.page.keyboard.type(" and more")
        told.page.keyboard.press("Escape")
        expect(told.page.get_by_role("textbox", name="Another wording")).to_have_count(0)
        expect(told.own.last.locator("article")).to_be_focused()
        expect(told.own.last).not_to_contain_text("and more")

    def test_the_menu_opens_walks_and_closes(self, told: Room) -> None:
        self.to(told, 0)
        self.tab_to(told, "More actions")
        told.page.keyboard.press("Enter")
        items = told.page.get_by_role("menuitem")
        expect(items.first).to_be_focused()
        told.page.keyboard.press("ArrowDown")
        expect(items.nth(1)).to_be_focused()
        told.page.keyboard.press("Escape")
        expect(items.first).to_be_hidden()

    def test_a_bookmark_leaves_the_reader_where_they_are(self, told: Room) -> None:
        self.to(told, 1)
        self.tab_to(told, "Bookmark")
        told.page.keyboard.press("Enter")
        expect(told.own.last.locator("[data-bookmarked]")).to_be_visible()
        expect(told.own.last.locator("article")).to_be_focused()

    def test_arrow_up_twice_opens_one_field(self, told: Room) -> None:
        told.draft.focus()
        told.page.keyboard.press("ArrowUp")
        told.page.keyboard.press("ArrowUp")
        area = told.page.get_by_role("textbox", name="Another wording")
        expect(area).to_be_focused()
        told.draft.focus()
        told.page.keyboard.press("ArrowUp")
        expect(area).to_be_focused()
        expect(told.page.locator("form.edit")).to_have_count(1)

    def test_delete_and_undo(self, told: Room) -> None:
        say(told, "Second [tokens=3]")
        self.to(told, 1)
        self.tab_to(told, "More actions")
        told.page.keyboard.press("Enter")
        told.page.get_by_role("menuitem", name="Delete, with what follows").focus()
        told.page.keyboard.press("Enter")
        expect(told.messages).to_have_count(2)
        expect(told.page.get_by_role("button", name="Undo")).to_be_visible()
        told.scroller.focus()
        told.page.keyboard.press("Control+z")
        expect(told.messages).to_have_count(4)

    def test_the_outline_of_paths(self, told: Room) -> None:
        self.to(told, 0)
        self.tab_to(told, "Write another version")
        told.page.keyboard.press("Enter")
        expect(versions(told.reply)).to_have_text("2 / 2")
        told.expect_status("done")
        told.page.get_by_role("button", name="Paths, bookmarks and days").focus()
        told.page.keyboard.press("Enter")
        rows = told.page.locator("[data-path-select] button")
        expect(rows.first).to_be_focused()
        rows.last.focus()
        told.page.keyboard.press("Enter")
        expect(versions(told.reply)).to_have_text("1 / 2")


class TestTwoTabs:
    def test_a_version_chosen_in_one_is_shown_in_the_other(self, told: Room, page: Page, person: Person) -> None:
        other = Room(page.context.new_page(), person.url, told.chat).open()
        expect(other.messages).to_have_count(2)
        write_again(told)
        expect(versions(other.reply)).to_have_text("2 / 2")
        told.reply.get_by_role("button", name="Previous version").click()
        expect(versions(other.reply)).to_have_text("1 / 2")
        expect(other.messages).to_have_count(2)

    def test_what_is_deleted_in_one_is_gone_from_the_other(self, told: Room, page: Page, person: Person) -> None:
        say(told, "Second [tokens=3]")
        other = Room(page.context.new_page(), person.url, told.chat).open()
        expect(other.messages).to_have_count(4)
        more(told, told.own.last, "Delete, with what follows")
        expect(other.messages).to_have_count(2)


def test_a_reply_in_progress_on_another_path_stays_there(page: Page, person: Person) -> None:
    line = Line(page)
    room = Room(page, person.url, person.new_chat()).open()
    room.send("[tokens=1 delay=600]")
    expect(room.messages).to_have_count(2)
    do(room, room.own.last, "Edit")
    page.get_by_role("textbox", name="Another wording").fill("Otherwise [tokens=3]")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(room.own.last).to_contain_text("Otherwise")
    expect(room.messages).to_have_count(2)
    line.heard.clear()
    page.reload()
    eventually(lambda: page.title() and any('"chat.state"' in frame for frame in line.heard), "the state")
    page.wait_for_load_state("networkidle")
    expect(room.messages).to_have_count(2)
    expect(room.own.last).to_contain_text("Otherwise")


def test_a_link_to_a_message_of_another_path_goes_there(told: Room, page: Page) -> None:
    first = told.reply.get_attribute("data-message")
    write_again(told)
    page.goto(f"{told.url}/chats/{told.chat}/?around={first}#m-{first}")
    expect(told.reply).to_have_attribute("data-message", str(first))
    expect(versions(told.reply)).to_have_text("1 / 2")
    expect(page.locator("[data-elsewhere]")).to_have_count(0)
    page.goto(f"{told.url}/chats/{told.chat}/")
    expect(told.reply).to_have_attribute("data-message", str(first))
