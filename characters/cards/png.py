"""The texts inside a PNG or APNG, and a PNG with other texts. Pixels are never decoded here."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from characters.report import Notices, Refused

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# A chunk costs at least 12 bytes, so 32 MiB could hold 2.8 million. An animation of 10,000 frames has 20,000.
MOST_CHUNKS = 65_536
# All compressed texts of one picture together. 8 MiB of JSON are 10.7 MiB of base64, and may stand there twice.
MOST_INFLATED = 24 * 2**20
CARD = ("ccv3", "chara")  # the first is the one to believe
ASSET = "chara-ext-asset_"
LONGEST_KEYWORD = 79


@dataclass(frozen=True, slots=True)
class Chunk:
    """`whole` is the chunk as it stands in the file, with length and checksum; `body` the part between."""

    kind: bytes
    body: memoryview
    whole: memoryview

    @property
    def is_sound(self) -> bool:
        return zlib.crc32(self.whole[4:-4]) == int.from_bytes(self.whole[-4:], "big")

    @property
    def keyword(self) -> str | None:
        """Of a text chunk, as it was written."""
        if self.kind not in (b"tEXt", b"zTXt", b"iTXt"):
            return None
        return bytes(self.body[: LONGEST_KEYWORD * 4]).split(b"\0")[0].decode("latin-1")


@dataclass(frozen=True, slots=True)
class Text:
    keyword: str
    content: bytes


def read_chunks(content: bytes, notices: Notices) -> Iterator[Chunk]:
    """Up to and with IEND, or as many as are there. Raises `Refused` if it is no PNG."""
    if not content.startswith(SIGNATURE):
        raise Refused("not_a_png")
    view, at = memoryview(content), len(SIGNATURE)
    for _ in range(MOST_CHUNKS):
        if at + 12 > len(view):
            notices.imported("cut_off", "PNG")
            return
        length, kind = struct.unpack_from(">I4s", view, at)
        if at + 12 + length > len(view):
            notices.imported("cut_off", f"chunk {kind.decode('latin-1')}")
            return
        yield Chunk(kind, view[at + 8 : at + 8 + length], view[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            if at < len(view):
                notices.refused("trailing", "PNG")
            return
    raise Refused("too_many_chunks", most=MOST_CHUNKS)


def read_texts(content: bytes, notices: Notices) -> list[Text]:
    """The texts that are a card's, in the order of the file. Raises `Refused` if it is no PNG, or a bomb."""
    texts: list[Text] = []
    left = MOST_INFLATED
    for chunk in read_chunks(content, notices):
        keyword = chunk.keyword
        if keyword is None or not is_cards(keyword):
            continue
        where = f"chunk {keyword}"
        if not chunk.is_sound:
            notices.imported("checksum", where)
        packed, raw = _text(chunk)
        if raw is None:
            notices.refused("unreadable", where)
            continue
        if packed:
            inflated = _inflated(raw, left)
            if inflated is None:
                notices.refused("unreadable", where)
                continue
            raw = inflated
            left -= len(raw)
        texts.append(Text(keyword, raw))
    return texts


def is_cards(keyword: str) -> bool:
    lowered = keyword.lower()
    return lowered in CARD or lowered.startswith(ASSET)


def asset_path(keyword: str) -> str:
    """Early RisuAI wrote no colon."""
    return keyword[len(ASSET) :].removeprefix(":")


def with_texts(picture: bytes, texts: Sequence[Text]) -> bytes:
    """The picture with these texts, less those of an earlier card and what follows its end.

    Raises `Refused` if it is not a whole PNG, or a keyword is not one.
    """
    parts: list[bytes | memoryview] = [SIGNATURE]
    kind = b""
    for chunk in read_chunks(picture, Notices()):
        kind = chunk.kind
        if kind == b"IEND":
            parts += [part for text in texts for part in _chunk(text)]
        if (keyword := chunk.keyword) is None or not is_cards(keyword):
            parts.append(chunk.whole)
    if kind != b"IEND":
        raise Refused("cut_off")
    return b"".join(parts)


def _chunk(text: Text) -> list[bytes]:
    """Its parts: a card may have 10 MiB, which need no copies."""
    keyword = text.keyword.encode("latin-1", "replace")
    if not 0 < len(keyword) <= LONGEST_KEYWORD or b"\0" in keyword or b"\0" in text.content:
        raise Refused("bad_keyword", name=text.keyword)
    head = b"tEXt" + keyword + b"\0"
    length = struct.pack(">I", len(head) - 4 + len(text.content))
    return [length, head, text.content, struct.pack(">I", zlib.crc32(text.content, zlib.crc32(head)))]


def _text(chunk: Chunk) -> tuple[bool, bytes | None]:
    """Whether the text is compressed, and its bytes; None if the chunk is malformed."""
    _, zero, rest = bytes(chunk.body).partition(b"\0")
    if chunk.kind == b"tEXt":
        return False, rest if zero else None
    if chunk.kind == b"zTXt":
        return True, rest[1:] if rest[:1] == b"\0" else None
    language = rest[2:].split(b"\0", 2)
    if len(language) < 3 or rest[0] > 1 or rest[1]:
        return False, None
    return rest[0] == 1, language[2]


def _inflated(packed: bytes, most: int) -> bytes | None:
    """None if it is damaged; `Refused` as soon as it is larger than `most` bytes."""
    stream = zlib.decompressobj()
    try:
        raw = stream.decompress(packed, most + 1)
    except zlib.error:
        return None
    if len(raw) > most:
        raise Refused("too_large_inflated", mib=MOST_INFLATED // 2**20)
    return raw if stream.eof else None
