"""A card that is dropped on the page: its report comes without the page being loaded again."""

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from characters.cards.tests.made import text, v3
from characters.tests.corpus import drawn, dressed
from tests.client import Person

CARD = dressed(drawn(size=(480, 600)), text("ccv3", v3()))
# What a browser does when somebody lets go of a file over the page.
DROP = """encoded => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "Maren.png", { type: "image/png" }));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }
}"""


@pytest.fixture
def at_the_door(page: Page, person: Person) -> Page:
    page.goto(f"{person.url}/characters/import/")
    page.wait_for_load_state("networkidle")
    page.evaluate("window.sameDocument = true")
    return page


def expect_maren(page: Page) -> None:
    done = page.locator('[data-arrival][data-status="done"]')
    expect(done.first).to_contain_text("PNG, card version 3", timeout=30_000)
    picture = done.first.locator("img")
    expect(picture).to_have_attribute("src", re.compile(r"/480\.webp$"))
    page.wait_for_function("image => image.complete && image.naturalWidth === 480", arg=picture.element_handle())


def test_a_dropped_card_is_reported_with_its_picture_without_a_reload(at_the_door: Page) -> None:
    at_the_door.evaluate(DROP, base64.b64encode(CARD).decode())
    expect_maren(at_the_door)
    assert at_the_door.evaluate("window.sameDocument")
    expect(at_the_door.get_by_role("link", name="Open in the editor").first).to_be_visible()


def test_chosen_files_are_reported_each_by_itself(at_the_door: Page, tmp_path: Path) -> None:
    for name, content in (("one.png", CARD), ("two.txt", b"nothing")):
        (tmp_path / name).write_bytes(content)
    at_the_door.locator("#file").set_input_files([tmp_path / "one.png", tmp_path / "two.txt"])
    at_the_door.get_by_role("button", name="Bring them").click()
    expect_maren(at_the_door)
    failed = at_the_door.locator('[data-arrival][data-status="failed"]')
    expect(failed).to_contain_text("no character card of a kind that is known", timeout=30_000)
    assert at_the_door.evaluate("window.sameDocument")
