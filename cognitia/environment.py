"""Reads the environment once, and refuses a bad value by its name."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

Number = TypeVar("Number", int, float)

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


def read_file(path: Path) -> None:
    """Take `NAME=value` lines from a file; what the real environment already says wins."""
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        name, separator, value = entry.partition("=")
        if not separator or not name.strip().isidentifier():
            raise ImproperlyConfigured(f"{path.name}, line {number}: {entry!r} is not NAME=value.")
        os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


def text(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def pairs(name: str) -> dict[str, str]:
    """`one=first,other=second`."""
    found = {}
    for entry in filter(None, text(name).split(",")):
        key, separator, value = entry.partition("=")
        if not separator or not key.strip():
            # Not the entry itself: what is written here may be a secret.
            raise ImproperlyConfigured(f"{name} is not made of name=value, with commas between.")
        found[key.strip()] = value.strip()
    return found


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")


def whole(name: str, default: int, *, least: int, most: int) -> int:
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number.") from None
    return _within(name, number, least, most)


def decimal(name: str, default: float, *, least: float, most: float) -> float:
    value = text(name, str(default))
    try:
        number = float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a number.") from None
    return _within(name, number, least, most)


def decimal_if_given(name: str, *, least: float, most: float) -> float | None:
    return decimal(name, least, least=least, most=most) if text(name) else None


def choice(name: str, default: str, choices: Collection[str]) -> str:
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; choose one of {', '.join(choices)}.")
    return value


def names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def path(name: str, default: Path) -> Path:
    value = text(name)
    return Path(value).expanduser().resolve() if value else default


def _within(name: str, number: Number, least: Number, most: Number) -> Number:
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name} is {number}; it must be between {least} and {most}.")
    return number
