"""JSON out of a stranger's file, a piece at a time: bounded, and such that a database can hold it. Pure."""

import json
import re
from dataclasses import dataclass

from chats.formats.report import Refused
from core.json import Json, JsonObject, TooDeep, loaded, storable

# One line, or one conversation. A letter takes Python up to four bytes, and text and values exist at once: 16 MiB
# with a single emoji in it are 150 MiB for a moment.
MOST_BYTES = 16 * 2**20
# Conversations nest to about ten.
MOST_DEPTH = 64
# Counted as commas and opening brackets, those in texts too.
MOST_VALUES = 1_000_000
# As an escape, either may stand for one of those.
SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


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
    bad = False
    try:
        value, odd = loaded(text)
        if content.count(b"{") + content.count(b"[") > MOST_DEPTH or b"\0" in content or SUSPECT.search(content):
            value, bad = storable(value, MOST_DEPTH)
    except TooDeep:
        raise Refused("too_deep") from None
    except (ValueError, RecursionError):
        raise Refused("not_json") from None
    return Parsed(value, bad or not whole, odd)


def dump(value: Json) -> str:
    """On one line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def record(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
