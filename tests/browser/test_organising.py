"""The list of chats: folders, pins, tags, the archive, the trash, with a mouse and with the keyboard alone."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import sign_in
from tests.browser.test_pages import _check
from tests.client import Person
from tests.stack import Stack, eventually

Body = dict[str, str | int | bool | list[str]]


@pytest.fixture
def person(stack: Stack) -> Person:
    """Somebody new for each test: a list is only as readable as it is short."""
    person = Person(stack.url).sign_up(f"{uuid4()}@example.org")
    for chat in re.findall(r'data-item="([^"]+)"', person.http.get("/chats/rows/").text):
        post(person, f"/chats/{chat}/delete/")
    return person


def post(person: Person, path: str, fields: dict[str, str] | None = None) -> None:
    headers = {"X-CSRFToken": person.http.cookies.get("csrftoken") or "", "Referer": person.url}
    person.http.post(path, data=fields or {}, headers=headers).raise_for_status()


@pytest.fixture
def shots(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path


def ask(person: Person, verb: str, path: str, body: Body) -> dict[str, str]:
    """Over the REST door."""
    headers = {"X-CSRFToken": person.http.cookies.get("csrftoken") or "", "Referer": person.url}
    answer = person.http.request(verb, f"/api/v2/{path}", json=body, headers=headers)
    answer.raise_for_status()
    said: dict[str, str] = answer.json()
    return said


def named(person: Person, *titles: str) -> list[str]:
    """Chats of these names, the first one used last."""
    chats = []
    for title in reversed(titles):
        chat = person.new_chat()
        post(person, f"/chats/{chat}/title/", {"title": title})
        chats.append(chat)
    return chats[::-1]


def folder(person: Person, name: str, *chats: str) -> str:
    made = ask(person, "POST", "folders", {"name": name})["id"]
    for chat in chats:
        ask(person, "PATCH", f"chats/{chat}/place", {"folder": made, "position": 1000})
    return made


def opened(page: Page, person: Person, path: str = "/personas/") -> Page:
    page.goto(person.url + path)
    return page


def rows(page: Page, group: str) -> Locator:
    return page.locator(f"#side [data-group={group}] .chat-row-title")


def row(page: Page, title: str) -> Locator:
    return page.locator("#side [data-chat-row]").filter(has=page.get_by_text(title, exact=True))


def opened_menu(page: Page, title: str) -> Locator:
    row(page, title).hover()
    page.locator("#side").get_by_role("link", name=f"More about “{title}”").click()
    menu = page.locator("[data-row-popover]")
    expect(menu).to_be_visible()
    return menu


def drag(page: Page, source: Locator, target: Locator) -> None:
    """To the upper edge of the target."""
    source.hover()
    page.mouse.down()
    # A browser says where it is dragged only from the second move on.
    for offset in (8, 4):
        target.hover(position={"x": 60, "y": offset})
    with page.expect_response("**/place/"):
        page.mouse.up()


class TestByMouse:
    def test_a_chat_is_dragged_into_a_folder_to_a_place_and_out_again(self, page: Page, person: Person) -> None:
        first, second, *_ = named(person, "Harbour", "Lamp room", "Thesis")
        folder(person, "Story nights", first, second)
        opened(page, person)
        drag(page, row(page, "Thesis"), row(page, "Lamp room"))
        expect(rows(page, "folder")).to_have_text(["Harbour", "Thesis", "Lamp room"])
        page.reload()
        expect(rows(page, "folder")).to_have_text(["Harbour", "Thesis", "Lamp room"])
        drag(page, row(page, "Harbour"), page.locator("#side [data-group=rest]"))
        expect(rows(page, "rest")).to_have_text(["Harbour"])
        page.reload()
        expect(rows(page, "folder")).to_have_text(["Thesis", "Lamp room"])
        expect(rows(page, "rest")).to_have_text(["Harbour"])

    def test_a_folder_stays_closed(self, page: Page, person: Person) -> None:
        (chat,) = named(person, "Harbour")
        folder(person, "Story nights", chat)
        opened(page, person)
        with page.expect_response("**/folders/*/"):
            page.locator("#side summary", has_text="Story nights").click()
        expect(row(page, "Harbour")).to_be_hidden()
        page.reload()
        expect(row(page, "Harbour")).to_be_hidden()

    def test_a_chat_is_pinned_renamed_and_put_into_a_new_folder_from_its_menu(
        self, page: Page, person: Person
    ) -> None:
        named(person, "Harbour", "Thesis")
        opened(page, person)
        opened_menu(page, "Thesis").get_by_role("button", name="Pin to the top").click()
        expect(rows(page, "pinned")).to_have_text(["Thesis"])
        menu = opened_menu(page, "Harbour")
        menu.get_by_text("Rename").click()
        menu.get_by_label("Name of the chat").fill("The drowned court")
        menu.get_by_role("button", name="Save", exact=True).click()
        expect(rows(page, "rest")).to_have_text(["The drowned court"])
        menu = opened_menu(page, "The drowned court")
        menu.get_by_text("Move to a folder").click()
        menu.get_by_label("New folder").fill("Story nights")
        menu.get_by_role("button", name="Move it").click()
        expect(rows(page, "folder")).to_have_text(["The drowned court"])

    def test_the_model_suggests_a_name(self, page: Page, person: Person) -> None:
        (chat,) = named(person, "Harbour")
        person.send(chat, "[tokens=2]").raise_for_status()
        opened(page, person)
        menu = opened_menu(page, "Harbour")
        menu.get_by_text("Rename").click()
        menu.get_by_role("button", name="Suggest").click()
        expect(menu.get_by_label("Name of the chat")).to_have_value("w0 w1")
        menu.get_by_role("button", name="Save", exact=True).click()
        expect(row(page, "w0 w1")).to_be_visible()

    def test_a_deleted_chat_comes_back(self, page: Page, person: Person) -> None:
        named(person, "Harbour", "Thesis")
        opened(page, person)
        opened_menu(page, "Thesis").get_by_role("button", name="Delete").click()
        expect(row(page, "Thesis")).to_be_hidden()
        page.get_by_role("button", name="Undo").click()
        expect(row(page, "Thesis")).to_be_visible()

    def test_the_open_chat_can_be_deleted_and_brought_back_from_the_page_that_comes(
        self, page: Page, person: Person
    ) -> None:
        (chat,) = named(person, "Harbour")
        person.send(chat, "[tokens=2]").raise_for_status()
        opened(page, person, f"/chats/{chat}/")
        opened_menu(page, "Harbour").get_by_role("button", name="Delete").click()
        page.wait_for_url("**/chats/")
        expect(page.locator(".toast")).to_contain_text("“Harbour” is in the trash.")
        page.get_by_role("button", name="Undo").click()
        expect(row(page, "Harbour")).to_be_visible()


class TestByKeyboardAlone:
    def test_chats_move_with_alt_and_an_arrow(self, page: Page, person: Person) -> None:
        first, second, *_ = named(person, "Harbour", "Lamp room", "Thesis")
        folder(person, "Story nights", first)
        folder(person, "Work", second)
        opened(page, person)
        heard = page.locator("[data-announce=polite]")
        row(page, "Thesis").focus()
        page.keyboard.press("Alt+ArrowUp")
        expect(heard).to_have_text("Thesis: number 2 of 2 in Work")
        page.keyboard.press("Alt+ArrowUp")
        expect(heard).to_have_text("Thesis: number 1 of 2 in Work")
        page.keyboard.press("Alt+ArrowUp")
        expect(heard).to_have_text("Thesis: number 2 of 2 in Story nights")
        expect(row(page, "Thesis")).to_be_focused()
        page.wait_for_load_state("networkidle")
        page.reload()
        expect(rows(page, "folder")).to_have_text(["Harbour", "Thesis", "Lamp room"])
        row(page, "Lamp room").focus()
        page.keyboard.press("Alt+ArrowDown")
        expect(heard).to_have_text("Lamp room: in no folder")
        page.keyboard.press("Alt+ArrowDown")
        expect(heard).to_contain_text("These stand by when they were used.")

    def test_moves_in_quick_succession_end_where_the_last_one_leads(self, page: Page, person: Person) -> None:
        chats = named(person, "One", "Two", "Three", "Four")
        folder(person, "Story nights", *chats)
        opened(page, person)
        presses, held, moves = 3, list[Route](), list[str]()
        page.route("**/place/", lambda route: held.append(route), times=1)
        page.on("response", lambda answer: moves.append(answer.url[-7:]))
        row(page, "Four").focus()
        for _ in range(presses):
            page.keyboard.press("Alt+ArrowUp")
        expect(page.locator("[data-announce=polite]")).to_have_text("Four: number 1 of 4 in Story nights")
        page.evaluate("() => fetch('/health').then(() => null)")
        held[0].continue_()
        eventually(lambda: page.title() and moves.count("/place/") == presses, "the moves have arrived")
        expect(rows(page, "folder")).to_have_text(["Four", "One", "Two", "Three"])
        page.reload()
        expect(rows(page, "folder")).to_have_text(["Four", "One", "Two", "Three"])

    def test_a_chat_is_renamed_archived_and_deleted_and_undone(self, page: Page, person: Person) -> None:
        named(person, "Harbour", "Thesis")
        opened(page, person)
        row(page, "Harbour").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        menu = page.locator("[data-row-popover]")
        expect(menu.get_by_role("button", name="Pin to the top")).to_be_focused()
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()
        page.keyboard.press("Enter")
        expect(menu.get_by_role("button", name="Pin to the top")).to_be_focused()
        for _ in range(3):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Control+a")
        page.keyboard.type("The lamp room")
        page.keyboard.press("Enter")
        expect(row(page, "The lamp room")).to_be_visible()
        expect(page.locator("#side").get_by_role("link", name="More about “The lamp room”")).to_be_focused()
        page.keyboard.press("Enter")
        menu.get_by_role("button", name="Archive").focus()
        page.keyboard.press("Enter")
        expect(row(page, "The lamp room")).to_be_hidden()
        page.locator("body").press("Control+z")
        expect(row(page, "The lamp room")).to_be_visible()


class TestUnread:
    def test_a_reply_in_another_chat_marks_its_row_and_the_title(self, page: Page, person: Person) -> None:
        here, there = named(person, "Harbour", "Thesis")
        opened(page, person, f"/chats/{here}/")
        expect(page).not_to_have_title(re.compile(r"^\("))
        reply = person.send(there, "[tokens=3]").json()["reply_id"]
        eventually(lambda: person.reply(reply)["status"] == "done" or None, "the reply")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(row(page, "Thesis")).to_contain_text("1 unread")
        expect(page).to_have_title(re.compile(r"^\(1\) "))


class TestSeveralAtOnce:
    def test_they_are_ticked_archived_tagged_and_brought_back(self, page: Page, person: Person) -> None:
        named(person, "One", "Two", "Three", "Four")
        ask(person, "POST", "tags", {"name": "Story", "hue": 268})
        opened(page, person, "/chats/all/")
        tools = page.get_by_role("group", name="With the chats that are ticked")
        expect(tools.get_by_role("button", name="Archive")).to_be_disabled()
        picks = page.locator("[data-bulk-one]")
        picks.nth(0).check()
        picks.nth(2).click(modifiers=["Shift"])
        expect(tools.get_by_text("3 selected")).to_be_visible()
        tools.get_by_role("button", name="Archive").click()
        expect(page.locator("[data-pick]")).to_have_count(1)
        expect(page.locator(".toast")).to_contain_text("3 chats are in the archive.")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("[data-pick]")).to_have_count(4)
        page.get_by_role("checkbox", name="Select all").check()
        tools.get_by_role("button", name="Tag", exact=True).click()
        expect(page.locator("[data-pick] [data-dot]")).to_have_count(4)
        page.get_by_role("checkbox", name="Select all").check()
        tools.get_by_role("button", name="Delete").click()
        expect(page.locator("[data-pick]")).to_have_count(0)
        opened(page, person, "/chats/trash/")
        page.get_by_role("button", name="Bring back Two").click()
        page.wait_for_url(re.compile("/chats/[0-9a-f-]{36}/"))
        expect(row(page, "Two")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nobody_is_shut_out(chromium: Browser, person: Person, shots: Path, theme: str, width: int) -> None:
    first, second, third, fourth, fifth = named(person, "The lamp room", "Thesis", "Old", "Gone", "Pinned one")
    folder(person, "Story nights", first, second)
    folder(person, "Quiet")
    ask(person, "PATCH", f"chats/{fifth}/place", {"pinned": True})
    ask(person, "PATCH", f"chats/{third}/place", {"archived": True})
    tag = ask(person, "POST", "tags", {"name": "Story", "hue": 268})["id"]
    ask(person, "PUT", f"chats/{first}/tags", {"tags": [tag]})
    post(person, f"/chats/{fourth}/delete/")
    person.send(first, "[tokens=3]").raise_for_status()
    reply = person.send(second, "[tokens=3]").json()["reply_id"]
    eventually(lambda: person.reply(reply)["status"] == "done" or None, "the reply")
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        is_mobile=width < 500,
        has_touch=width < 500,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    sign_in(context, person)
    page = context.new_page()
    found = []
    for path in ("/chats/all/", "/chats/archive/", "/chats/trash/", f"/chats/{first}/place/", f"/chats/{first}/"):
        opened(page, person, path)
        name = path.strip("/").replace(first, "one").replace("/", "-")
        found += [f"{path}: {complaint}" for complaint in _check(page)]
        page.screenshot(path=shots / f"{name}-{width}-{theme}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    if width < 500:
        page.locator("[data-drawer=side]").click()
        found += [f"drawer: {complaint}" for complaint in _check(page)]
        page.screenshot(path=shots / f"drawer-{width}-{theme}.png")
    menu = opened_menu(page, "The lamp room")
    menu.get_by_text("Rename").click()
    found += [f"menu: {complaint}" for complaint in _check(page)]
    page.screenshot(path=shots / f"menu-{width}-{theme}.png")
    context.close()
    assert found == []
