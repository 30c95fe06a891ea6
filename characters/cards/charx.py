"""Files inside a zip, wherever in a file the zip begins, and a zip of our own.

Names out of the archive are only ever compared; nothing is unpacked to a disk.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from characters.report import Refused, shortened

CARD = "card.json"
# RisuAI's largest cards have some 2,000 pictures. An entry costs about 600 bytes once listed.
MOST_ENTRIES = 5_000
MOST_ENTRY_BYTES = 16 * 2**20
MOST_INFLATED = 64 * 2**20
# Text shrinks to a tenth. Deflate can do 1:1032, which is what bombs are made of.
MOST_RATIO = 100
# Below this a high ratio harms nobody, and short repetitive files do have one.
RATIO_COUNTS_FROM = 2**20
PIECE = 2**16
LISTED, END = b"PK\1\2", b"PK\5\6"
END_BYTES = 22
ENCRYPTED = 0x1
EPOCH = (1980, 1, 1, 0, 0, 0)

# What zipfile and zlib raise at archives that are broken in one way or another.
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    IndexError,
    KeyError,
    OverflowError,
)


def holds_zip(content: bytes) -> bool:
    return LISTED in content and END in content


class Archive:
    """Reads single entries, and counts what they unpack to over the archive's whole life."""

    def __init__(self, content: bytes) -> None:
        """Raises `Refused` if there is no readable zip in the content, or one with too many entries."""
        self._size = len(content)
        # Before zipfile lists them: its own count is a field of the archive, which may say anything.
        if content.count(LISTED) > MOST_ENTRIES:
            raise Refused("too_many_files", most=MOST_ENTRIES)
        self._zip = _opened(content)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in self._zip.infolist():
            self._entries.setdefault(entry.filename, entry)
        self._loosely = {_loose(name): entry for name, entry in self._entries.items()}
        self._left = MOST_INFLATED

    @property
    def names(self) -> list[str]:
        return [name for name in self._entries if not name.endswith("/")]

    def find(self, path: str) -> str | None:
        """The name of the entry that a card means with this path: tools differ in case, slashes and leading dots."""
        entry = self._entries.get(path) or self._loosely.get(_loose(path))
        return entry.filename if entry else None

    def read(self, name: str) -> bytes:
        """Raises `Refused` if the entry is damaged, encrypted, or unpacks to too much."""
        said = shortened(name, 40)
        if self._left <= 0:
            raise Refused("too_large_entry", name=said)
        entry = self._entries[name]
        if entry.flag_bits & ENCRYPTED:
            raise Refused("encrypted", name=said)
        # The others that zipfile knows take memory as they please.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("odd_packing", name=said)
        if entry.compress_size > self._size:
            raise Refused("damaged_entry", name=said)
        most = min(MOST_ENTRY_BYTES, self._left)
        parts: list[bytes] = []
        size = 0
        try:
            with self._zip.open(entry) as file:
                while piece := file.read(PIECE):
                    size += len(piece)
                    if size > most or (size > RATIO_COUNTS_FROM and size > MOST_RATIO * entry.compress_size):
                        raise Refused("too_large_entry", name=said)
                    parts.append(piece)
        except BROKEN:
            raise Refused("damaged_entry", name=said) from None
        finally:
            # Many names for one large piece that unpacks to nothing would cost time, if not memory.
            self._left -= max(size, entry.compress_size)
        return b"".join(parts)


def write(files: Mapping[str, bytes]) -> bytes:
    """The same files give the same bytes. Raises `Refused` for more than a reader of ours would take."""
    if len(files) > MOST_ENTRIES:
        raise Refused("too_many_files", most=MOST_ENTRIES)
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w") as archive:
        for name, content in files.items():
            # Pictures and sounds are compressed already, and a ratio above our own limit would shut us out.
            kind = zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, kind)
    return place.getvalue()


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except BROKEN:
        pass
    # A zip inside a picture: zipfile looks for its end in the last 64 KiB only.
    end = content.rfind(END)
    if 0 <= end <= len(content) - END_BYTES:
        comment = int.from_bytes(content[end + END_BYTES - 2 : end + END_BYTES], "little")
        try:
            return zipfile.ZipFile(io.BytesIO(content[: end + END_BYTES + comment]))
        except BROKEN:
            pass
    raise Refused("damaged_archive")


def _loose(path: str) -> str:
    return path.replace("\\", "/").lower().removeprefix("./").lstrip("/")
