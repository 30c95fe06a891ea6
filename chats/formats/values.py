"""JSON out of a stranger's file, a piece at a time: bounded, and such that a database can hold it. Pure."""

import json
import math
import re
from dataclasses import dataclass

from chats.formats.report import Refused
from core.json import Json, JsonObject

# One line, or one conversation. A letter takes Python up to four bytes, and text and values exist at once: 16 MiB
# with a single emoji in it are 150 MiB for a moment.
MOST_BYTES = 16 * 2**20
# Conversations nest to about ten.
MOST_DEPTH = 64
# Counted as commas and opening brackets, those in texts too.
MOST_VALUES = 1_000_000
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# As an escape, either may stand for one of those.
SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What had to be mended is said beside the value."""

    value: Json
    bad_letters: bool = False
    bad_numbers: bool = False


def parse(content: bytes) -> Parsed:
    """Raises `Refused`. What is no JSON but often met is mended: broken UTF-8, infinite numbers (null), NUL and half
    surrogate pairs in a text, which PostgreSQL cannot store."""
    if len(content) > MOST_BYTES or sum(content.count(mark) for mark in b",[{") > MOST_VALUES:
        raise Refused("too_many_values")
    try:
        text, whole = content.decode(), True
    except UnicodeDecodeError:
        text, whole = content.decode(errors="replace"), False
    odd: list[str] = []

    def number(digits: str) -> float | None:
        if math.isfinite(value := float(digits)):
            return value
        odd.append(digits)
        return None

    def constant(name: str) -> None:
        odd.append(name)

    try:
        value: Json = json.loads(text, strict=False, parse_float=number, parse_constant=constant)
    except (ValueError, RecursionError):  # also a whole number of more than 4300 digits
        raise Refused("not_json") from None
    bad = False
    if content.count(b"{") + content.count(b"[") > MOST_DEPTH or b"\0" in content or SUSPECT.search(content):
        value, bad = _storable(value, MOST_DEPTH)
    return Parsed(value, bad or not whole, bool(odd))


def dump(value: Json) -> str:
    """On one line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def record(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def mended(text: str) -> str:
    """The same object where nothing is wrong with it."""
    if "\0" in text:
        text = text.replace("\0", "")
    return UNSTORABLE.sub(REPLACEMENT, text) if not text.isascii() and UNSTORABLE.search(text) else text


def _storable(value: Json, depth: int) -> tuple[Json, bool]:
    """The value, mended in place, and whether anything was."""
    if isinstance(value, str):
        found = mended(value)
        return found, found is not value
    if not isinstance(value, list | dict):
        return value, False
    if not depth:
        raise Refused("too_deep")
    changed = False
    if isinstance(value, list):
        for index, item in enumerate(value):
            value[index], bad = _storable(item, depth - 1)
            changed |= bad
        return value, changed
    keys = False
    for key, item in value.items():
        value[key], bad = _storable(item, depth - 1)
        changed |= bad
        keys |= mended(key) is not key
    return ({mended(key): item for key, item in value.items()} if keys else value), changed or keys
