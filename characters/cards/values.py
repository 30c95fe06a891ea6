"""JSON out of a stranger's file: bounded, and such that a database can hold it."""

import json

from characters.report import Notices, Refused
from core.json import Json, TooDeep, loaded, storable

# Measured in processes of their own, of 16 MiB to begin with: one with 8 MiB of plain letters grows to 47 MiB at
# reading and 80 at writing a PNG, one with 8 MiB of them and a single emoji, for which Python takes four bytes for
# every letter, to 96 and 130. With 16 MiB it was 253.
MOST_JSON_BYTES = 8 * 2**20
# Cards nest to about ten. A parser of C survives a few thousand, and copies and databases fewer than that.
MOST_DEPTH = 64
# Counted as commas and opening brackets, those in texts too: 8 MiB of prose have some 120,000, 8 MiB of SillyTavern's
# entries some 250,000. 300,000 short keys take 0.3 s and 70 MiB to read, 0.4 s and 93 MiB to write as a PNG.
MOST_VALUES = 300_000
# A text that was written so stays below the limits when we write it again.
COMPACT = (",", ":")


def parse(content: bytes, notices: Notices, where: str) -> Json:
    """UTF-8, or what its byte order mark says. Raises `Refused`.

    What is no JSON but often met is repaired and noted: broken UTF-8, infinite numbers (null), NUL and half surrogate
    pairs in a text, which PostgreSQL can not store.
    """
    _bounded(content)
    text, whole = _decoded(content)
    try:
        value, odd = loaded(text.strip(" \t\r\n\0"))
        value, changed = storable(value, MOST_DEPTH)
    except TooDeep:
        raise Refused("too_deep") from None
    except (ValueError, RecursionError):
        raise Refused("not_json") from None
    if not whole or changed:
        notices.imported("bad_letters", where)
    if odd:
        notices.imported("bad_number", where)
    return value


def dump(value: Json) -> bytes:
    """UTF-8. Inverse of `parse`."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=COMPACT).encode()
    except UnicodeEncodeError:  # half a surrogate pair, from a caller: as an escape it is at least JSON
        return json.dumps(value, allow_nan=False, separators=COMPACT).encode()


def export(value: Json) -> bytes:
    """As `dump`, but raises `Refused`: nobody should get a text out of here that `parse` would not take back."""
    content = dump(value)
    _bounded(content)
    _check_depth(value, MOST_DEPTH)
    return content


def _bounded(content: bytes) -> None:
    if len(content) > MOST_JSON_BYTES:
        raise Refused("too_large_text", mib=MOST_JSON_BYTES // 2**20)
    if sum(content.count(mark) for mark in b",[{") > MOST_VALUES:
        raise Refused("too_many_values")


def _check_depth(value: Json, depth: int) -> None:
    if not isinstance(value, list | dict):
        return
    if not depth:
        raise Refused("too_deep")
    for item in value.values() if isinstance(value, dict) else value:
        _check_depth(item, depth - 1)


def _decoded(content: bytes) -> tuple[str, bool]:
    """The text, and whether all of it was readable."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding), True
    except UnicodeDecodeError:
        return content.decode(encoding, "replace"), False
