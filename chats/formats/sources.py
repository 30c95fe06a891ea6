"""Where the text of conversations is: a file, or the files of an archive. Pure; nothing is unpacked to a disk."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from chats.formats.report import Refused, Remarks, shortened

MOST_ENTRIES = 20_000
MOST_UNPACKED_BYTES = 512 * 2**20
ENDINGS = frozenset({".json", ".jsonl", ".txt"})
BUFFER = 2**18
LISTED = b"PK\1\2"
BEGINNINGS = (b"PK\3\4", b"PK\5\6")
ENCRYPTED = 0x1
NAMED = 10
# What zipfile and zlib raise at archives that are broken in one way or another.
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,  # also where it is told to look before its beginning
    NotImplementedError,
    RuntimeError,
    ValueError,
    IndexError,
    KeyError,
    OverflowError,
)


@dataclass(slots=True)
class Meter:
    """How many bytes have been read of how many there are to read."""

    done: int = 0
    of: int = 0


class Source(Protocol):
    """`path` is what the file is called, below the folders of its archive."""

    @property
    def path(self) -> str: ...

    @property
    def size(self) -> int: ...

    def open(self, meter: Meter | None = None) -> io.BufferedReader:
        """From its beginning; `meter` hears of what is read. Reading raises `Refused` where it is damaged."""


@dataclass(frozen=True, slots=True)
class OnDisk:
    place: Path
    path: str

    @property
    def size(self) -> int:
        return self.place.stat().st_size

    def open(self, meter: Meter | None = None) -> io.BufferedReader:
        return io.BufferedReader(_Counted(self.place.open("rb", buffering=0), meter, self.path, ()), BUFFER)


@dataclass(frozen=True, slots=True)
class InArchive:
    archive: zipfile.ZipFile
    entry: zipfile.ZipInfo

    @property
    def path(self) -> str:
        return self.entry.filename

    @property
    def size(self) -> int:
        return self.entry.file_size

    def open(self, meter: Meter | None = None) -> io.BufferedReader:
        try:
            # It gives no more than `file_size` bytes, whatever is in it.
            return io.BufferedReader(_Counted(self.archive.open(self.entry), meter, self.path, BROKEN), BUFFER)
        except BROKEN:
            raise Refused("damaged_entry", name=shortened(self.path, 40)) from None


def is_archive(place: Path) -> bool:
    with place.open("rb") as file:
        return file.read(4) in BEGINNINGS


@contextmanager
def archive(place: Path, remarks: Remarks) -> Iterator[list[InArchive]]:
    """The files of a zip in which conversations may be, in its order. Raises `Refused`."""
    if _listed(place) > MOST_ENTRIES:
        raise Refused("too_many_files", most=MOST_ENTRIES)
    try:
        opened = zipfile.ZipFile(place)
    except BROKEN:
        raise Refused("damaged_archive") from None
    with opened:
        files = [entry for entry in opened.infolist() if not entry.is_dir()]
        wanted = [entry for entry in files if _may_hold_one(entry.filename)]
        others = [name_of(entry.filename) for entry in files if not _may_hold_one(entry.filename)]
        if others:
            names = ", ".join(dict.fromkeys(others[:NAMED])) + (" …" if len(others) > NAMED else "")
            remarks.refused("left_out", "", names=names)
        for entry in wanted:
            if entry.flag_bits & ENCRYPTED:
                raise Refused("encrypted", name=shortened(entry.filename, 40))
            # The others that zipfile knows take memory as they please.
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused("odd_packing", name=shortened(entry.filename, 40))
        if sum(entry.file_size for entry in wanted) > MOST_UNPACKED_BYTES:
            raise Refused("too_large_archive", mib=MOST_UNPACKED_BYTES // 2**20)
        yield [InArchive(opened, entry) for entry in wanted]


def name_of(path: str) -> str:
    """Without folders and endings."""
    name = PurePosixPath(path.replace("\\", "/")).name
    stem, _dot, ending = name.rpartition(".")
    return stem if stem and f".{ending}".lower() in ENDINGS else name


def folder_of(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).parent.name


def _may_hold_one(path: str) -> bool:
    plain = PurePosixPath(path.replace("\\", "/"))
    hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in plain.parts)
    return plain.suffix.lower() in ENDINGS and not hidden


def _listed(place: Path) -> int:
    """How many files the archive lists, before zipfile does: its own count is a field that may say anything."""
    found, rest = 0, b""
    with place.open("rb") as file:
        while chunk := file.read(2**20):
            chunk = rest + chunk
            found += chunk.count(LISTED)
            rest = chunk[-(len(LISTED) - 1) :]
    return found


class _Raw(Protocol):
    def read(self, size: int, /) -> bytes | None: ...
    def close(self) -> None: ...


class _Counted(io.RawIOBase):
    """`broken`: what its reading raises where it is damaged."""

    def __init__(self, inner: _Raw, meter: Meter | None, path: str, broken: tuple[type[Exception], ...]) -> None:
        self._inner, self._meter, self._path, self._broken = inner, meter, path, broken

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            content = self._inner.read(len(buffer)) or b""
        except self._broken:
            raise Refused("damaged_entry", name=shortened(self._path, 40)) from None
        buffer[: len(content)] = content
        if self._meter is not None:
            self._meter.done += len(content)
        return len(content)

    def close(self) -> None:
        self._inner.close()
        super().close()
