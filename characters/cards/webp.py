"""The card in a WEBP of an early Tavern or Agnai: the EXIF UserComment. Pixels are never decoded here."""

import struct
from collections.abc import Iterator

MOST_CHUNKS = 65_536
MOST_TAGS = 1_000
EXIF_IFD, USER_COMMENT = 0x8769, 0x9286
LONG, CHARSET_BYTES = 4, 8


def is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def user_comment(content: bytes) -> bytes | None:
    """Without its charset; None where there is none, or the EXIF data are damaged."""
    for kind, body in _chunks(content):
        if kind == b"EXIF":
            try:
                return _comment(body.removeprefix(b"Exif\0\0"))
            except struct.error:  # an offset beyond the end
                return None
    return None


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    for _ in range(MOST_CHUNKS):
        if at + 8 > len(content):
            return
        kind, length = struct.unpack_from("<4sI", content, at)
        if kind == b"EXIF":
            yield kind, content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _comment(tiff: bytes) -> bytes | None:
    order = "<" if tiff[:2] == b"II" else ">"
    (directory,) = struct.unpack_from(order + "I", tiff, 4)
    found = _tag(tiff, order, directory, USER_COMMENT)
    if found is None and (inner := _tag(tiff, order, directory, EXIF_IFD)) is not None:
        found = _tag(tiff, order, inner[1], USER_COMMENT)
    if found is None:
        return None
    length, offset = found
    body = tiff[offset : offset + length]
    charset, text = body[:CHARSET_BYTES], body[CHARSET_BYTES:]
    if charset.startswith(b"UNICODE"):
        text = text.decode("utf-16-le" if order == "<" else "utf-16-be", "replace").encode("utf-8", "replace")
    elif charset.lstrip().startswith(b"{"):  # some wrote no charset
        text = body
    return _from_numbers(text)


def _tag(tiff: bytes, order: str, directory: int, wanted: int) -> tuple[int, int] | None:
    """Count and offset. A value of at most 4 bytes would stand in place of the offset; a card never is that short."""
    (count,) = struct.unpack_from(order + "H", tiff, directory)
    for index in range(min(count, MOST_TAGS)):
        tag, _, length, offset = struct.unpack_from(order + "HHII", tiff, directory + 2 + 12 * index)
        if tag == wanted:
            return length, offset
    return None


def _from_numbers(text: bytes) -> bytes:
    """Tavern once wrote each byte as a decimal number: `123,34,...`."""
    numbers = text.strip(b" \0").split(b",")
    if not all(number.strip().isdigit() and len(number) < 5 for number in numbers):
        return text
    values = [int(number) for number in numbers]
    return bytes(values) if max(values) < 256 else text
