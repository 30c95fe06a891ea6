"""A page's reply as static/js/chats/replies.js keeps it: what it shows after each frame."""

from dataclasses import dataclass, field

from chats.streaming import ReplyFrame, WireBlock
from core.markdown import BlockStream
from core.streams.entries import Telling


@dataclass
class Page:
    seq: int = 0
    blocks: list[str] = field(default_factory=list)
    tail: str = ""
    thinking: str = ""
    ended: str = ""

    @classmethod
    def of_row(cls, row: Telling) -> "Page":
        """As the server renders a live reply."""
        stream = BlockStream()
        blocks = [block.html for block in stream.push(row.text)]
        return cls(row.seq, blocks, stream.tail, row.thinking)

    def copy(self) -> "Page":
        return Page(self.seq, [*self.blocks], self.tail, self.thinking, self.ended)

    @property
    def shown(self) -> tuple[tuple[str, ...], str, str]:
        return tuple(self.blocks), self.tail, self.thinking

    def apply(self, frame: ReplyFrame) -> str:
        """What became of it: applied, old or hole."""
        if frame["type"] != "reply.gap":
            if frame["seq"] <= self.seq:
                return "old"
            if frame["seq"] > self.seq + 1:
                return "hole"
        self.seq = frame["seq"]
        match frame["type"]:
            case "reply.delta":
                self.thinking += frame["thinking"]
                if frame.get("blocks"):
                    self._close(frame["blocks"])
                    self.tail = frame["tail"]
                else:
                    self.tail += frame["text"]
            case "reply.restart":
                self.blocks, self.tail, self.thinking = [], "", ""
            case "reply.gap":
                self.blocks, self.tail, self.thinking = [], frame["tail"], frame["thinking"]
                self._close(frame["blocks"])
            case "reply.done":
                self._close(frame["blocks"])
                self.tail, self.ended = frame["tail"], frame["status"]
        return "applied"

    def _close(self, blocks: list[WireBlock]) -> None:
        for block in blocks:
            assert block["index"] == len(self.blocks), "a block closes once, and in its order"
            self.blocks.append(block["html"])
