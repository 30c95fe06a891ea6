"""Picture files, looked through before anything in them is decoded. Pure.

A decoder gets to see a file of pixels only: no texts, EXIF data, further frames, or what follows the picture's end.
Sizes, counts and what compressed texts unpack to are checked on the way, so that a bomb is refused by its header.
"""

import io
import re
import struct
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import TypeAlias

MOST_FILE_BYTES = 32 * 2**20
MOST_SIDE = 8192
MOST_PIXELS = 2**24
# Pillow decodes a WEBP into two canvases, bytes and a picture: 16 bytes a pixel, against 4 for a PNG.
# It also reads the whole file into memory, twice.
MOST_WEBP_PIXELS, MOST_WEBP_BYTES = 2**23, 24 * 2**20
# A JPEG in more than one scan is held as coefficients until the last: 48 MiB at 16.8 MP and 4:2:0.
MOST_COEFFICIENT_BYTES = 64 * 2**20
# Ten is usual. Each costs 10 to 30 ms at 16.8 MP, however few bytes it has.
MOST_SCANS = 32
# A part costs at least 4 bytes, so 32 MiB could hold 8 million.
MOST_PARTS = 65_536
# What the texts of a PNG unpack to. 16 MiB of JSON, the most of a card, are 21.4 MiB of base64.
MOST_TEXT_BYTES = 24 * 2**20
# A profile for print has up to 0.7 MiB, one for a screen some 3 KiB.
MOST_PROFILE_BYTES = 2**20
MOST_EXIF_TAGS = 1_000
INFLATED_AT_ONCE = 2**16

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
EXIF, JPEG_PROFILE = b"Exif\0\0", b"ICC_PROFILE\0"
ORIENTATION = 0x0112
# What stands before the compressed part of a chunk: a keyword, and in an iTXt also a language and a translation.
PACKED: Mapping[bytes, re.Pattern[bytes]] = {
    b"zTXt": re.compile(rb"[^\0]*\0\0"),
    b"iCCP": re.compile(rb"[^\0]*\0\0"),
    b"iTXt": re.compile(rb"[^\0]*\0\x01\0[^\0]*\0[^\0]*\0"),
}
DHT, SOS, EOI, DQT, DRI, APP0, APP1, APP2, APP14 = 0xC4, 0xDA, 0xD9, 0xDB, 0xDD, 0xE0, 0xE1, 0xE2, 0xEE
# Baseline, extended and progressive. The others are lossless, hierarchical or arithmetic: for no camera or browser.
BASELINE, EXTENDED, PROGRESSIVE = 0xC0, 0xC1, 0xC2
FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
# Within a scan, FF is followed by 00, by a restart marker or by another FF; anything else ends it.
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _(sentence: str) -> str:
    """A mark for makemessages, which looks for this name."""
    return sentence


SENTENCES: Mapping[str, str] = {
    "bad_part": _("The part to keep is not within the picture."),
    "damaged_picture": _("The picture is damaged or cut off."),
    "not_a_picture": _("The file is not a PNG, JPEG or WEBP picture."),
    "too_large_picture": _("The picture's file is larger than %(mib)s MiB."),
    "too_many_parts": _("The picture's file has more than %(most)s parts."),
    "too_many_pixels": _("The picture is larger than %(side)s pixels at a side, or than %(millions)s million in all."),
    "too_much_text": _("The texts in the picture unpack to more than %(mib)s MiB."),
    "unusual_picture": _("The picture is a JPEG of a kind that is not read here."),
}


class PictureRefused(Exception):
    """The file is not used. `code` is for programs."""

    def __init__(self, code: str, **details: int) -> None:
        self.code, self.details = code, details
        super().__init__(self.sentence())

    def sentence(self, translated: Callable[[str], str] = str) -> str:
        """For the person who chose the file; `translated` is a gettext, and without one it is English."""
        return translated(SENTENCES[self.code]) % self.details


