"""The `@@name value` lines that begin an entry of a V3 lorebook, and what they ask for. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from characters.lore.position import DECORATED, Position
from inference.text.prompt import Role

LINE = re.compile(r"@@(?P<fallback>@?)(?P<name>[A-Za-z_]\w*)(?:[ \t]+(?P<value>.*))?", re.ASCII)
WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)


class UiPrompt(StrEnum):
    """The values of `@@disable_ui_prompt`."""

    POST_HISTORY = "post_history_instructions"
    SYSTEM = "system_prompt"


@dataclass(frozen=True, slots=True)
class Decorators:
    """What an entry asks for beyond its fields; None or empty where it asks for nothing.

    Counts and depths are in messages. Of `additional_keys` every group must be met, by any of its keys.
    """

    activate: bool = False
    dont_activate: bool = False
    activate_only_after: int | None = None
    activate_only_every: int | None = None
    keep_activate_after_match: bool = False
    dont_activate_after_match: bool = False
    depth: int | None = None
    reverse_depth: int | None = None
    role: Role | None = None
    scan_depth: int | None = None
    is_greeting: int | None = None
    position: Position | None = None
    ignore_on_max_context: bool = False
    additional_keys: tuple[tuple[str, ...], ...] = ()
    exclude_keys: tuple[str, ...] = ()
    is_user_icon: str | None = None
    disable_ui_prompt: UiPrompt | None = None


@dataclass(frozen=True, slots=True)
class Decorated:
    """`text` is what remains for the prompt; `ignored` are the lines that had no effect, as they stood."""

    text: str
    decorators: Decorators
    ignored: tuple[str, ...] = ()


Value = bool | int | str | Role | Position | UiPrompt | tuple[str, ...]


def _flag(value: str) -> bool | None:
    return True if value.casefold() in {"", "true"} else None


def _whole(value: str) -> int | None:
    return int(value) if WHOLE.fullmatch(value) else None


def _count(value: str) -> int | None:
    number = _whole(value)
    return number if number is not None and number >= 0 else None


def _positive(value: str) -> int | None:
    return _count(value) or None


def _word(value: str) -> str | None:
    return value or None


def _keys(value: str) -> tuple[str, ...] | None:
    return tuple(key for part in value.split(",") if (key := part.strip())) or None


def _role(value: str) -> Role | None:
    return Role(value) if value in set(Role) else None


def _position(value: str) -> Position | None:
    return Position(value) if value in DECORATED else None


def _ui_prompt(value: str) -> UiPrompt | None:
    return UiPrompt(value) if value in set(UiPrompt) else None


# Those for texts that are no chat (instruct_depth and its like) are missing: V3 wants them ignored in a chat.
KNOWN: dict[str, Callable[[str], Value | None]] = {
    "activate": _flag,
    "dont_activate": _flag,
    "activate_only_after": _count,
    "activate_only_every": _positive,
    "keep_activate_after_match": _flag,
    "dont_activate_after_match": _flag,
    "depth": _whole,
    "reverse_depth": _whole,
    "role": _role,
    "scan_depth": _count,
    "is_greeting": _count,
    "position": _position,
    "ignore_on_max_context": _flag,
    "additional_keys": _keys,
    "exclude_keys": _keys,
    "is_user_icon": _word,
    "disable_ui_prompt": _ui_prompt,
}
REPEATABLE = "additional_keys"


def parse(content: str) -> Decorated:
    """A text without decorators comes back untouched; any text can be parsed."""
    lines, rest = _split(content)
    if not lines:
        return Decorated(content, Decorators())
    values: dict[str, Value] = {}
    groups: list[tuple[str, ...]] = []
    ignored: list[str] = []
    for chain in _chains(lines):
        ignored += _settle(chain, values, groups)
    decorators = Decorators(**values, additional_keys=tuple(groups))  # type: ignore[arg-type]  # KNOWN has the types
    return Decorated(rest, decorators, tuple(ignored))


def stripped(content: str) -> str:
    """For programs that know no decorators and would show them to the model."""
    return parse(content).text


def _split(content: str) -> tuple[list[re.Match[str]], str]:
    """The decorators that lead it, and what follows them."""
    found: list[re.Match[str]] = []
    left = content
    while (begun := left.lstrip("\r\n")).startswith("@@"):
        line, _, after = begun.partition("\n")
        match = LINE.fullmatch(line.rstrip())
        if match is None:
            break
        found.append(match)
        left = after
    return found, left.strip("\r\n") if found else content


def _chains(lines: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Each decorator with the fallbacks directly below it."""
    chain: list[re.Match[str]] = []
    for line in lines:
        if chain and not line["fallback"]:
            yield chain
            chain = []
        chain.append(line)
    yield chain


def _settle(chain: list[re.Match[str]], values: dict[str, Value], groups: list[tuple[str, ...]]) -> list[str]:
    """Take the first of the chain that means something; the others are returned."""
    if chain[0]["fallback"]:
        return [line[0] for line in chain]
    for number, line in enumerate(chain):
        name = line["name"].casefold()
        value = KNOWN[name]((line["value"] or "").strip()) if name in KNOWN else None
        if value is None:
            continue
        if name == REPEATABLE and isinstance(value, tuple):
            groups.append(value)
        elif name in values:
            # It is understood, only too late: its fallbacks are for programs that do not understand it.
            return [line[0] for line in chain]
        else:
            values[name] = value
        return [other[0] for other in chain[:number] + chain[number + 1 :]]
    return [line[0] for line in chain]
