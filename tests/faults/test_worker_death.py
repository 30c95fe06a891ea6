"""FI-01: what becomes of a reply whose worker dies, or wakes up late."""

import signal
import time

import pytest

from inference.testing import scripted_text
from tests.client import Person
from tests.stack import Stack

pytestmark = pytest.mark.stack
VISIBLE_SECONDS = 5.0


@pytest.mark.parametrize("characters", [1, 60])
def test_a_short_reply_is_told_again_from_its_first_word(stack: Stack, person: Person, characters: int) -> None:
    with person.page(person.new_chat()) as page:
        reply = page.send("Hello [tokens=120 rate=40]")
        page.until_text(reply, characters)
        old = stack.kill("gpu")
        killed = time.monotonic()
        page.until(lambda frame: frame["type"] == "reply.restart")
        assert time.monotonic() - killed <= VISIBLE_SECONDS
        stack.replaced("gpu", old)
        told = page.until_done(reply, 60)
        assert (told.status, told.text) == ("done", scripted_text(120))
        assert told.seqs == list(range(1, len(told.seqs) + 1))
        row = person.reply(reply)
        assert (row["text"], row["status"]) == (told.text, "done")


def test_a_long_reply_keeps_its_text(stack: Stack, person: Person) -> None:
    with person.page(person.new_chat()) as page:
        reply = page.send("Hello [tokens=2000 rate=400]")
        page.until_text(reply, 1200)
        old = stack.kill("gpu")
        killed = time.monotonic()
        told = page.until_done(reply, VISIBLE_SECONDS)
        assert time.monotonic() - killed <= VISIBLE_SECONDS
        assert (told.status, told.code) == ("interrupted", "worker_lost")
        assert len(told.text) >= 1200
        assert scripted_text(2000).startswith(told.text)
        assert person.reply(reply)["text"] == told.text
        stack.replaced("gpu", old)


def test_a_worker_that_wakes_up_late_writes_nothing(stack: Stack, person: Person) -> None:
    with person.page(person.new_chat()) as page:
        reply = page.send("Hello [tokens=3000 rate=400]")
        page.until_text(reply, 1200)
        worker = stack.kill("gpu", signal.SIGSTOP)
        told = page.until_done(reply, VISIBLE_SECONDS + 1)
        kept = told.text
        stack.kill("gpu", signal.SIGCONT)
        # The same worker answers the next message, so it has been awake and has had its chance.
        after = page.send("Are you there? [tokens=5]")
        assert page.until_done(after, 30).text == scripted_text(5)
        assert stack.pid("gpu") == worker
        row = person.reply(reply)
        assert (row["text"], row["status"]) == (kept, "interrupted")
        with person.page(page.chat) as second:
            second.subscribe(reply)
            assert second.until_done(reply).text.strip() == kept.strip()


def test_a_restarted_reply_holds_nothing_of_the_one_that_slept(stack: Stack, person: Person) -> None:
    with person.page(person.new_chat()) as page:
        reply = page.send("Hello [tokens=100 rate=25]")
        page.until_text(reply, 20)
        stack.kill("gpu", signal.SIGSTOP)
        page.until(lambda frame: frame["type"] == "reply.restart")
        stack.kill("gpu", signal.SIGCONT)
        told = page.until_done(reply, 60)
        assert (told.attempt, told.text) == (2, scripted_text(100))
