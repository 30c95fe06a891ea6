"""FI-03: Redis dies and comes back, with what it knew and without."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import redis

from cognitia.embedded.redis import redis_binary
from inference.testing import scripted_text
from tests.client import Person
from tests.stack import Stack, eventually, free_port, running_stack

pytestmark = pytest.mark.stack
RESUME_SECONDS = 5.0


class ForgetfulRedis:
    """A server of our own, without persistence."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [redis_binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        eventually(self._answers, "redis answers")

    def kill(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _answers(self) -> bool:
        with contextlib.suppress(redis.RedisError):
            return bool(redis.Redis.from_url(self.url).ping())
        return False


@pytest.fixture(scope="module")
def forgetful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForgetfulRedis]:
    folder = tmp_path_factory.mktemp("redis")
    server = ForgetfulRedis(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def stack_without_memory(forgetful: ForgetfulRedis) -> Iterator[Stack]:
    with running_stack({"REDIS_URL": forgetful.url}) as running:
        yield running


def test_a_reply_goes_on_where_redis_kept_its_log(stack: Stack, person: Person) -> None:
    with person.page(person.new_chat()) as page:
        reply = page.send("Hello [tokens=400 rate=40]")
        page.until_text(reply, 100)
        old = stack.kill("redis")
        stack.replaced("redis", old)
        had = len(page.told[reply].text)
        page.until_text(reply, had + 1, RESUME_SECONDS)
        told = page.until_done(reply, 60)
        assert (told.status, told.text) == ("done", scripted_text(400))
        assert person.reply(reply)["text"] == told.text


def test_no_socket_is_deaf_afterwards(stack: Stack, person: Person) -> None:
    chat = person.new_chat()
    with person.page(chat) as first, person.page(chat) as second:
        first.until(lambda frame: frame["type"] == "chat.state")
        second.until(lambda frame: frame["type"] == "chat.state")
        old = stack.kill("redis")
        stack.replaced("redis", old)
        # The sockets say by themselves that hints may have been missed.
        first.until(lambda frame: frame["type"] == "chat.state", RESUME_SECONDS)
        second.until(lambda frame: frame["type"] == "chat.state", RESUME_SECONDS)
        reply = first.send("Still there? [tokens=5]")
        # By the hint, or by the state that is told once more when the channel layer is back.
        second.until(lambda frame: reply in (frame.get("reply_id"), frame.get("last_message_id")), RESUME_SECONDS)
        assert first.until_done(reply).status == "done"


def test_a_reply_goes_on_where_redis_forgot_everything(stack_without_memory: Stack, forgetful: ForgetfulRedis) -> None:
    person = Person(stack_without_memory.url).sign_up("ann@example.org")
    with person.page(person.new_chat()) as page:
        reply = page.send("Hello [tokens=400 rate=40]")
        page.until_text(reply, 100)
        forgetful.kill()
        # What the model says meanwhile is kept by the worker.
        forgetful.start()
        had = len(page.told[reply].text)
        page.until_text(reply, had + 1, RESUME_SECONDS)
        told = page.until_done(reply, 60)
        row = person.reply(reply)
        assert (row["status"], row["text"]) == ("done", scripted_text(400))
        assert told.text.split() == scripted_text(400).split()


def test_a_message_sent_while_redis_is_away_is_answered_when_it_is_back(
    stack_without_memory: Stack, forgetful: ForgetfulRedis
) -> None:
    person = Person(stack_without_memory.url).sign_up("ben@example.org")
    chat = person.new_chat()
    forgetful.kill()
    try:
        answers = [person.send(chat, f"Message {number} [tokens=5]") for number in range(3)]
        # Reading works without Redis, too.
        assert person.http.get(f"/chats/{chat}/").status_code == 200
    finally:
        forgetful.start()
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    for answer in answers:
        reply = answer.json()["reply_id"]
        eventually(partial(is_done, person, reply), "the reply is told", 30)
    shown = person.http.get(f"/api/v2/chats/{chat}/messages").json()["messages"]
    assert [message["text"][:9] for message in shown if message["role"] == "user"] == [
        "Message 0",
        "Message 1",
        "Message 2",
    ]


def is_done(person: Person, reply: str) -> bool:
    return person.reply(reply)["status"] == "done"
