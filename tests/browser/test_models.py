"""The operator's page of models: a pull that is watched, tried out and used without loading the page again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from inference.text.tests.random_model import TINY, write_model
from tests.client import Person
from tests.stack import Stack
from weights.tests.fake_hub import FakeHub, running_hub

WHERE = "/somebody/tiny-GGUF/resolve/main/tiny-Q8_0.gguf"


@pytest.fixture(scope="module")
def person(stack: Stack) -> Person:
    """Whoever hosts it: the link is good once, in this file."""
    return Person(stack.url).follow_link(stack.sign_in_link())


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[FakeHub]:
    write_model(tmp_path / "tiny.gguf", replace(TINY, context=8192))
    with running_hub() as hub:
        hub.add((tmp_path / "tiny.gguf").read_bytes())
        yield hub


def row(page: Page, state: str, name: str = "small") -> str:
    return f'[data-model="{name}"][data-state="{state}"]'


def test_a_pull_is_followed_to_its_end_and_the_model_used_without_a_reload(
    page: Page, person: Person, hub: FakeHub
) -> None:
    hub.stops_at = len(hub.files[WHERE]) // 2
    page.goto(f"{person.url}/models/")
    page.get_by_text("From an address").click()
    page.get_by_label("Name here").locator("visible=true").fill("small")
    page.get_by_label("Address of a GGUF file").fill(hub.url + WHERE)
    page.get_by_role("button", name="Pull", exact=True).locator("visible=true").click()
    page.wait_for_selector(row(page, "running"))
    page.evaluate("window.sameDocument = true")
    assert hub.stopped.wait(20)
    expect(page.locator(row(page, "running")).locator("progress")).not_to_have_js_property("value", 0, timeout=8_000)
    hub.go_on.set()
    page.wait_for_selector(row(page, "done"))
    assert page.evaluate("window.sameDocument")
    page.locator(row(page, "done")).get_by_role("button", name="Use").click()
    page.wait_for_selector(row(page, "in-use"), timeout=30_000)
    page.locator(row(page, "done", "default")).get_by_role("button", name="Use").click()
    page.wait_for_selector(row(page, "in-use", "default"))
    page.locator(row(page, "done")).get_by_text("Remove", exact=False).first.click()
    page.get_by_role("button", name="Remove for good").click()
    expect(page.locator('[data-model="small"]')).to_have_count(0)
