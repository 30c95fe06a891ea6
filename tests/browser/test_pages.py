"""What holds for every page: nothing forbidden, nothing missing, nothing heavy, nothing that shuts a reader out."""

from importlib.resources import files
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.browser.conftest import sign_in
from tests.browser.room import Room
from tests.client import Person
from tests.stack import ROOT

KB = 1024
FOR_ALL = [
    "/account/login/", "/account/signup/", "/account/password/reset/", "/account/password/reset/done/",
    "/account/confirm-email/", "/sign-in/link/spent/",
]  # fmt: skip
FOR_MEMBERS = [
    "/chats/", "/chats/all/", "/chats/archive/", "/chats/trash/", "/chats/import/", "/chats/group/", "/search/?q=a",
    "/characters/", "/characters/saved/", "/characters/yours/", "/characters/new/", "/characters/import/",
    "/lorebooks/", "/lorebooks/new/", "/memories/", "/memories/receipts/", "/personas/", "/personas/new/", "/tags/",
    "/settings/profile/", "/settings/profile/email/", "/settings/preferences/", "/settings/security/",
    "/settings/security/confirm/", "/settings/security/passkeys/", "/settings/security/sessions/",
    "/settings/security/connections/", "/settings/keys/", "/account/logout/", "/no/such/page/",
]  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Path(str(files("axe_playwright_python") / "axe.min.js"))


@pytest.fixture
def heard(page: Page) -> list[str]:
    """What the console says that is not good: errors, and what the content security policy forbids."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def test_no_page_breaks_its_own_policy(page: Page, person: Person, heard: list[str]) -> None:
    for path in FOR_MEMBERS[:-1]:
        page.goto(person.url + path)
    room = Room(page, person.url, person.new_chat()).open()
    room.send("[tokens=60 rate=200]").expect_status("done")
    page.reload()
    page.context.clear_cookies()
    for path in FOR_ALL[:-1]:
        page.goto(person.url + path)
    assert heard == []


def test_every_icon_that_is_used_is_in_the_sprite(page: Page, person: Person) -> None:
    sprite = (ROOT / "static/img/icons.svg").read_text()
    Room(page, person.url, person.new_chat()).open()
    used = page.evaluate(
        """() => [...document.querySelectorAll("use"), ...[...document.querySelectorAll("template")]
            .flatMap(each => [...each.content.querySelectorAll("use")])].map(use => use.getAttribute("href"))"""
    )
    assert {name for href in used if f'id="{(name := href.split("#")[1])}"' not in sprite} == set()


def test_a_first_visit_to_a_chat_is_light(page: Page, person: Person) -> None:
    chat = person.new_chat()
    loaded: dict[str, int] = {"css": 0, "js": 0, "woff2": 0, "webp": 0}

    def weigh(response: Response) -> None:
        kind = response.url.partition("?")[0].rpartition(".")[2]
        if kind in loaded:
            body = response.body()
            loaded[kind] += len(brotli.compress(body)) if kind in {"css", "js"} else len(body)

    page.on("response", weigh)
    room = Room(page, person.url, chat).open()
    page.wait_for_load_state("networkidle")
    room.draft.fill("here")
    assert loaded["css"] <= 20 * KB
    assert loaded["js"] <= 35 * KB
    assert loaded["woff2"] <= 130 * KB
    assert loaded["js"] > 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_shuts_a_reader_out(chromium: Browser, person: Person, theme: str, width: int) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        is_mobile=width < 500,
        has_touch=width < 500,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    found = [f"{path}: {complaint}" for path in FOR_ALL for complaint in _violations(context, person.url + path)]
    sign_in(context, person)
    found += [f"{path}: {complaint}" for path in FOR_MEMBERS for complaint in _violations(context, person.url + path)]
    room = Room(context.new_page(), person.url, person.new_chat()).open()
    found += [f"empty chat: {complaint}" for complaint in _check(room.page)]
    room.send("[tokens=200 rate=60]").expect_blocks(1)
    found += [f"streaming: {complaint}" for complaint in _check(room.page)]
    room.draft.press("Escape")
    room.expect_status("cancelled")
    found += [f"stopped: {complaint}" for complaint in _check(room.page)]
    if width < 500:
        room.page.locator("[data-drawer=side]").click()
        found += [f"sidebar: {complaint}" for complaint in _check(room.page)]
    room.page.get_by_role("button", name="Preferences").click()
    found += [f"preferences: {complaint}" for complaint in _check(room.page)]
    context.close()
    assert found == []


def _violations(context: BrowserContext, url: str) -> list[str]:
    page = context.new_page()
    page.goto(url)
    found = _check(page)
    page.close()
    return found


def _check(page: Page) -> list[str]:
    # A drawer that is still sliding in hides what it holds.
    page.wait_for_function("document.getAnimations().every(each => each.playState !== 'running')")
    page.evaluate(AXE.read_text())
    outcome = page.evaluate(
        """tags => axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] })""", TAGS
    )
    return [
        f"{each['id']} ({each['impact']}) {[node['target'] for node in each['nodes'][:3]]}"
        for each in outcome["violations"]
    ]
