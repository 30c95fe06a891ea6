"""The files of models: one folder, and in it names that are made of a row's id and of nothing else."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

# PostgreSQL's log of changes grows to 1 GB under load; a full disk would stop it and everything with it.
RESERVE_BYTES = 2_000_000_000
READ_BYTES = 1 << 20


class Busy(Exception):
    """Another process writes this file."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file is written to."""

    size_bytes: int
    mtime_ns: int


def folder() -> Path:
    """Where they are; made if it is not there. Raises `OSError`."""
    place: Path = settings.MODELS_DIR
    place.mkdir(parents=True, exist_ok=True)
    return place


def whole(model_id: UUID) -> Path:
    return folder() / f"{model_id}.gguf"


def part(model_id: UUID) -> Path:
    """What has been received of it so far."""
    return folder() / f"{model_id}.part"


def stamp(path: Path) -> Stamp | None:
    """None where there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_size, found.st_mtime_ns)


def free_bytes() -> int:
    return shutil.disk_usage(folder()).free


def remove(model_id: UUID) -> None:
    for path in (whole(model_id), part(model_id)):
        path.unlink(missing_ok=True)


def unregistered() -> list[Path]:
    """GGUF files that an operator has put there: regular ones, whose names are not ours."""
    return [path for path in sorted(folder().glob("*.gguf")) if _is_foreign(path)]


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Be the only process that writes this file, which is made if it is not there. Raises `Busy`."""
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Busy from error
        yield


def sha256_of(path: Path, between: Callable[[], None] = lambda: None) -> str:
    """`between` is called after every MiB, and may raise to end it."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(READ_BYTES):
            digest.update(chunk)
            between()
    return digest.hexdigest()


def finish(model_id: UUID) -> Path:
    """From a part to the whole, once: whoever opens it afterwards sees all of it."""
    received, complete = part(model_id), whole(model_id)
    with received.open("rb") as file:
        os.fsync(file.fileno())
    received.replace(complete)
    return complete


def _is_foreign(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    try:
        UUID(path.stem)
    except ValueError:
        return True
    return False
