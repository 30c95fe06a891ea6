"""A lorebook and its entries, in one shape for cards and for SillyTavern's worlds. Pure."""

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from characters.lore.decorators import Decorated, parse
from characters.lore.position import Position
from core.json import Json
from inference.text.prompt import Role


class Logic(IntEnum):
    """Which of the secondary keys must be there once a primary one is; the numbers are SillyTavern's."""

    AND_ANY = 0
    NOT_ALL = 1
    NOT_ANY = 2
    AND_ALL = 3


class Kind(StrEnum):
    """Whose book it is. The character's goes before the world's."""

    CHARACTER = "character"
    WORLD = "world"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to know, and when to say it.

    `content` still has its decorators. Of `case_sensitive`, `whole_words`, `group_scoring` and `scan_depth`, None
    leaves it to the book or the settings. `sticky`, `cooldown`, `delay` and `scan_depth` are in messages, 0 meaning
    none; `probability` is in percent. `delay_until_recursion` is a level: 0 does not wait, 1 goes first.
    `raw` and `extensions` hold what no field here stands for, to be written back.
    """

    uid: int | str
    keys: tuple[str, ...] = ()
    secondary_keys: tuple[str, ...] = ()
    logic: Logic = Logic.AND_ANY
    selective: bool = False
    content: str = ""
    name: str | None = None
    comment: str = ""
    constant: bool = False
    enabled: bool = True
    order: float = 100
    priority: float | None = None
    position: Position = Position.BEFORE_CHARACTER
    depth: int = 4
    role: Role = Role.SYSTEM
    outlet: str = ""
    case_sensitive: bool | None = None
    whole_words: bool | None = None
    use_regex: bool = False
    scan_depth: int | None = None
    probability: float = 100
    use_probability: bool = True
    exclude_recursion: bool = False
    prevent_recursion: bool = False
    delay_until_recursion: int = 0
    groups: tuple[str, ...] = ()
    group_override: bool = False
    group_weight: float = 100
    group_scoring: bool | None = None
    sticky: int = 0
    cooldown: int = 0
    delay: int = 0
    ignores_budget: bool = False
    raw: dict[str, Json] = field(default_factory=dict, repr=False, hash=False)
    extensions: dict[str, Json] = field(default_factory=dict, repr=False, hash=False)

    @property
    def decorated(self) -> Decorated:
        return parse(self.content)

    @property
    def standing(self) -> float:
        """Those with less are dropped first when the budget is short."""
        return self.order if self.priority is None else self.priority

    @property
    def fingerprint(self) -> str:
        """Another one as soon as anything that matters here is changed."""
        return hashlib.sha256(repr(self).encode(errors="replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Book:
    """`key` tells it from the other books of a chat; the `uid`s of its entries differ when written out.

    `scan_depth` is in messages, `token_budget` in tokens; None of either, and of `recursive`, leaves it to the
    settings. `raw` and `extensions` are as in an entry.
    """

    entries: tuple[Entry, ...] = ()
    key: str = ""
    kind: Kind = Kind.WORLD
    name: str | None = None
    description: str | None = None
    scan_depth: int | None = None
    token_budget: int | None = None
    recursive: bool | None = None
    raw: dict[str, Json] = field(default_factory=dict, repr=False, hash=False)
    extensions: dict[str, Json] = field(default_factory=dict, repr=False, hash=False)
