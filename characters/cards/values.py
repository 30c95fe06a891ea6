"""JSON out of a stranger's file: bounded, and such that a database can hold it."""

import json
import math
import re

from characters.cards.report import Notices, Refused
from core.json import Json

MOST_JSON_BYTES = 16 * 2**20
# Cards nest to about ten. A parser of C survives a few thousand, and copies and databases fewer than that.
MOST_DEPTH = 64
# Counted as commas and opening brackets, those in texts too: 16 MiB of prose have some 240,000. 900,000 short keys
# took 2 s to read and 6 s to write again, 280,000 took 0.4 s and 1.1 s.
MOST_VALUES = 300_000
HALF_A_PAIR = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def parse(content: bytes, notices: Notices, where: str) -> Json:
    """UTF-8, or what its byte order mark says. Raises `Refused`.

    What is no JSON but often met is repaired and noted: broken UTF-8, infinite numbers (null), NUL and half surrogate
    pairs in a text, which PostgreSQL can not store.
    """
    if len(content) > MOST_JSON_BYTES:
        raise Refused("too_large", f"The card's text is larger than {MOST_JSON_BYTES // 2**20} MiB.")
    if sum(content.count(mark) for mark in b",[{") > MOST_VALUES:
        raise Refused("too_many_values", "The card's text has too many parts.")
    text, whole = _decoded(content)
    odd: list[str] = []

    def number(digits: str) -> float | None:
        if math.isfinite(value := float(digits)):
            return value
        odd.append(digits)
        return None

    def constant(name: str) -> None:
        odd.append(name)

    try:
        value: Json = json.loads(text.strip(" \t\r\n\0"), strict=False, parse_float=number, parse_constant=constant)
    except (ValueError, RecursionError):  # also a whole number of more than 4300 digits
        raise Refused("not_json", "The card's text is not JSON, or it is damaged.") from None
    value, changed = _storable(value, MOST_DEPTH)
    if not whole or changed:
        notices.imported("bad_letters", "Letters that no text can hold were replaced.", where)
    if odd:
        notices.imported("bad_number", "Infinite numbers were left empty.", where)
    return value


def dump(value: Json) -> bytes:
    """UTF-8. Inverse of `parse`."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair, from a caller: as an escape it is at least JSON
        return json.dumps(value, allow_nan=False).encode()


def _decoded(content: bytes) -> tuple[str, bool]:
    """The text, and whether all of it was readable."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding), True
    except UnicodeDecodeError:
        return content.decode(encoding, "replace"), False


def _storable(value: Json, depth: int) -> tuple[Json, bool]:
    """The value, mended in place, and whether anything was."""
    if isinstance(value, str):
        mended = _mended(value)
        return mended, mended is not value
    if not isinstance(value, list | dict):
        return value, False
    if not depth:
        raise Refused("too_deep", "The card's text is nested too deeply.")
    changed = False
    if isinstance(value, list):
        for index, item in enumerate(value):
            value[index], mended_item = _storable(item, depth - 1)
            changed |= mended_item
        return value, changed
    bad_keys = False
    for key, item in value.items():
        value[key], mended_item = _storable(item, depth - 1)
        changed |= mended_item
        bad_keys |= _mended(key) is not key
    return ({_mended(key): item for key, item in value.items()} if bad_keys else value), changed or bad_keys


def _mended(text: str) -> str:
    """The same object where nothing is wrong with it."""
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return HALF_A_PAIR.sub(REPLACEMENT, text)
    return text
