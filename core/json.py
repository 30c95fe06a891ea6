"""What JSON can say, for those who read it from strangers: read, and such that PostgreSQL can hold it."""

import json
import math
import re
from typing import TypeAlias

HALF_A_PAIR = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
JsonObject: TypeAlias = dict[str, Json]


class TooDeep(ValueError):
    """It nests further than was asked for."""


def loaded(text: str) -> tuple[Json, bool]:
    """The value, and whether there were infinite numbers, which are null in it.

    Raises `ValueError`, also for a whole number of more than 4300 digits, or `RecursionError`.
    """
    odd: list[str] = []

    def number(digits: str) -> float | None:
        if math.isfinite(value := float(digits)):
            return value
        odd.append(digits)
        return None

    def constant(name: str) -> None:
        odd.append(name)

    value: Json = json.loads(text, strict=False, parse_float=number, parse_constant=constant)
    return value, bool(odd)


def storable(value: Json, depth: int) -> tuple[Json, bool]:
    """The value, mended in place, and whether anything was. Raises `TooDeep`."""
    if isinstance(value, str):
        whole = mended(value)
        return whole, whole is not value
    if not isinstance(value, list | dict):
        return value, False
    if not depth:
        raise TooDeep
    changed = False
    if isinstance(value, list):
        for index, item in enumerate(value):
            value[index], mended_item = storable(item, depth - 1)
            changed |= mended_item
        return value, changed
    bad_keys = False
    for key, item in value.items():
        value[key], mended_item = storable(item, depth - 1)
        changed |= mended_item
        bad_keys |= mended(key) is not key
    return ({mended(key): item for key, item in value.items()} if bad_keys else value), changed or bad_keys


def mended(text: str) -> str:
    """Without what PostgreSQL cannot store; the same object where nothing is wrong with it."""
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return HALF_A_PAIR.sub(REPLACEMENT, text)
    return text
