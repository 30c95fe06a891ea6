"""The files of characters: a shelf where each is named by what it holds, and a quarantine named by an import's id.

Nothing that anybody chose, a name least of all, becomes part of a path.
"""

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from characters import pictures
from characters.pictures import Picture
from core.bringing import Quarantine
from core.errors import NotFound

# Where what people bring lies while it is read.
QUARANTINE = Quarantine()
# Widths of the small ones, in pixels. `WHOLE` is the picture as it lies there.
WIDTHS = (96, 480)
WHOLE = 0
DIGEST = re.compile(r"[0-9a-f]{64}")
# What begins so is still being written.
PART = ".part-"


def put(content: bytes) -> str:
    """Lay it on the shelf, whole or not at all; answers its digest. Raises `OSError`.

    A row has to name it within a day, or `remove_stale` may take it away again.
    """
    digest = hashlib.sha256(content).hexdigest()
    place = path(digest)
    with _locked(fcntl.LOCK_SH):
        try:
            # It is wanted again, from now on.
            os.utime(place)
        except FileNotFoundError:
            _write(place, content)
    return digest


def put_picture(picture: Picture) -> str:
    """The picture and its small ones, for one that lists will show. Raises `OSError`."""
    digest = put(picture.content)
    for width in WIDTHS:
        variant(digest, width)
    return digest


def read(digest: str) -> bytes:
    """Raises `NotFound` if it is not there."""
    try:
        return path(digest).read_bytes()
    except FileNotFoundError:
        raise NotFound from None


def variant(digest: str, width: int) -> bytes:
    """A picture of the shelf as a WEBP of one of `WIDTHS`, made when it is first asked for. Raises `NotFound`."""
    place = path(digest).with_name(f"{digest}-{width}.webp")
    try:
        return place.read_bytes()
    except FileNotFoundError:
        content = pictures.variant(read(digest), width)
    _write(place, content)
    return content


def path(digest: str) -> Path:
    """Raises `NotFound` for what is no digest."""
    if not DIGEST.fullmatch(digest):
        raise NotFound
    return _shelf() / digest[:2] / digest


def address(digest: str, ext: str) -> str:
    """What a card calls a file of the shelf: the same file has the same address in every version, and here only."""
    plain = "".join(re.findall(r"[a-z0-9]", ext.lower()))[:20]
    return f"embeded://assets/{digest}.{plain or 'unknown'}"


def stale(before: float) -> Iterator[str]:
    """The digests of files that lie there untouched since that time (Unix seconds). Forgotten parts are removed."""
    found: set[str] = set()
    for file in _shelf().glob("*/*"):
        if _older(file, before):
            if file.name.startswith(PART):
                file.unlink(missing_ok=True)
            elif (digest := file.name[:64]) not in found:
                found.add(digest)
                yield digest


def remove_stale(digest: str, before: float) -> bool:
    """Take it and its small ones away, unless somebody has wanted it since. No row may name it."""
    place = path(digest)
    with _locked(fcntl.LOCK_EX):
        if place.exists() and not _older(place, before):
            return False
        for file in place.parent.glob(f"{digest}*"):
            file.unlink(missing_ok=True)
    return True


def _shelf() -> Path:
    return Path(settings.MEDIA_ROOT) / "shelf"


def _write(place: Path, content: bytes) -> None:
    """Whoever opens it sees all of it, also after a power cut."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix=PART, dir=place.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _older(file: Path, before: float) -> bool:
    try:
        return file.stat().st_mtime < before
    except FileNotFoundError:
        return False


@contextmanager
def _locked(kind: int) -> Iterator[None]:
    """Many may lay files there at once; nobody does while one is taken away."""
    _shelf().mkdir(parents=True, exist_ok=True, mode=0o700)
    with (_shelf() / ".lock").open("ab") as file:
        fcntl.flock(file, kind)
        yield
