"""From an author's draft to everybody's eyes and out of them again: author, moderator and readers, in browsers."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.test_pages import AXE, TAGS
from tests.client import Person
from tests.stack import Stack, running_stack

SECRET = "Nobody has looked at this greeting yet."


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """One of its own: the operator's link is good once, and another file spends the shared one."""
    with running_stack() as running:
        yield running


@pytest.fixture
def moderator(chromium: Browser, stack: Stack) -> Iterator[Page]:
    yield from _page_of(chromium, Person(stack.url).follow_link(stack.sign_in_link()))


@pytest.fixture
def reader(chromium: Browser, stack: Stack) -> Iterator[Page]:
    yield from _page_of(chromium, Person(stack.url).sign_up(f"{uuid4()}@example.org"))


def _page_of(chromium: Browser, person: Person) -> Iterator[Page]:
    context: BrowserContext = chromium.new_context(viewport={"width": 1440, "height": 900})
    sign_in(context, person)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def _made(page: Page, url: str) -> str:
    """A new character from the template, with a rating; answers its id."""
    page.goto(f"{url}/characters/new/")
    page.get_by_label("Name", exact=True).fill("Mira")
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/edit/**")
    character = page.url.split("/characters/")[1].split("/")[0]
    page.goto(f"{url}/characters/{character}/edit/?tab=sharing")
    page.get_by_label("Rating").select_option("teen")
    _save(page)
    return character


def _save(page: Page) -> None:
    with page.expect_response(lambda answer: answer.url.endswith("/edit/") and answer.request.method == "POST") as got:
        page.get_by_role("button", name="Save", exact=True).click()
    assert got.value.status < 400


def _say_first(page: Page, url: str, character: str, text: str) -> None:
    """Another version, with another first message."""
    page.goto(f"{url}/characters/{character}/edit/?tab=greetings")
    page.locator("[name=first_message]").fill(text)
    _save(page)


def violations(page: Page) -> list[str]:
    page.evaluate("Promise.allSettled(document.getAnimations().map(each => each.finished))")
    page.evaluate(AXE.read_text())
    said = page.evaluate("tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })", TAGS)
    return [f"{each['id']} {[node['target'] for node in each['nodes'][:3]]}" for each in said["violations"]]


def _queue(page: Page, url: str, list_of: str = "submission") -> None:
    page.goto(f"{url}/admin/characters/{list_of}/")
    page.locator("#result_list").get_by_role("link", name="Mira").click()


def test_from_sending_to_taking_down(page: Page, person: Person, moderator: Page, reader: Page) -> None:
    url = person.url
    complaints: list[str] = []
    for one in (page, moderator):
        one.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    character = _made(page, url)

    # Sent, it waits; the author names themselves.
    page.goto(f"{url}/characters/{character}/publish/")
    assert violations(page) == []
    page.get_by_label("Shown as").fill("A. L.")
    page.get_by_role("button", name="Send it to a moderator").click()
    expect(page.locator("[data-sharing=waiting]")).to_be_visible()
    reader.goto(f"{url}/characters/?q=Mira")
    expect(reader.get_by_role("link", name="Mira")).to_have_count(0)

    # Approved, somebody else finds it.
    _queue(moderator, url)
    expect(moderator.locator(".moderated")).to_contain_text("A. L.")
    moderator.get_by_role("button", name="Approve").click()
    expect(moderator.get_by_text("Approved. Everybody sees this version now.")).to_be_visible()
    reader.goto(f"{url}/characters/?q=Mira")
    reader.get_by_role("link", name="Mira").first.click()
    reader.wait_for_url("**/about/**")
    public = reader.url

    # Edited, the new version waits, and what was approved stays.
    _say_first(page, url, character, SECRET)
    page.goto(f"{url}/characters/{character}/publish/")
    expect(page.locator("[data-sharing=published]")).to_contain_text("waits for a moderator")
    reader.goto(public)
    expect(reader.locator("main")).not_to_contain_text(SECRET)

    # The moderator sees what is different, and says no; the author reads why.
    _queue(moderator, url)
    expect(moderator.locator(".moderated-diff ins").first).to_contain_text(SECRET)
    moderator.get_by_label("Why not?").fill("Say who wrote it.")
    moderator.get_by_role("button", name="Reject").click()
    expect(moderator.get_by_text("Not approved.")).to_be_visible()
    page.reload()
    expect(page.locator("[data-sharing=published]")).to_contain_text("Say who wrote it.")
    reader.goto(public)
    expect(reader.locator("main")).not_to_contain_text(SECRET)

    # Reported, it is taken down: nobody finds it, and the author reads why.
    reader.get_by_role("link", name="Report").click()
    reader.get_by_label("Copied from somebody else").check()
    reader.locator("[name=text]").fill("I wrote this.")
    reader.get_by_role("button", name="Send the report").click()
    reader.wait_for_load_state()
    _queue(moderator, url, "report")
    expect(moderator.locator(".moderated")).to_contain_text("I wrote this.")
    moderator.get_by_label("Why.").fill("It is somebody else's.")
    moderator.get_by_role("button", name="Uphold, and take it down").click()
    expect(moderator.get_by_text("Upheld, and taken down.")).to_be_visible()
    answer = reader.goto(public)
    assert answer is not None
    assert answer.status == 404
    page.reload()
    expect(page.locator("[data-sharing=taken_down]")).to_contain_text("It is somebody else's.")
    moderator.goto(f"{url}/admin/characters/decision/")
    expect(moderator.locator("#result_list tbody tr")).to_have_count(4)
    assert [text for text in complaints if "404" not in text] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_can_be_read_and_do_not_scroll_sideways(
    phone: BrowserContext, person: Person, page: Page, scheme: str
) -> None:
    character = _made(page, person.url)
    small = phone.new_page()
    small.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    small.set_viewport_size({"width": 320, "height": 700})
    small.goto(f"{person.url}/characters/{character}/publish/")
    assert violations(small) == []
    assert small.evaluate("document.documentElement.scrollWidth") <= 320
    small.get_by_label("Shown as").fill("A. L.")
    small.get_by_role("button", name="Send it to a moderator").click()
    small.get_by_text("Take it back…").click()
    assert violations(small) == []
    small.get_by_role("button", name="Take it back").last.click()
    expect(small.locator("[data-sharing=private]")).to_be_visible()
