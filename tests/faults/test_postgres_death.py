"""FI-15: PostgreSQL is killed and comes back."""

import time

import httpx
import pytest

from inference.testing import scripted_text
from tests.client import Person
from tests.stack import Stack

pytestmark = pytest.mark.stack


def test_a_reply_is_told_while_the_database_restarts(stack: Stack, person: Person) -> None:
    with person.page(person.new_chat()) as page:
        reply = page.send("Hello [tokens=200 rate=40]")
        page.until_text(reply, 50)
        old = stack.kill("postgres")
        stack.replaced("postgres", old)
        told = page.until_done(reply, 60)
        assert (told.status, told.text) == ("done", scripted_text(200))
        assert person.reply(reply)["text"] == told.text


def test_it_says_that_it_will_be_back_and_is(stack: Stack, person: Person) -> None:
    chat = person.new_chat()
    old = stack.kill("postgres")
    answers: list[httpx.Response] = []
    deadline = time.monotonic() + 40
    while not answers or answers[-1].status_code != 202:
        assert time.monotonic() < deadline
        answers.append(person.send(chat, "Still there? [tokens=5]"))
    stack.replaced("postgres", old)
    for refused in answers[:-1]:
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "unavailable"
        assert int(refused.headers["Retry-After"]) > 0
