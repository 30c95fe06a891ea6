"""A large JSON file cut into the values that it is made of, without ever holding all of it. Pure.

Of a list its items are given, of an object its members, and of a member that is a list its items. Only where each
of them begins and ends is looked at here; what is in it, `values.parse` says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from chats.formats.report import Refused

CHUNK = 2**18
# What is neither a text nor in brackets.
LONGEST_NUMBER = 2**16
MARK = b"\xef\xbb\xbf"
SPACE = re.compile(rb"[ \t\r\n]*")
BRACKETS = re.compile(rb'["{}\[\]]')
IN_A_TEXT = re.compile(rb'["\\]')
END = re.compile(rb"[ \t\r\n,\]}]")


@dataclass(frozen=True, slots=True)
class Piece:
    """`key`: of which member, as it stands in the file; b"" for an item of a list that is the file itself.

    `content` is None for one that is longer than was asked for.
    """

    key: bytes
    is_item: bool
    content: bytes | None


def pieces(file: BinaryIO, most: int) -> Iterator[Piece]:
    """Raises `Refused` where it is no JSON, which may be after some pieces."""
    text = _Text(file, most)
    match text.peek():
        case b"[":
            for content in text.items():
                yield Piece(b"", is_item=True, content=content)
        case b"{":
            yield from _members(text)
        case _:
            raise Refused("not_json")


def _members(text: "_Text") -> Iterator[Piece]:
    text.take(b"{")
    if text.peek() == b"}":
        return
    while True:
        if text.peek() != b'"':
            raise Refused("not_json")
        key = text.value() or b""
        text.take(b":")
        if text.peek() == b"[":
            for content in text.items():
                yield Piece(key, is_item=True, content=content)
        else:
            yield Piece(key, is_item=False, content=text.value())
        if text.peek() == b"}":
            return
        text.take(b",")


class _Text:
    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._most = file, most
        self._held = file.read(CHUNK).removeprefix(MARK)
        self._at = 0

    def peek(self) -> bytes:
        """The next that is no space; b"" at the end."""
        while True:
            found = SPACE.match(self._held, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._held):
                return self._held[self._at : self._at + 1]
            if not self._more():
                return b""

    def take(self, mark: bytes) -> None:
        if self.peek() != mark:
            raise Refused("not_json")
        self._at += 1

    def items(self) -> Iterator[bytes | None]:
        self.take(b"[")
        if self.peek() == b"]":
            self._at += 1
            return
        while True:
            yield self.value()
            if self.peek() == b"]":
                self._at += 1
                return
            self.take(b",")

    def value(self) -> bytes | None:
        """The next value whole, or None if it is too long; then it is passed over."""
        first = self.peek()
        if first in (b"{", b"["):
            return self._until_closed()
        if first == b'"':
            return self._until_closed(in_text=True)
        return self._scalar()

    def _scalar(self) -> bytes:
        while (found := END.search(self._held, self._at)) is None:
            if len(self._held) - self._at > LONGEST_NUMBER or not self._more():
                break
        end = found.start() if found else len(self._held)
        content, self._at = self._held[self._at : end], end
        if not content:
            raise Refused("not_json")
        return content

    def _until_closed(self, *, in_text: bool = False) -> bytes | None:
        parts: list[bytes] = []
        size, depth = 0, 0
        at = self._at + in_text
        while True:
            while found := (IN_A_TEXT if in_text else BRACKETS).search(self._held, at):
                at = found.end()
                match found[0]:
                    case b"\\":
                        at += 1
                        continue
                    case b'"':
                        in_text = not in_text
                    case b"{" | b"[":
                        depth += 1
                    case _:
                        depth -= 1
                if not depth and not in_text:
                    size += at - self._at
                    parts.append(self._held[self._at : at])
                    self._at = at
                    return b"".join(parts) if size <= self._most else None
            # What is escaped may be the first letter of what comes next.
            beyond = max(0, at - len(self._held))
            size += len(self._held) - self._at
            if size <= self._most:
                parts.append(self._held[self._at :])
            else:
                parts.clear()
            self._at = len(self._held)
            if not self._more():
                raise Refused("not_json")
            at = beyond

    def _more(self) -> bool:
        """What was passed is forgotten. False at the end of the file."""
        chunk = self._file.read(CHUNK)
        self._held = self._held[self._at :] + chunk
        self._at = 0
        return bool(chunk)
