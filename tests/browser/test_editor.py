"""The editor in a browser: two views of one sheet, a preview that follows, and nothing that gets lost."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from characters.sections import composed, divided, kept
from tests.browser.conftest import sign_in
from tests.browser.test_layout import TOO_WIDE
from tests.browser.test_pages import _check
from tests.client import Person
from tests.stack import ROOT

SHEET = "# Mira\n\n## Intent\nKeeps the lamp.\n\n## Quirks\nLikes *brass*.\n"
PORTRAIT = ROOT / "static/img/portraits/azera.webp"


class Desk:
    """One character of the person's, open in the editor."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.state = page.locator("[data-saved]")
        self.sheet = page.locator("#id_sheet")
        self.preview = page.locator("[data-sheet-html]")
        self.sections = page.locator("[data-section]")
        page.goto(f"{url}/characters/new/")
        page.get_by_label("Name", exact=True).fill(f"Mira {uuid4().hex[:6]}")
        page.get_by_role("button", name="Create", exact=True).click()
        page.wait_for_url("**/edit/")
        self.address = page.url

    def open(self, query: str = "") -> None:
        self.page.goto(self.address + query)

    def write(self, text: str = SHEET) -> None:
        self.page.get_by_role("link", name="Markdown").click()
        self.sheet.fill(text)

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
        expect(self.state).to_contain_text(re.compile(r"^Saved \d"))

    def say(self, text: str) -> None:
        expect(self.state).to_contain_text(text, timeout=10_000)


@pytest.fixture
def desk(page: Page, person: Person) -> Desk:
    return Desk(page, person.url)


def test_the_preview_follows_the_last_key_and_the_reader_stays_where_they_were(desk: Desk, page: Page) -> None:
    desk.write(SHEET + "\n".join(f"Line {n}.\n" for n in range(80)))
    expect(desk.preview).to_contain_text("Line 79.")
    scroller = page.locator("[data-preview-scroll]")
    scroller.evaluate("box => { box.scrollTop = 500; }")
    desk.sheet.press("Control+End")
    page.evaluate(
        """() => {
            const seen = new MutationObserver(() => { window.took = performance.now() - window.typed; });
            document.querySelector("#id_sheet").addEventListener("input", () => { window.typed = performance.now(); });
            seen.observe(document.querySelector("[data-sheet-html]"), { childList: true });
        }"""
    )
    desk.sheet.press_sequentially("!")
    expect(desk.preview).to_contain_text("!")
    # 200 ms of silence, then the server; a test's machine is slower than a home's.
    assert page.evaluate("window.took") < 1500
    assert scroller.evaluate("box => box.scrollTop") == 500
    expect(page.locator("[data-section-list] a")).to_have_count(2)
    assert int(page.locator("[data-tokens]").inner_text()) > 200


def test_both_views_say_the_same_and_switching_loses_nothing(desk: Desk, page: Page) -> None:
    odd = "# Mira \n\n\n##  Intent  \n\n    code\n\n##No heading\n\n## Quirks\nLikes *brass*.\n\n\n"
    desk.write(odd)
    page.get_by_role("link", name="Form").click()
    expect(desk.sections).to_have_count(2)
    page.get_by_role("link", name="Markdown").click()
    expect(desk.sheet).to_have_value(odd)
    page.get_by_role("link", name="Form").click()
    desk.sections.nth(1).get_by_label("Title of the section").fill("Habits")
    page.get_by_role("link", name="Markdown").click()
    expect(desk.sheet).to_have_value("# Mira\n\n## Intent\n    code\n\n##No heading\n\n## Habits\nLikes *brass*.\n")


def test_the_browser_and_the_server_divide_sheets_alike(desk: Desk, page: Page) -> None:
    sheets = [
        "", "x", SHEET, "## A\n## B\n\n\ntext  \n", "\n\n# N\r\n\r\n## A\r\ntext\r\n", "##\n## \n##\tTab\t\nb",
        "  \n    code\n## A\n  \n    code", "## A ## B\n### C\n## D ", "# A\n\n## \u00c9\u00e8\n\u4e2d",
    ]  # fmt: skip
    found = page.evaluate(
        """async ({ address, sheets }) => {
            const { divided, composed, kept } = await import(address);
            return sheets.map((sheet) => {
                const { preamble, sections } = divided(sheet);
                return [preamble, sections.map(({ title, body }) => [title, body]), composed(preamble, sections),
                    kept(sheet, preamble, sections)];
            });
        }""",
        {"address": sheet_module(page), "sheets": sheets},
    )
    for sheet, (preamble, sections, text, again) in zip(sheets, found, strict=True):
        outline = divided(sheet)
        assert (preamble, sections) == (outline.preamble, [[one.title, one.body] for one in outline.sections])
        assert text == composed(outline.preamble, outline.sections)
        assert again == kept(sheet, outline.preamble, outline.sections) == sheet


def sheet_module(page: Page) -> str:
    """Where the page's own script has it from, whatever the name of the file is by now."""
    addresses: list[str] = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    return next(address for address in addresses if "/characters/sheet" in address)


