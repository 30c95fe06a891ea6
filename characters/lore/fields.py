"""A book and its entries as texts that a form shows and takes. Pure.

What comes back as it was shown changes nothing, whatever it stands for: only so does a book survive a form.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

from characters.lore import names
from characters.lore.entry import Book, Entry, Logic
from characters.lore.position import Position
from characters.lore.reading import GREATEST
from inference.text.prompt import Role

T = TypeVar("T", Book, Entry)
ON = "on"
YES, NO = "yes", "no"
# A comma inside /…/ belongs to the expression.
KEY = re.compile(r"\s*(/(?:[^/\\\n]|\\.)+/[gimsuy]*|[^,]*?)\s*(?:,|$)")


class Wrong(StrEnum):
    """What is wrong with a text, where it cannot be taken."""

    NUMBER = "number"
    WHOLE = "whole"
    PERCENT = "percent"
    CHOICE = "choice"


class WrongError(ValueError):
    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong)
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """`put` raises `WrongError`. One that `is_line` shows no line ends, as no input of one line does."""

    name: str
    show: Callable[[T], str]
    put: Callable[[T, str], T]
    is_line: bool = True

    def same(self, shown: str, said: str) -> bool:
        if self.is_line:
            return re.sub(r"[\r\n]", "", shown).strip() == re.sub(r"[\r\n]", "", said).strip()
        return lines(shown) == lines(said)


def shown(fields: Iterable[Field[T]], row: T) -> dict[str, str]:
    return {field.name: field.show(row) for field in fields}


def said(fields: Iterable[Field[T]], row: T, texts: Mapping[str, str]) -> tuple[T, dict[str, Wrong]]:
    """The row saying these; a field without a text, or with a wrong one, stays as it was."""
    wrong: dict[str, Wrong] = {}
    changed = row
    for field in fields:
        text = texts.get(field.name)
        if text is None or field.same(field.show(row), text):
            continue
        try:
            changed = field.put(changed, lines(text))
        except WrongError as error:
            wrong[field.name] = error.wrong
    return changed, wrong


def lines(text: str) -> str:
    """As a file has its line ends; a form sends others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def keys_shown(keys: tuple[str, ...]) -> str:
    """With commas between them; a line for each where one has a comma of its own."""
    joined = ", ".join(keys)
    return joined if keys_said(joined) == keys else "\n".join(keys) + "\n"


def keys_said(text: str) -> tuple[str, ...]:
    parts = text.split("\n") if "\n" in text else [match[1] for match in KEY.finditer(text)]
    return tuple(key for part in parts if (key := part.strip()))


def _on(value: bool) -> str:
    return ON if value else ""


def _third(value: bool | None) -> str:
    return "" if value is None else YES if value else NO


def _third_said(text: str) -> bool | None:
    if text not in {"", YES, NO}:
        raise WrongError(Wrong.CHOICE)
    return None if not text else text == YES


def _number(value: float | None) -> str:
    return "" if value is None else str(int(value)) if value == int(value) else repr(value)


def _number_said(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise WrongError(Wrong.NUMBER) from None
    if not abs(value) <= GREATEST:
        raise WrongError(Wrong.NUMBER)
    return int(value) if value == int(value) else value


def _percent(text: str) -> float:
    value = _number_said(text)
    if not 0 <= value <= 100:
        raise WrongError(Wrong.PERCENT)
    return value


def _count(text: str) -> int:
    """Nothing counts as none."""
    digits = text.strip() or "0"
    if not (digits.isascii() and digits.isdigit() and int(digits[:12]) <= GREATEST and len(digits) < 12):
        raise WrongError(Wrong.WHOLE)
    return int(digits)


def _perhaps(text: str) -> int | None:
    return _count(text) if text.strip() else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for part in text.split(",") if (word := part.strip())))


def _place(text: str) -> Position:
    if text not in {place.value for place in names.POSITIONS}:
        raise WrongError(Wrong.CHOICE)
    return Position(text)


def _role(text: str) -> Role:
    if text not in set(Role):
        raise WrongError(Wrong.CHOICE)
    return Role(text)


def _logic(text: str) -> Logic:
    if text not in {str(int(logic)) for logic in Logic}:
        raise WrongError(Wrong.CHOICE)
    return Logic(int(text))


