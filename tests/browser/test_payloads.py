"""T-10: whatever a text tries, on every page and in the admin: no dialog, no request elsewhere, no policy broken."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, expect

from tests.browser.conftest import sign_in
from tests.browser.payloads import PAYLOADS
from tests.browser.room import Room
from tests.client import Person
from tests.stack import Stack, running_stack

# All of them in one text, each a paragraph of its own.
ALL = "\n\n".join(PAYLOADS)
# Every page of one character is looked at for one in so many; lists show all of them.
EVERY = 20
LONGEST_MESSAGE = 8000
# Azera and Areza are out, too.
BUILT_IN = 2


@dataclass
class Watch:
    """What a page must never do."""

    page: Page
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)
        self.page.on("console", lambda said: self._said(said.text))
        self.page.on("pageerror", lambda error: self._said(str(error)))

    def _dialog(self, dialog: Dialog) -> None:
        # The guard of an editor with unsaved words is ours.
        if dialog.type != "beforeunload":
            self.seen.append(f"{dialog.type} on {self.page.url}")
        dialog.accept()

    def _request(self, request: Request) -> None:
        if not request.url.startswith(("http://localhost", "data:", "blob:")):
            self.seen.append(f"request to {request.url} on {self.page.url}")

    def _said(self, text: str) -> None:
        if "Content Security Policy" in text or "SyntaxError" in text:
            self.seen.append(f"{text} on {self.page.url}")

    def look(self, url: str) -> None:
        answer = self.page.goto(url)
        assert answer is not None
        assert answer.status == 200, url
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """One of its own: everything in it is hostile, and the operator's link is good once."""
    with running_stack({"SUBMISSIONS_PER_USER": "0"}) as running:
        yield running


@pytest.fixture(scope="module")
def person(stack: Stack) -> Person:
    return Person(stack.url).follow_link(stack.sign_in_link())


@pytest.fixture(scope="module")
def stranger(stack: Stack) -> Person:
    return Person(stack.url).sign_up(f"{uuid4()}@example.org")


@pytest.fixture(scope="module")
def characters(person: Person) -> list[str]:
    """One for each payload: it stands in every short field, and all of them stand in every long one."""
    return [_character(person, number, payload) for number, payload in enumerate(PAYLOADS)]


@pytest.fixture
def watch(chromium: Browser, person: Person) -> Iterator[Watch]:
    yield from _watching(chromium, person)


def _watching(chromium: Browser, person: Person) -> Iterator[Watch]:
    context: BrowserContext = chromium.new_context(viewport={"width": 1440, "height": 900})
    sign_in(context, person)
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield Watch(page)
    context.close()


