"""One chat as a reader has it before them."""

import json
import re
from typing import Self

from playwright.sync_api import Page, WebSocketRoute, expect

SOCKET = re.compile(r"/ws/chats/")
Value = str | int | list[dict[str, str | int]]


class Room:
    def __init__(self, page: Page, url: str, chat: str) -> None:
        self.page = page
        self.url = url
        self.chat = chat
        self.draft = page.locator("#draft")
        self.messages = page.locator("[data-log] > .message")
        self.replies = page.locator("[data-log] > .message[data-role=character]")
        self.own = page.locator("[data-log] > .message[data-role=user]")
        self.reply = self.replies.last
        self.body = self.reply.locator("[data-body]")
        self.banner = page.locator("[data-net]")
        self.jump = page.locator("[data-jump]")
        self.scroller = page.locator("[data-scroller]")
        self.name = page.locator("#main h1")

    def open(self) -> Self:
        self.page.goto(f"{self.url}/chats/{self.chat}/")
        return self

    def send(self, text: str, keys: str = "Control+Enter") -> Self:
        self.draft.fill(text)
        self.draft.press(keys)
        return self

    def expect_status(self, status: str, seconds: float = 30) -> Self:
        expect(self.reply).to_have_attribute("data-status", status, timeout=seconds * 1000)
        return self

    def expect_blocks(self, number: int, seconds: float = 30) -> Self:
        """Wait until so many blocks of the last reply are closed."""
        expect(self.reply.locator(f'[data-block="{number - 1}"]')).to_be_attached(timeout=seconds * 1000)
        return self

    def said(self) -> str:
        """The words of the last reply."""
        return " ".join(self.body.inner_text().split())

    def top(self) -> float:
        return float(self.scroller.evaluate("box => box.scrollTop"))

    def gap(self) -> float:
        """How far the reader is from the end."""
        return float(self.scroller.evaluate("box => box.scrollHeight - box.clientHeight - box.scrollTop"))


class Line:
    """The page's socket with a test in the middle, who may cut it, mute it, or speak in the server's name."""

    def __init__(self, page: Page) -> None:
        self.mute = False  # the server is not heard any more on replies
        self.heard: list[str] = []
        self._pages: list[WebSocketRoute] = []
        self._servers: list[WebSocketRoute] = []
        page.route_web_socket(SOCKET, self._opened)

    def say(self, frame: dict[str, Value]) -> None:
        """To the page."""
        self.heard.append(json.dumps(frame))
        self._pages[-1].send(json.dumps(frame))

    def replay(self) -> None:
        """Everything that the page has heard of replies, once more."""
        for frame in list(self.heard):
            if '"type": "reply.' in frame:
                self._pages[-1].send(frame)

    def cut(self, code: int = 4000) -> None:
        self._servers[-1].close()
        self._pages[-1].close(code=code)

    def _opened(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        self._pages.append(route)
        self._servers.append(server)
        server.on_message(lambda frame: self._from_server(route, str(frame)))

    def _from_server(self, route: WebSocketRoute, frame: str) -> None:
        if self.mute and '"type": "reply.' in frame:
            return
        self.heard.append(frame)
        route.send(frame)


class Puppet:
    """A reply whose worker is the test: queued on the server for minutes, told here."""

    def __init__(self, room: Room, line: Line) -> None:
        self.line = line
        self._seq = 0
        line.mute = True
        room.send("[tokens=1 delay=600]").expect_status("queued")
        reply_id = room.reply.get_attribute("data-message")
        assert reply_id is not None
        self._reply_id = reply_id

    def tell(self, kind: str, **fields: Value) -> None:
        self._seq += 1
        self.line.say({"type": f"reply.{kind}", "reply_id": self._reply_id, "seq": self._seq, **fields})

    def start(self) -> None:
        self.tell("start", attempt=1)

    def say(self, text: str, *, thinking: str = "") -> None:
        self.tell("delta", text=text, thinking=thinking)

    def close_block(self, index: int, html: str, tail: str = "") -> None:
        self.tell("delta", text="", thinking="", blocks=[{"index": index, "html": html}], tail=tail)

    def done(self, status: str = "done", message: str = "") -> None:
        self.tell("done", status=status, code="", message=message, blocks=[], tail="")