BOOK: tuple[Field[Book], ...] = (
    Field("name", lambda b: b.name or "", lambda b, t: replace(b, name=t.strip() or None)),
    Field("description", lambda b: b.description or "", lambda b, t: replace(b, description=t or None), is_line=False),
    Field("scan_depth", lambda b: _number(b.scan_depth), lambda b, t: replace(b, scan_depth=_perhaps(t))),
    Field("token_budget", lambda b: _number(b.token_budget), lambda b, t: replace(b, token_budget=_perhaps(t))),
    Field("recursive", lambda b: _third(b.recursive), lambda b, t: replace(b, recursive=_third_said(t))),
)
ENTRY: tuple[Field[Entry], ...] = (
    Field("enabled", lambda e: _on(e.enabled), lambda e, t: replace(e, enabled=bool(t))),
    Field("name", lambda e: e.name or "", lambda e, t: replace(e, name=t.strip() or None)),
    Field("comment", lambda e: e.comment, lambda e, t: replace(e, comment=t.strip())),
    Field("keys", lambda e: keys_shown(e.keys), lambda e, t: replace(e, keys=keys_said(t)), is_line=False),
    Field(
        "secondary_keys",
        lambda e: keys_shown(e.secondary_keys),
        lambda e, t: replace(e, secondary_keys=keys_said(t)),
        is_line=False,
    ),
    Field("selective", lambda e: _on(e.selective), lambda e, t: replace(e, selective=bool(t))),
    Field("logic", lambda e: str(int(e.logic)), lambda e, t: replace(e, logic=_logic(t))),
    Field("content", lambda e: e.content, lambda e, t: replace(e, content=t), is_line=False),
    Field("constant", lambda e: _on(e.constant), lambda e, t: replace(e, constant=bool(t))),
    Field("order", lambda e: _number(e.order), lambda e, t: replace(e, order=_number_said(t))),
    Field(
        "priority",
        lambda e: _number(e.priority),
        lambda e, t: replace(e, priority=_number_said(t) if t.strip() else None),
    ),
    Field("position", lambda e: e.position.value, lambda e, t: replace(e, position=_place(t))),
    Field("depth", lambda e: str(e.depth), lambda e, t: replace(e, depth=_count(t))),
    Field("role", lambda e: e.role.value, lambda e, t: replace(e, role=_role(t))),
    Field("outlet", lambda e: e.outlet, lambda e, t: replace(e, outlet=t.strip())),
    Field(
        "case_sensitive",
        lambda e: _third(e.case_sensitive),
        lambda e, t: replace(e, case_sensitive=_third_said(t)),
    ),
    Field("whole_words", lambda e: _third(e.whole_words), lambda e, t: replace(e, whole_words=_third_said(t))),
    Field("use_regex", lambda e: _on(e.use_regex), lambda e, t: replace(e, use_regex=bool(t))),
    Field("scan_depth", lambda e: _number(e.scan_depth), lambda e, t: replace(e, scan_depth=_perhaps(t))),
    Field("use_probability", lambda e: _on(e.use_probability), lambda e, t: replace(e, use_probability=bool(t))),
    Field("probability", lambda e: _number(e.probability), lambda e, t: replace(e, probability=_percent(t))),
    Field("exclude_recursion", lambda e: _on(e.exclude_recursion), lambda e, t: replace(e, exclude_recursion=bool(t))),
    Field("prevent_recursion", lambda e: _on(e.prevent_recursion), lambda e, t: replace(e, prevent_recursion=bool(t))),
    Field(
        "delay_until_recursion",
        lambda e: str(e.delay_until_recursion),
        lambda e, t: replace(e, delay_until_recursion=_count(t)),
    ),
    Field("groups", lambda e: ", ".join(e.groups), lambda e, t: replace(e, groups=_words(t))),
    Field("group_override", lambda e: _on(e.group_override), lambda e, t: replace(e, group_override=bool(t))),
    Field("group_weight", lambda e: _number(e.group_weight), lambda e, t: replace(e, group_weight=_number_said(t))),
    Field("group_scoring", lambda e: _third(e.group_scoring), lambda e, t: replace(e, group_scoring=_third_said(t))),
    Field("sticky", lambda e: str(e.sticky), lambda e, t: replace(e, sticky=_count(t))),
    Field("cooldown", lambda e: str(e.cooldown), lambda e, t: replace(e, cooldown=_count(t))),
    Field("delay", lambda e: str(e.delay), lambda e, t: replace(e, delay=_count(t))),
    Field("ignores_budget", lambda e: _on(e.ignores_budget), lambda e, t: replace(e, ignores_budget=bool(t))),
)
# Those that a form sends only when they are on.
CHECKS = frozenset(
    "enabled selective constant use_regex use_probability exclude_recursion prevent_recursion group_override"
    " ignores_budget".split()
)