def test_sections_are_added_moved_and_removed_by_keyboard(desk: Desk, page: Page) -> None:
    desk.write()
    page.get_by_role("link", name="Form").click()
    first = desk.sections.first.get_by_label("Title of the section")
    first.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(desk.sections.first.get_by_label("Title of the section")).to_have_value("Quirks")
    expect(desk.sections.nth(1).get_by_label("Title of the section")).to_be_focused()
    desk.sections.first.get_by_role("button", name="Remove the section").press("Enter")
    expect(desk.sections).to_have_count(1)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(desk.sections).to_have_count(2)
    page.get_by_role("group", name="Sections of the profile").get_by_role("button", name="Add a section").press(
        "Enter"
    )
    page.keyboard.type("Secrets")
    page.keyboard.press("Tab")
    page.get_by_role("link", name="Markdown").click()
    expect(desk.sheet).to_have_value(
        "# Mira\n\n## Quirks\nLikes *brass*.\n\n## Intent\nKeeps the lamp.\n\n## Secrets\n"
    )


def test_the_toolbar_writes_what_its_buttons_say(desk: Desk, page: Page) -> None:
    desk.write("lamp\nsea")
    desk.sheet.evaluate("area => area.setSelectionRange(0, 4)")
    page.get_by_role("button", name="Bold").click()
    expect(desk.sheet).to_have_value("**lamp**\nsea")
    page.keyboard.press("Control+b")
    expect(desk.sheet).to_have_value("lamp\nsea")
    desk.sheet.evaluate("area => area.setSelectionRange(0, 8)")
    page.get_by_role("button", name="List").click()
    expect(desk.sheet).to_have_value("- lamp\n- sea")
    page.keyboard.press("Control+z")
    expect(desk.sheet).to_have_value("lamp\nsea")


def test_a_draft_is_kept_by_itself_and_save_makes_it_a_version(desk: Desk, page: Page) -> None:
    desk.write()
    desk.say("Draft kept")
    desk.open("?view=markdown")
    expect(page.locator("[data-draft-banner]")).to_contain_text("You have unsaved changes from")
    expect(desk.sheet).to_have_value(SHEET)
    desk.save()
    expect(page.locator("[data-draft-banner]")).to_have_count(0)
    desk.open("?view=markdown")
    expect(page.locator("[data-draft-banner]")).to_have_count(0)
    expect(desk.sheet).to_have_value(SHEET)


def test_a_lorebook_is_part_of_the_one_form_and_trying_it_out_is_no_edit(desk: Desk, page: Page) -> None:
    desk.open("?tab=lorebook")
    page.get_by_role("button", name="Add an entry").click()
    page.locator('[data-lore-rows] [data-field="keys"]').fill("lamp")
    page.locator('[data-lore-rows] [data-field="content"]').fill("It was lit in 1871.")
    desk.save()
    page.reload()
    page.locator("[data-open]").click()
    page.locator("[data-lore-text]").fill("Ann: how old is the lamp?")
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator("[data-lore-result]")).to_contain_text("1 of 1")
    expect(desk.state).to_contain_text("Saved")
    page.reload()
    expect(page.locator("[data-draft-banner]")).to_have_count(0)


def test_what_is_refused_is_said_beside_its_field_and_nothing_is_lost(desk: Desk, page: Page) -> None:
    desk.write()
    page.get_by_role("link", name="Prompt & model").click()
    page.get_by_label("Temperature").fill("9")
    page.get_by_role("link", name="Profile").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Temperature")).to_be_focused()
    expect(page.locator("ul.errorlist")).to_contain_text("less than or equal to 2")
    page.get_by_label("Temperature").fill("1")
    desk.save()
    expect(page.locator("ul.errorlist")).to_have_count(0)


def test_offline_it_is_kept_on_the_device_and_can_be_brought_back(desk: Desk, page: Page) -> None:
    desk.write()
    desk.save()
    page.context.set_offline(True)
    desk.sheet.fill(SHEET + "\nWritten on a train.\n")
    desk.say("Not kept: offline")
    # As if the browser had gone before the line was back.
    page.route("**/draft/", lambda route: route.abort())
    page.context.set_offline(False)
    page.on("dialog", lambda dialog: dialog.accept())
    desk.open("?view=markdown")
    page.unroute("**/draft/")
    expect(desk.sheet).to_have_value(SHEET)
    page.get_by_role("button", name="Bring it back").click()
    expect(desk.sheet).to_have_value(SHEET + "\nWritten on a train.\n")
    desk.say("Draft kept")


def test_whoever_was_signed_out_loses_nothing(desk: Desk, page: Page, person: Person) -> None:
    desk.write()
    cookies = page.context.cookies()
    page.context.clear_cookies(name=re.compile("session"))
    page.keyboard.press("Control+s")
    desk.say("You’ve been signed out.")
    expect(page.locator("[data-complaint]").get_by_role("link", name="Sign in")).to_be_visible()
    expect(desk.sheet).to_have_value(SHEET)
    # Signed in once more in another tab, which has another token since.
    page.context.add_cookies([one for one in cookies if "session" in one["name"]])  # type: ignore[misc]
    page.context.clear_cookies(name="csrftoken")
    desk.save()