def _call(person: Person, verb: str, path: str, body: dict[str, object]) -> httpx.Response:
    headers = {"X-CSRFToken": person.http.cookies["csrftoken"], "Referer": person.url}
    answer = person.http.request(verb, f"/api/v2/{path}", json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    return answer


def _character(person: Person, number: int, payload: str) -> str:
    short = "".join(letter for letter in payload if letter.isprintable())
    fields: dict[str, object] = {
        "name": short[:80],
        "tagline": short[:160],
        "tags": [short[:40], f"t{number}"],
        "rating": "everyone",
        "alternate_greetings": [payload, "Another."],
    }
    long = (
        "description", "personality", "scenario", "first_message", "example_dialogue", "system_prompt",
        "post_history_instructions", "creator_notes",
    )  # fmt: skip
    # The first of them is read whole; the others would only make the test slow.
    fields |= dict.fromkeys(long, ALL if number % EVERY == 0 else f"{payload} And so on, in forty letters or more.")
    return str(_call(person, "POST", "characters/", fields).json()["id"])


def test_ones_own_characters(watch: Watch, person: Person, characters: list[str]) -> None:
    for path in ("/characters/yours/", "/chats/"):
        watch.look(person.url + path)
    for character in characters[::EVERY]:
        base = f"{person.url}/characters/{character}"
        for tab in ("profile", "greetings", "lorebook", "model", "sharing"):
            watch.look(f"{base}/edit/?tab={tab}")
        watch.look(f"{base}/versions/")
        watch.look(f"{base}/versions/1/")
    assert watch.seen == []


def test_a_sheet_that_is_typed_and_previewed(watch: Watch, person: Person, characters: list[str]) -> None:
    watch.look(f"{person.url}/characters/{characters[1]}/edit/?tab=profile")
    with watch.page.expect_response("**/characters/preview/"):
        watch.page.locator("#main [name=name]").first.fill(PAYLOADS[0])
        watch.page.get_by_text("Markdown", exact=True).first.click()
        watch.page.locator("textarea:visible").first.fill(ALL)
    watch.page.wait_for_load_state("networkidle")
    assert watch.seen == []


def test_a_chat(watch: Watch, person: Person, characters: list[str]) -> None:
    """The greeting as history, then what the model streams, then the same again from the row."""
    for character in (characters[0], characters[2 * EVERY]):
        answer = person.http.post(
            "/chats/", data={"character": character, "csrfmiddlewaretoken": person.http.cookies["csrftoken"]},
            headers={"Referer": person.url},
        )  # fmt: skip
        answer.raise_for_status()
        chat = str(answer.url).rstrip("/").rpartition("/")[2]
        room = Room(watch.page, person.url, chat).open()
        for part in _parts(ALL, LONGEST_MESSAGE - 20):
            room.send(f"[echo=1] {part}").expect_status("done")
        watch.page.reload()
        watch.look(person.url + "/chats/")
    assert watch.seen == []


def test_personas_tags_and_lorebooks(watch: Watch, person: Person) -> None:
    for number, payload in enumerate(PAYLOADS[::8]):
        short = "".join(letter for letter in payload if letter.isprintable())
        _call(person, "POST", "personas", {"name": short[:80], "description": ALL, "hue": number})
        _call(person, "POST", "tags", {"name": f"{number}{short}"[:40], "hue": number})
    entries = [
        {"keys": [payload[:60]], "content": payload, "comment": payload, "enabled": True, "insertion_order": number,
         "extensions": {}}
        for number, payload in enumerate(PAYLOADS)
    ]  # fmt: skip
    data = {"name": PAYLOADS[0], "description": ALL, "entries": entries, "extensions": {}}
    book = _call(person, "POST", "lorebooks", {"spec": "lorebook_v3", "data": data}).json()["id"]
    for path in (
        "/personas/",
        "/tags/",
        "/lorebooks/",
        f"/lorebooks/{book}/",
        f"/lorebooks/{book}/?entry=3",
        "/chats/",
    ):
        watch.look(person.url + path)
    for edit in watch.page.locator("a[href*='/personas/']").evaluate_all("links => links.map(link => link.href)")[:5]:
        watch.look(edit)
    assert watch.seen == []


def test_the_market_the_moderators_and_what_others_see(
    chromium: Browser, watch: Watch, person: Person, stranger: Person, characters: list[str]
) -> None:
    for number, character in enumerate(characters):
        author = "".join(letter for letter in PAYLOADS[number] if letter.isprintable())[:80]
        _call(person, "POST", f"characters/{character}/publication", {"author": author})
    queue = f"{person.url}/admin/characters/submission/"
    waiting: list[str] = []
    for page in range(1, len(PAYLOADS) // 50 + 1):
        watch.look(f"{queue}?p={page}")
        links = watch.page.locator("#result_list a[href*='/change/']")
        waiting += links.evaluate_all("links => links.map(link => link.href.split('?')[0])")
    waiting = list(dict.fromkeys(waiting))
    assert len(waiting) == len(PAYLOADS)
    for submission in waiting[::EVERY]:
        watch.look(submission)
    for submission in waiting:
        _approve(person, submission)
    for path in ("submission/?state=approved", "publication/", "decision/", "report/"):
        watch.look(f"{person.url}/admin/characters/{path}")
    for theirs in _watching(chromium, stranger):
        theirs.look(f"{stranger.url}/characters/")
        posters = theirs.page.locator("[data-poster]")
        while theirs.page.locator("[data-more]").count():
            shown = posters.count()
            theirs.page.locator("[data-more]").click()
            expect(posters).not_to_have_count(shown)
        expect(posters).to_have_count(len(PAYLOADS) + BUILT_IN)
        about = theirs.page.locator("a[href$='/about/']").evaluate_all("links => [...new Set(links.map(l => l.href))]")
        for url in about[::EVERY]:
            theirs.look(url)
        theirs.look(f"{stranger.url}/characters/?q=%3Cscript%3Ealert(1)%3C/script%3E")
        assert theirs.seen == []
    assert watch.seen == []


def _approve(person: Person, submission: str) -> None:
    """As the moderator's button does, without the browser: there are 200 of them."""
    page = person.http.get(submission).text
    address = re.search(r'action="([^"]+/approve/)"', page)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    digest = re.search(r'name="digest" value="([^"]+)"', page)
    assert address is not None
    assert token is not None
    assert digest is not None
    fields = {"csrfmiddlewaretoken": token[1], "digest": digest[1]}
    person.http.post(address[1], data=fields, headers={"Referer": submission}).raise_for_status()


def _parts(text: str, most: int) -> list[str]:
    """Cut between payloads."""
    parts = [""]
    for payload in text.split("\n\n"):
        if len(parts[-1]) + len(payload) + 2 > most:
            parts.append("")
        parts[-1] += f"\n\n{payload}"
    return parts
