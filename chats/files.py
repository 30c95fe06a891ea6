"""Where files of conversations lie while they are read: a quarantine of their own, each named by its import's id."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings


def quarantine(import_id: UUID, chunks: Iterable[bytes]) -> int:
    """Lay what somebody brings there; answers its size in bytes. Raises `OSError`."""
    place = quarantined(import_id)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    size = 0
    try:
        with place.open("xb") as file:
            for chunk in chunks:
                size += file.write(chunk)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return size


def quarantined(import_id: UUID) -> Path:
    return _folder() / str(import_id)


def release(import_id: UUID) -> None:
    """Nothing of it stays there."""
    quarantined(import_id).unlink(missing_ok=True)


def in_quarantine(before: float) -> Iterator[UUID]:
    """What lies there since before that time (Unix seconds)."""
    for file in _folder().glob("*"):
        try:
            import_id, touched = UUID(file.name), file.stat().st_mtime
        except (ValueError, FileNotFoundError):
            continue
        if touched < before:
            yield import_id


def _folder() -> Path:
    # Beside those of characters, whose files that nothing names are removed by other rules.
    return Path(settings.QUARANTINE_DIR) / "chats"