def test_two_windows_do_not_undo_each_other(desk: Desk, page: Page) -> None:
    desk.write()
    desk.save()
    other = page.context.new_page()
    other.goto(desk.address + "?view=markdown")
    desk.sheet.fill(SHEET + "\nHere.\n")
    desk.save()
    other.locator("#id_sheet").fill(SHEET + "\nThere.\n")
    other.keyboard.press("Control+s")
    expect(other.get_by_role("alert").filter(has_text="was saved elsewhere")).to_be_visible()
    other.get_by_text("How yours differs").click()
    expect(other.locator(".difference-text del")).to_contain_text("Here")
    expect(other.locator(".difference-text ins")).to_contain_text("There")
    other.get_by_role("link", name="Markdown").click()
    expect(other.locator("#id_sheet")).to_have_value(SHEET + "\nThere.\n")
    other.keyboard.press("Control+s")
    expect(other.locator(".meanwhile")).to_have_count(0)
    other.close()


def test_a_portrait_is_cut_by_keyboard_and_what_is_written_stays(desk: Desk, page: Page) -> None:
    desk.write()
    page.locator("[data-face-file]").set_input_files(PORTRAIT)
    box = page.locator("[data-crop-box]")
    expect(box).to_be_focused()
    for key in ("-", "-", "-", "ArrowRight"):
        page.keyboard.press(key)
    assert float(page.locator("[data-crop-side=w]").input_value()) < 0.96
    page.get_by_role("button", name="Use this part").click()
    expect(page.locator("[data-portrait] img")).to_have_attribute(
        "src", re.compile(r"/pictures/[0-9a-f]{64}/480\.webp")
    )
    assert page.locator("[data-portrait] img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    expect(desk.sheet).to_have_value(SHEET)
    desk.save()


def test_greetings_are_added_and_shown_as_in_the_chat(desk: Desk, page: Page) -> None:
    page.get_by_role("link", name="Dialogue").click()
    page.get_by_label("First message").fill("*The lamp turns.* Sit, {{user}}.")
    look = page.locator("[data-panel=greetings] [data-preview-html]")
    expect(look.first).to_contain_text("The lamp turns. Sit, Protag.")
    page.get_by_role("button", name="Add a greeting").first.click()
    page.keyboard.type("Again?")
    expect(look.nth(1)).to_contain_text("Again?")
    desk.save()
    desk.open("?tab=greetings")
    expect(page.get_by_label("Greeting", exact=True)).to_have_value("Again?")


def test_leaving_asks_while_something_is_nowhere_but_on_the_page(desk: Desk, page: Page) -> None:
    page.route("**/draft/", lambda route: route.abort())
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    desk.write()
    page.locator(".brand").first.click()
    page.wait_for_url("**/chats/**")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nobody_is_shut_out_of_the_pages_of_ones_own(
    chromium: Browser, person: Person, theme: str, width: int
) -> None:
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
    desk = Desk(page, person.url)
    found = [f"form: {each}" for each in _check(page)]
    desk.write()
    found += [f"markdown: {each}" for each in _check(page)]
    desk.save()
    for tab in ("Dialogue", "Prompt & model", "Sharing"):
        page.get_by_role("link", name=tab).click()
        found += [f"{tab}: {each}" for each in _check(page)]
    paths = ("/characters/new/", "/characters/yours/", desk.address.replace("/edit/", "/versions/"))
    for path in (*paths, desk.address.replace("/edit/", "/versions/2/")):
        page.goto(path if path.startswith("http") else person.url + path)
        found += [f"{path}: {each}" for each in _check(page)]
    context.close()
    assert found == []


def test_nothing_scrolls_sideways_on_the_narrowest_screen(chromium: Browser, person: Person) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    sign_in(context, person)
    page = context.new_page()
    desk = Desk(page, person.url)
    wide = TOO_WIDE.replace(".page,", ".page, .ed-scroll, .ed-page, .ed-side, .ed-preview, .ed,")
    desk.write(SHEET + "x" * 300)
    expect(desk.preview).to_contain_text("xxx")
    assert page.evaluate(wide) == []
    for tab in ("Dialogue", "Prompt & model", "Sharing"):
        page.get_by_role("link", name=tab).click()
        assert page.evaluate(wide) == []
    for path in ("/characters/new/", "/characters/yours/"):
        page.goto(person.url + path)
        assert page.evaluate(wide) == []
    context.close()


def test_it_works_without_scripts(chromium: Browser, person: Person, tmp_path: Path) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    sign_in(context, person)
    page = context.new_page()
    desk = Desk(page, person.url)
    page.get_by_label("Title of the section").last.fill("Secrets")
    page.get_by_label("Text of the section").last.fill("None yet.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Title of the section").nth(-2)).to_have_value("Secrets")
    expect(desk.preview).to_contain_text("None yet.")
    desk.open("?tab=greetings")
    page.get_by_label("First message").fill("You came.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-panel=greetings] [data-preview-html]").first).to_contain_text("You came.")
    desk.open("?view=markdown")
    expect(desk.sheet).to_have_value(re.compile(r"## Secrets\nNone yet\.\n$"))
    context.close()
