"""What the pages show of one's own lorebooks, and the files they go out as: rows in, values out."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Count

from accounts.models import User
from characters import access
from characters.cards import values
from characters.exporting import Exported
from characters.lore import writing
from characters.lore.entry import Book
from characters.lore.reading import own_book
from characters.models import Lorebook
from core.errors import NotFound
from core.json import JsonObject
from inference.text.budget import TokenBudget
from weights.choice import context_of

LONGEST_FILE_NAME = 80
NUMBER = re.compile("[0-9]{1,9}")


class Kind(StrEnum):
    V3 = "v3"
    WORLD = "sillytavern"


@dataclass(frozen=True, slots=True)
class Shelved:
    """`chats` is in how many of them it was put."""

    id: UUID
    name: str
    description: str
    entries: int
    chats: int
    is_global: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    id: UUID
    name: str
    is_global: bool
    is_on: bool


@dataclass(frozen=True, slots=True)
class Sourced:
    """A book that is saved, and whose it is: `character` is "" for one that is nobody's."""

    book: Book | None
    character: str = ""


def shelf(user: User) -> list[Shelved]:
    found = access.lorebooks_for(user).annotate(in_chats=Count("chats", distinct=True))
    return [_shelved(row, row.book, row.in_chats) for row in found]


def shelved(row: Lorebook) -> Shelved:
    return _shelved(row, row.book, row.chats.count())


def choices(user: User, on: Collection[UUID]) -> list[Choice]:
    """Every book of theirs, with whether it is among those that are `on`."""
    return [Choice(row.id, row.name, row.is_global, row.id in on) for row in access.lorebooks_for(user).defer("text")]


def source_of_lorebook(lorebook_id: UUID) -> str:
    return f"lorebook/{lorebook_id}"


def source_of_version(character_id: UUID, number: int) -> str:
    return f"version/{character_id}/{number}"


def sourced(user: User, source: str) -> Sourced:
    """What a form was made from; for a new book, nothing. Raises `NotFound`, also for what names nothing."""
    kind, _slash, rest = source.partition("/")
    if not kind:
        return Sourced(None)
    if kind == "lorebook":
        return Sourced(access.get_lorebook_for(user, _id(rest)).book)
    character_id, _slash, number = rest.partition("/")
    if kind != "version" or not NUMBER.fullmatch(number):
        raise NotFound
    character = _id(character_id)
    card = access.get_version_for(user, character, int(number)).card
    return Sourced(own_book(card.book, str(character)), card.spoken_name)


def lore_budget() -> int:
    """The tokens that all lore may take of a prompt; the usual number if nobody knows what the model can hold."""
    return TokenBudget(context_of(None)).recalled


def told(row: Lorebook) -> JsonObject:
    """As a stand-alone V3 file says it."""
    return writing.lorebook(row.book)


def export(row: Lorebook, kind: Kind) -> Exported:
    book = row.book
    content = writing.lorebook(book) if kind is Kind.V3 else writing.world(book)
    stem = "".join(letter for letter in row.name if letter.isprintable() and letter not in '/\\:*?"<>|.')
    name = stem.strip()[:LONGEST_FILE_NAME] or "lorebook"
    return Exported(values.dump(content), "application/json", f"{name}.{kind.value}.json")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _shelved(row: Lorebook, book: Book, chats: int) -> Shelved:
    return Shelved(row.id, row.name, book.description or "", len(book.entries), chats, row.is_global, row.updated_at)
