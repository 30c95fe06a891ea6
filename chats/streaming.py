"""From the entries of a log to the frames of a page. Pure.

A `Reading` is a page's place in one reply: which text, how many blocks, which entry. Fed the same
entries it makes the same frames, wherever the page has stopped in between.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict

from core.markdown import Block, BlockStream, shown
from core.streams.entries import Delta, Done, Gap, Numbered, Restart, Start, Telling


class WireBlock(TypedDict):
    index: int
    html: str


class ReplyFrame(TypedDict):
    """See docs/protocol.md for which frame has which of these."""

    type: str
    reply_id: str
    seq: int
    attempt: NotRequired[int]
    text: NotRequired[str]
    thinking: NotRequired[str]
    blocks: NotRequired[list[WireBlock]]
    tail: NotRequired[str]
    status: NotRequired[str]
    code: NotRequired[str]
    message: NotRequired[str]


class Reading:
    def __init__(self, reply_id: str, told: Telling | None = None) -> None:
        """A page that has everything up to and including `told`."""
        self.reply_id = reply_id
        self.told = told or Telling()
        self._stream = BlockStream()
        self._stream.skip(self.told.text)

    def frame(self, numbered: Numbered) -> ReplyFrame:
        """The frame for the next entry."""
        self.told = self.told.after(numbered)
        frame: ReplyFrame = {"type": "", "reply_id": self.reply_id, "seq": numbered.seq}
        match numbered.entry:
            case Start(attempt=attempt):
                return frame | {"type": "reply.start", "attempt": attempt}
            case Restart(attempt=attempt):
                self._replace(self.told)
                return frame | {"type": "reply.restart", "attempt": attempt}
            case Gap():
                closed = self._replace(self.told)
                thinking = self.told.thinking
                gap: ReplyFrame = frame | {"type": "reply.gap", "blocks": _wire(closed), "tail": self._stream.tail}
                return gap | {"thinking": thinking}
            case Done(status=status, code=code):
                closed = self._stream.finish()
                return frame | {
                    "type": "reply.done",
                    "status": status,
                    "code": code,
                    "blocks": _wire(closed),
                    "tail": "",
                }
            case Delta(text=text, thinking=thinking):
                closed = self._stream.push(text)
                frame = frame | {"type": "reply.delta", "text": shown(text), "thinking": thinking}
                return frame | {"blocks": _wire(closed), "tail": self._stream.tail} if closed else frame
        raise AssertionError(numbered)

    def _replace(self, told: Telling) -> list[Block]:
        self.told = told
        self._stream = BlockStream()
        return self._stream.push(told.text)


def _wire(closed: list[Block]) -> list[WireBlock]:
    return [{"index": block.index, "html": block.html} for block in closed]
