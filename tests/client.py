"""A person's browser without the browser: signs up, sends, and follows replies as the page does."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypedDict
from uuid import uuid4

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CHAT = re.compile(r"/chats/([0-9a-f-]{36})/")
PASSWORD = "a password for tests"


class Frame(TypedDict, total=False):
    type: str
    key: str
    seq: int
    attempt: int
    reply_id: str
    reply_ids: list[str]
    message_id: str
    text: str
    thinking: str
    tail: str
    status: str
    code: str
    blocks: list[dict[str, str | int]]
    live: list[str]
    last_message_id: str | None


class Person:
    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, follow_redirects=True, timeout=20)

    def sign_up(self, email: str) -> Self:
        self._post_form("/account/signup/", {"email": email, "password1": PASSWORD})
        return self

    def follow_link(self, link: str) -> Self:
        self.http.get(link).raise_for_status()
        return self

    def new_chat(self) -> str:
        """With the first character; answers its id."""
        page = self.http.get("/chats/").text
        character = re.search(r'name="character" value="([0-9a-f-]{36})"', page)
        assert character is not None
        answer = self._post_form("/chats/", {"character": character[1]}, page)
        found = CHAT.search(str(answer.url))
        assert found is not None
        return found[1]

    def send(self, chat: str, text: str, key: str | None = None) -> httpx.Response:
        """Over the REST door."""
        headers = {"Idempotency-Key": key or str(uuid4()), "X-CSRFToken": self.http.cookies.get("csrftoken") or ""}
        headers["Referer"] = self.url
        return self.http.post(f"/api/v2/chats/{chat}/messages", json={"text": text}, headers=headers)

    def reply(self, reply_id: str) -> dict[str, str | int]:
        """What the row says."""
        answer = self.http.get(f"/api/v2/replies/{reply_id}")
        answer.raise_for_status()
        body: dict[str, str | int] = answer.json()
        return body

    def page(self, chat: str) -> "Page":
        return Page(self, chat)

    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())

    def _post_form(self, path: str, fields: dict[str, str], page: str | None = None) -> httpx.Response:
        found = TOKEN.search(page or self.http.get(path).text)
        assert found is not None, path
        answer = self.http.post(
            path, data={**fields, "csrfmiddlewaretoken": found[1]}, headers={"Referer": self.url + path}
        )
        answer.raise_for_status()
        return answer


@dataclass
class Told:
    """One reply as the page has it."""

    seq: int = 0
    text: str = ""
    attempt: int = 0
    status: str = ""
    code: str = ""
    seqs: list[int] = field(default_factory=list)
    first_at: float | None = None

    def apply(self, frame: Frame) -> None:
        self.seqs.append(frame["seq"])
        self.seq = frame["seq"]
        match frame["type"]:
            case "reply.delta":
                self.text += frame["text"]
            case "reply.restart":
                self.text, self.attempt = "", frame["attempt"]
            case "reply.start":
                self.attempt = frame["attempt"]
            case "reply.gap":
                self.text = _text_of(frame)
            case "reply.done":
                self.status, self.code = frame["status"], frame["code"]


class Page:
    """One open socket at a time; `drop` and `open` are a network that comes and goes."""

    def __init__(self, person: Person, chat: str) -> None:
        self._person = person
        self.chat = chat
        self._socket: ClientConnection | None = None
        self.told: dict[str, Told] = {}
        self.frames: list[Frame] = []

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()

    def open(self) -> None:
        """Connect, and go on with every reply that is not at its end."""
        address = self._person.url.replace("http", "ws", 1) + f"/ws/chats/{self.chat}/"
        self._socket = connect(
            address,
            additional_headers={"Cookie": self._person.cookie_header(), "Origin": self._person.url},
            open_timeout=10,
            max_size=2**24,
            legacy=True,
        )
        for reply_id, told in self.told.items():
            if not told.status:
                self.subscribe(reply_id, told.seq)

    def drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def say(self, frame: dict[str, str | int]) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps(frame))

    def subscribe(self, reply_id: str, after: int = 0) -> None:
        self.told.setdefault(reply_id, Told())
        self.say({"type": "reply.subscribe", "reply_id": reply_id, "after": after})

    def send(self, text: str) -> str:
        """Send a message, subscribe to its reply, answer the reply's id."""
        key = str(uuid4())
        self.say({"type": "message.send", "key": key, "text": text})
        accepted = self.until(lambda frame: frame["type"] == "message.accepted" and frame["key"] == key)
        self.subscribe(accepted["reply_ids"][0])
        return accepted["reply_ids"][0]

    def hear(self, seconds: float = 20.0) -> Frame:
        """The next frame, applied and acknowledged. Raises `TimeoutError`; opens a lost socket again."""
        deadline = time.monotonic() + seconds
        while True:
            assert self._socket is not None
            try:
                frame: Frame = json.loads(self._socket.recv(timeout=max(0.001, deadline - time.monotonic())))
            except ConnectionClosed:
                self._reopen(deadline)
                continue
            self.frames.append(frame)
            if frame["type"] == "ping":
                self.say({"type": "pong"})
            if "seq" in frame and frame["reply_id"] in self.told:
                self.told[frame["reply_id"]].apply(frame)
                self.say({"type": "reply.ack", "reply_id": frame["reply_id"], "seq": frame["seq"]})
            return frame

    def until(self, met: Callable[[Frame], bool], seconds: float = 20.0) -> Frame:
        deadline = time.monotonic() + seconds
        while True:
            frame = self.hear(deadline - time.monotonic())
            if met(frame):
                return frame

    def until_text(self, reply_id: str, characters: int, seconds: float = 20.0) -> None:
        self.until(lambda _frame: len(self.told[reply_id].text) >= characters, seconds)

    def until_done(self, reply_id: str, seconds: float = 40.0) -> Told:
        if not self.told[reply_id].status:
            self.until(lambda frame: frame["type"] == "reply.done" and frame["reply_id"] == reply_id, seconds)
        return self.told[reply_id]

    def _reopen(self, deadline: float) -> None:
        while True:
            try:
                self.open()
            except (OSError, ConnectionClosed):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return


def _text_of(frame: Frame) -> str:
    """The words of a gap: its blocks' HTML without tags. Scripted replies hold nothing that HTML writes otherwise."""
    closed = "".join(re.sub(r"<[^>]+>", "", str(block["html"])).rstrip("\n") + "\n\n" for block in frame["blocks"])
    return closed + frame["tail"]