class Family(StrEnum):
    """What is read and written, by Pillow's names."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WEBP"

    @property
    def media_type(self) -> str:
        return f"image/{self.lower()}"


Piece: TypeAlias = bytes | memoryview


class Pieces(io.RawIOBase):
    """A file made of pieces of another, read without a copy of them: a picture may have 32 MiB."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces, self._at = pieces, 0
        self._ends = list(accumulate(len(piece) for piece in pieces))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ends[-1]}[whence]
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # whatever a reader has
        number = bisect_right(self._ends, self._at)
        if number == len(self._pieces):
            return 0
        piece = self._pieces[number]
        start = self._at - (self._ends[number] - len(piece))
        part = piece[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


@dataclass(frozen=True, slots=True)
class Looked:
    """`pixels` are the file that a decoder may see. `orientation` is EXIF's, 1 to 8."""

    family: Family
    pixels: Sequence[Piece]
    width: int
    height: int
    orientation: int
    was_animated: bool


def look(content: bytes) -> Looked:
    """Raises `PictureRefused`, and nothing else, for any bytes whatever."""
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    most = MOST_WEBP_BYTES if is_webp else MOST_FILE_BYTES
    if len(content) > most:
        raise PictureRefused("too_large_picture", mib=most // 2**20)
    try:
        if content.startswith(PNG_SIGNATURE):
            return _png(content)
        if content.startswith(JPEG_START):
            return _jpeg(content)
        if is_webp:
            return _webp(content)
    except struct.error:  # a part that ends before its numbers
        raise PictureRefused("damaged_picture") from None
    raise PictureRefused("not_a_picture")


def _png(content: bytes) -> Looked:
    """Texts are unpacked only to be counted."""
    kept: list[Piece] = [PNG_SIGNATURE]
    width = height = depth = frames = inflated = 0
    orientation = 1
    for kind, body, whole in _chunks(content):
        is_wanted = kind in (b"IHDR", b"PLTE", b"IDAT", b"IEND")
        if (kind == b"IHDR") != (len(kept) == 1):
            raise PictureRefused("damaged_picture")
        if kind == b"IHDR":
            width, height, depth = struct.unpack_from(">IIB", body)
            _check_size(width, height)
        elif kind == b"tRNS":
            # Pillow reads 8 of 16 bits, and would compare them with all 16 of a key colour.
            is_wanted = depth < 16
        elif kind == b"eXIf":
            orientation = _orientation(body)
        elif kind == b"acTL":
            (frames,) = struct.unpack_from(">I", body)
        elif kind in PACKED:
            size = _inflated_bytes(kind, body, MOST_TEXT_BYTES - inflated)
            inflated += size
            if inflated >= MOST_TEXT_BYTES:
                raise PictureRefused("too_much_text", mib=MOST_TEXT_BYTES // 2**20)
            is_wanted = kind == b"iCCP" and 0 < size < MOST_PROFILE_BYTES
        if is_wanted:
            kept.append(whole)
    return Looked(Family.PNG, kept, width, height, orientation, frames > 1)


def _chunks(content: bytes) -> Iterator[tuple[bytes, memoryview, memoryview]]:
    """Kind, body and whole of a PNG's chunks, up to and with IEND."""
    view, at = memoryview(content), len(PNG_SIGNATURE)
    for _part in range(MOST_PARTS):
        length, kind = struct.unpack_from(">I4s", view, at)
        if at + 12 + length > len(view):
            raise PictureRefused("damaged_picture")
        yield kind, view[at + 8 : at + 8 + length], view[at : at + 12 + length]
        if kind == b"IEND":
            return
        at += 12 + length
    raise PictureRefused("too_many_parts", most=MOST_PARTS)


def _inflated_bytes(kind: bytes, body: memoryview, most: int) -> int:
    """What the compressed part of a chunk unpacks to, counted up to `most` or a piece further."""
    head = PACKED[kind].match(body)
    if head is None:
        return 0
    stream, size = zlib.decompressobj(), 0
    try:
        # In pieces: zlib copies all that it has not read yet each time it stops.
        for at in range(head.end(), len(body), INFLATED_AT_ONCE):
            rest = bytes(body[at : at + INFLATED_AT_ONCE])
            while rest and not stream.eof and size < most:
                size += len(stream.decompress(rest, INFLATED_AT_ONCE))
                rest = stream.unconsumed_tail
    except zlib.error:
        pass
    return size


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a JPEG says of its picture. `coefficient_bytes` are held while it is decoded, if it has several scans."""

    width: int
    height: int
    is_progressive: bool
    coefficient_bytes: int

    @classmethod
    def read(cls, segment: memoryview) -> "_Frame":
        marker, precision, height, width, layers = struct.unpack_from(">xBxxBHHB", segment)
        factors = [(factor >> 4, factor & 15) for factor in segment[11 : 10 + 3 * layers : 3]]
        if marker not in (BASELINE, EXTENDED, PROGRESSIVE) or precision != 8:
            raise PictureRefused("unusual_picture")
        if not factors or len(factors) != layers or not all(across and down for across, down in factors):
            raise PictureRefused("damaged_picture")
        _check_size(width, height)
        most = max(across for across, _ in factors) * max(down for _, down in factors)
        samples = width * height * sum(across * down for across, down in factors) // most
        return cls(width, height, marker == PROGRESSIVE, 2 * samples)


def _jpeg(content: bytes) -> Looked:
    kept: list[Piece] = [JPEG_START]
    frame: _Frame | None = None
    orientation, scans, profile_bytes = 1, 0, 0
    for marker, segment in _segments(content):
        is_wanted = marker in (DHT, DQT, DRI, SOS) or marker in FRAMES
        if marker in FRAMES:
            if frame is not None:
                raise PictureRefused("damaged_picture")
            frame = _Frame.read(segment)
        elif marker == SOS:
            scans += 1
            _check_scans(frame, scans)
        elif marker == APP1 and segment[4:10] == EXIF:
            orientation = _orientation(segment[4:])
        elif marker == APP2 and segment[4:16] == JPEG_PROFILE:
            profile_bytes += len(segment)
            is_wanted = profile_bytes <= MOST_PROFILE_BYTES
        elif marker in (APP0, APP14):  # they say which colours the numbers mean
            is_wanted = bytes(segment[4:9]) in (b"JFIF\0", b"Adobe")
        if is_wanted:
            kept.append(segment)
    if frame is None or not scans:
        raise PictureRefused("damaged_picture")
    return Looked(Family.JPEG, (*kept, JPEG_END), frame.width, frame.height, orientation, was_animated=False)


def _check_scans(frame: _Frame | None, scans: int) -> None:
    if frame is None:
        raise PictureRefused("damaged_picture")
    if scans > MOST_SCANS:
        raise PictureRefused("too_many_parts", most=MOST_SCANS)
    if (frame.is_progressive or scans > 1) and frame.coefficient_bytes > MOST_COEFFICIENT_BYTES:
        # 8 bytes a pixel are the most there can be: four layers of full size.
        raise PictureRefused("too_many_pixels", side=MOST_SIDE, millions=MOST_COEFFICIENT_BYTES // 8 // 10**6)


def _segments(content: bytes) -> Iterator[tuple[int, memoryview]]:
    """Marker and whole of a JPEG's segments, a scan's with its data, up to EOI."""
    view, at = memoryview(content), len(JPEG_START)
    for _part in range(MOST_PARTS):
        start, marker = struct.unpack_from(">BB", view, at)
        if start != 0xFF:
            raise PictureRefused("damaged_picture")
        if marker == EOI:
            return
        if marker == 0xFF:  # filling
            at += 1
            continue
        (length,) = struct.unpack_from(">H", view, at + 2)
        end = at + 2 + length
        if marker == SOS:
            following = NEXT_MARKER.search(view, end)
            end = following.start() if following else len(view) + 1
        if length < 2 or end > len(view):
            raise PictureRefused("damaged_picture")
        yield marker, view[at:end]
        at = end
    raise PictureRefused("too_many_parts", most=MOST_PARTS)


def _webp(content: bytes) -> Looked:
    kept: list[Piece] = []
    width = height = frames = 0
    orientation = 1
    for kind, body, whole in _riff_chunks(content):
        is_wanted = kind in (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM")
        if not width:
            width, height = _canvas(kind, body)
            _check_size(width, height, MOST_WEBP_PIXELS)
        elif kind == b"VP8X":
            raise PictureRefused("damaged_picture")
        elif kind == b"ANMF":
            frames += 1
            is_wanted = frames == 1
        elif kind == b"ICCP":
            is_wanted = len(body) <= MOST_PROFILE_BYTES
        elif kind == b"EXIF":
            orientation = _orientation(body)
        if is_wanted:
            kept.append(whole)
    if not width:
        raise PictureRefused("damaged_picture")
    start = struct.pack("<4sI4s", b"RIFF", 4 + sum(len(whole) for whole in kept), b"WEBP")
    return Looked(Family.WEBP, (start, *kept), width, height, orientation, frames > 1)


def _canvas(kind: bytes, body: memoryview) -> tuple[int, int]:
    """Width and height, as the first chunk of a WEBP says them."""
    if kind == b"VP8X":
        across, more_across, down, more_down = struct.unpack_from("<4xHBHB", body)
        return (across | more_across << 16) + 1, (down | more_down << 16) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<6xHH", body)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<xI", body)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise PictureRefused("damaged_picture")


def _riff_chunks(content: bytes) -> Iterator[tuple[bytes, memoryview, memoryview]]:
    """Kind, body and whole of a WEBP's chunks."""
    (size,) = struct.unpack_from("<I", content, 4)
    if size + 8 > len(content):
        raise PictureRefused("damaged_picture")
    view, at = memoryview(content)[: size + 8], 12
    for _part in range(MOST_PARTS):
        if at >= len(view):
            return
        kind, length = struct.unpack_from("<4sI", view, at)
        end = at + 8 + length + length % 2
        if end > len(view):
            raise PictureRefused("damaged_picture")
        yield kind, view[at + 8 : at + 8 + length], view[at:end]
        at = end
    raise PictureRefused("too_many_parts", most=MOST_PARTS)


def _check_size(width: int, height: int, most: int = MOST_PIXELS) -> None:
    if not width or not height:
        raise PictureRefused("damaged_picture")
    if max(width, height) > MOST_SIDE or width * height > most:
        raise PictureRefused("too_many_pixels", side=MOST_SIDE, millions=most // 10**6)


def _orientation(exif: memoryview) -> int:
    """1 to 8; 1, which is upright, where the data do not say or are damaged."""
    start = len(EXIF) if exif[: len(EXIF)] == EXIF else 0
    tiff = exif[start:]
    order = ">" if bytes(tiff[:2]) == b"MM" else "<"
    try:
        (at,) = struct.unpack_from(order + "4xI", tiff)
        (count,) = struct.unpack_from(order + "H", tiff, at)
        for number in range(min(count, MOST_EXIF_TAGS)):
            tag, value = struct.unpack_from(order + "H6xH", tiff, at + 2 + 12 * number)
            if tag == ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
