"""The table of a lorebook as people have it before them: written in, tried, saved, and large."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.json import Json
from tests.browser.conftest import sign_in
from tests.browser.test_pages import AXE, TAGS
from tests.client import Person

HARBOUR: list[Json] = [
    {"keys": ["tide"], "name": "Tide", "content": "It is late.", "insertion_order": 10},
    {"keys": ["moon"], "name": "Moon", "content": "It is full.", "insertion_order": 20, "x_own": "kept"},
]


def book(person: Person, entries: list[Json]) -> str:
    """A new one; answers its id."""
    headers = {"X-CSRFToken": person.http.cookies["csrftoken"], "Referer": person.url}
    body = {"name": f"Harbour {uuid4().hex[:6]}", "entries": entries}
    answer = person.http.post("/api/v2/lorebooks", json=body, headers=headers)
    answer.raise_for_status()
    return str(answer.json()["id"])


def saved(person: Person, book_id: str) -> list[dict[str, Json]]:
    entries: list[dict[str, Json]] = person.http.get(f"/api/v2/lorebooks/{book_id}").json()["book"]["data"]["entries"]
    return entries


def row(page: Page, name: str) -> Locator:
    return page.locator("[data-entry]", has_text=name)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-lore-saved]")).to_have_text("Saved")


@pytest.fixture
def harbour(page: Page, person: Person) -> str:
    book_id = book(person, HARBOUR)
    page.goto(f"{person.url}/lorebooks/{book_id}/")
    return book_id


def test_an_entry_is_written_and_saved_without_a_reload(page: Page, person: Person, harbour: str) -> None:
    page.evaluate("window.sameDocument = true")
    row(page, "Tide").locator("[data-open]").click()
    box = row(page, "Tide").locator("[data-entry-fields]")
    box.locator('[data-field="content"]').fill("@@depth 2\nLater each day.")
    expect(box.locator("[data-reading]")).to_contain_text("Here: at depth 2.")
    expect(page.locator("[data-lore-saved]")).to_have_text("Not saved yet")
    save(page)
    box.locator('[data-field="keys"]').fill("tide, ebb")
    save(page)
    assert page.evaluate("window.sameDocument")
    tide, moon = saved(person, harbour)
    assert (tide["content"], tide["keys"]) == ("@@depth 2\nLater each day.", ["tide", "ebb"])
    assert moon["x_own"] == "kept"


def test_entries_are_added_copied_moved_and_deleted(page: Page, person: Person, harbour: str) -> None:
    page.get_by_role("button", name="Add an entry").click()
    page.keyboard.type("gull")
    page.locator("[data-entry]").last.locator('[data-field="name"]').fill("Gulls")
    row(page, "Moon").locator("[data-open]").click()
    row(page, "Moon").get_by_role("button", name="Duplicate").click()
    row(page, "Moon").first.get_by_role("button", name="Earlier").click()
    row(page, "Tide").locator("[data-open]").click()
    row(page, "Tide").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "Tide")).to_be_visible()
    row(page, "Gulls").get_by_role("button", name="Delete").click()
    save(page)
    found = saved(person, harbour)
    assert [(one["name"], one["insertion_order"]) for one in found] == [("Tide", 20), ("Moon", 10), ("Moon", 20)]
    assert [one.get("x_own") for one in found] == [None, "kept", "kept"]


def test_what_is_wrong_is_said_beside_its_field(page: Page, person: Person, harbour: str) -> None:
    row(page, "Moon").locator("[data-open]").click()
    box = row(page, "Moon")
    box.get_by_text("Chance, time and budget").click()
    box.locator('[data-field="probability"]').fill("lots")
    page.keyboard.press("Control+s")
    expect(box.get_by_text("This must be a number.")).to_be_visible()
    expect(box.locator('[data-field="probability"]')).to_be_focused()
    box.locator('[data-field="probability"]').fill("40")
    save(page)
    assert saved(person, harbour)[1]["extensions"] == {**_extensions(person, harbour, 0), "probability": 40}


def _extensions(person: Person, book_id: str, number: int) -> dict[str, Json]:
    found = saved(person, book_id)[number]["extensions"]
    assert isinstance(found, dict)
    return found


def test_what_is_not_saved_is_tried(page: Page, harbour: str) -> None:
    row(page, "Moon").locator("[data-open]").click()
    row(page, "Moon").locator('[data-field="keys"]').fill("lantern")
    page.get_by_label("What is said").fill("Mira: A lantern!\nProtag: And the tide?")
    page.get_by_role("button", name="Test").click()
    told = page.locator(".lore-told tbody tr")
    expect(told).to_have_count(2)
    expect(told.filter(has_text="Moon")).to_contain_text("“lantern” in message 1")
    row(page, "Moon").get_by_text("Chance, time and budget").click()
    row(page, "Moon").locator('[data-field="probability"]').fill("50")
    page.get_by_role("button", name="Test").click()
    page.get_by_role("button", name="Roll again").click()
    expect(page.get_by_text("with seed 1.")).to_be_visible()


def test_another_window_s_work_is_kept_beside_one_s_own(page: Page, person: Person, harbour: str) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    for here, name, text in ((other, "Tide", "From the other."), (page, "Moon", "From this one.")):
        row(here, name).locator("[data-open]").click()
        row(here, name).locator('[data-field="content"]').fill(text)
    save(other)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("saved elsewhere meanwhile").first).to_be_visible()
    save(page)
    assert [one["content"] for one in saved(person, harbour)] == ["From the other.", "From this one."]


def test_two_thousand_entries_can_be_worked_with(page: Page, person: Person) -> None:
    entries: list[Json] = [
        {"keys": [f"key{n}"], "name": f"Entry number {n}", "content": "A few words of it. " * 20, "id": n}
        for n in range(2000)
    ]
    book_id = book(person, entries)
    page.goto(f"{person.url}/lorebooks/{book_id}/")
    nodes = page.evaluate("document.querySelectorAll('*').length")
    assert nodes < 25_000
    page.get_by_label("Filter the entries").fill("number 1234")
    expect(page.locator("[data-lore-count]")).to_have_text("1 / 2000")
    row(page, "number 1234").locator("[data-open]").click()
    row(page, "number 1234").locator('[data-field="keys"]').fill("lighthouse")
    save(page)
    page.get_by_label("What is said").fill("The lighthouse.")
    page.get_by_role("button", name="Test").click()
    expect(page.locator(".lore-told tr[data-active]")).to_have_count(1, timeout=30_000)
    assert saved(person, book_id)[1234]["keys"] == ["lighthouse"]


def test_without_scripts_one_entry_is_open(chromium: Browser, person: Person) -> None:
    book_id = book(person, HARBOUR)
    context = chromium.new_context(java_script_enabled=False)
    sign_in(context, person)
    page = context.new_page()
    page.goto(f"{person.url}/lorebooks/{book_id}/")
    page.get_by_role("link", name=re.compile("Moon")).click()
    page.get_by_label("What is to know").fill("It is new.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{person.url}/lorebooks/{book_id}/?entry=new")
    page.locator("[name=lore-keys]").fill("gull")
    page.get_by_role("button", name="Save", exact=True).click()
    assert [(one["content"], one["keys"]) for one in saved(person, book_id)] == [
        ("It is late.", ["tide"]),
        ("It is new.", ["moon"]),
        ("", ["gull"]),
    ]
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_no_page_of_lorebooks_shuts_a_reader_out(chromium: Browser, person: Person, theme: str, width: int) -> None:
    book_id = book(person, HARBOUR)
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        is_mobile=width < 500,
        has_touch=width < 500,
        color_scheme="dark" if theme == "dark" else "light",
    )
    sign_in(context, person)
    page = context.new_page()
    for path in ("/lorebooks/", "/lorebooks/new/", f"/lorebooks/{book_id}/"):
        page.goto(person.url + path)
        if path.endswith(f"{book_id}/"):
            row(page, "Tide").locator("[data-open]").click()
            page.get_by_label("What is said").fill("tide")
            page.get_by_role("button", name="Test").click()
            page.locator(".lore-told").wait_for()
        page.evaluate(AXE.read_text())
        found = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
        assert [each["id"] for each in found["violations"]] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('.page'))")
    context.close()
