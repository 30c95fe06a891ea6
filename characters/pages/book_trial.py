"""The test box: which entries of a book a text brings up, and why. Values in, values out."""

import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from characters.lore.activation import Activation, Message, Placed, Reason, Scene, Settings, Why, activate
from characters.lore.entry import Book
from characters.lore.state import State
from characters.pages import book_table
from characters.tokens import estimate
from core.json import Json
from inference.text.prompt import Role

LONGEST_TEXT = 20_000
MOST_SEED = 999_999
SAID = re.compile(r"(?P<name>[^:\n]{1,80}):\s+(?P<text>.*)", re.DOTALL)

WHY: Mapping[Why, str | Promise] = {
    Why.MATCHED: gettext_lazy("one of its keys is there"),
    Why.CONSTANT: gettext_lazy("it is always there"),
    Why.STICKY: gettext_lazy("it stays from an earlier message"),
    Why.DECORATED: gettext_lazy("@@activate asks for it"),
    Why.KEPT: gettext_lazy("it was brought up before and stays"),
    Why.DISABLED: gettext_lazy("it is switched off"),
    Why.UNMATCHED: gettext_lazy("none of its keys is there"),
    Why.SECONDARY: gettext_lazy("its secondary keys say no"),
    Why.PATTERN: gettext_lazy("one of its patterns cannot be used"),
    Why.SUPPRESSED: gettext_lazy("@@dont_activate keeps it away"),
    Why.SPENT: gettext_lazy("it was brought up before, and that was once"),
    Why.GREETING: gettext_lazy("it belongs to another greeting"),
    Why.ICON: gettext_lazy("it belongs to another picture of the user"),
    Why.TOO_EARLY: gettext_lazy("there are too few replies yet"),
    Why.NOT_THIS_TURN: gettext_lazy("it is not its turn"),
    Why.CONTEXT_FULL: gettext_lazy("the context is full"),
    Why.EXCLUDED: gettext_lazy("a key that excludes it is there"),
    Why.ADDITIONAL: gettext_lazy("a key that it needs as well is missing"),
    Why.DELAYED: gettext_lazy("there are too few messages yet"),
    Why.COOLDOWN: gettext_lazy("it rests"),
    Why.WAITS: gettext_lazy("it waits for another entry to bring it up"),
    Why.GROUP: gettext_lazy("another entry of its group was chosen"),
    Why.PROBABILITY: gettext_lazy("chance was against it"),
    Why.BUDGET: gettext_lazy("there were no tokens left for it"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What became of an entry. `message` counts from 1, None where it is not one message that decided; `sweep` too.

    `place` and `rank`, its number in the order of the prompt, are empty for one that is not there.
    """

    uid: str
    title: str
    is_active: bool
    why: str
    key: str
    message: int | None
    sweep: int
    tokens: int
    place: str
    rank: int | None


@dataclass(frozen=True, slots=True)
class Trial:
    """Tokens are estimates. `used_chance`: with another seed it may end in another way."""

    entries: tuple[Told, ...]
    messages: int
    active: int
    tokens: int
    budget: int
    book_budget: int | None
    problems: tuple[str, ...]
    seed: int
    used_chance: bool
    milliseconds: int

    @property
    def next_seed(self) -> int:
        return (self.seed + 1) % (MOST_SEED + 1)


def messages(text: str, user: str) -> tuple[Message, ...]:
    """One for each line that says something: `Name: text`, or text by itself, which is the user's."""
    return tuple(_message(line.strip(), user) for line in text.splitlines() if line.strip())


def tried(book: Book, heard: tuple[Message, ...], *, character: str, user: str, budget: int, seed: int) -> Trial:
    """`budget` is what all lore may take of the context, in tokens."""
    chance = random.Random(seed)  # noqa: S311  chance, not a secret; the same again with the same seed
    before = chance.getstate()
    began = time.perf_counter()
    scene = Scene(heard, character=character, user=user)
    found = activate([book], scene, State(), chance, estimate, Settings(budget=budget))
    took = time.perf_counter() - began
    return Trial(
        entries=_told(found),
        messages=len(heard),
        active=sum(reason.active for reason in found.reasons),
        tokens=found.tokens,
        budget=budget,
        book_budget=book.token_budget,
        problems=tuple(book_table.problem(each.key, each.error) for each in found.problems),
        seed=seed,
        used_chance=chance.getstate() != before,
        milliseconds=round(took * 1000),
    )


def body(trial: Trial) -> dict[str, Json]:
    """For the API."""
    return {
        "entries": [
            {
                "id": told.uid,
                "name": told.title,
                "active": told.is_active,
                "why": told.why,
                "key": told.key,
                "message": told.message,
                "sweep": told.sweep,
                "tokens": told.tokens,
                "position": told.place,
                "rank": told.rank,
            }
            for told in trial.entries
        ],
        "messages": trial.messages,
        "tokens": trial.tokens,
        "budget": trial.budget,
        "book_budget": trial.book_budget,
        "problems": list(trial.problems),
        "seed": trial.seed,
        "used_chance": trial.used_chance,
        "milliseconds": trial.milliseconds,
    }


def _message(line: str, user: str) -> Message:
    said = SAID.fullmatch(line)
    if said is None:
        return Message(user, Role.USER, line)
    is_user = said["name"].strip().casefold() in {user.casefold(), "{{user}}", "user", "you"}
    return Message(said["name"].strip(), Role.USER if is_user else Role.ASSISTANT, said["text"])


def _told(found: Activation) -> tuple[Told, ...]:
    """Those that are there first, in the order of the prompt."""
    ranks = {str(placed.entry.uid): (number, placed) for number, placed in enumerate(found.placed, 1)}
    told = [_one(reason, *ranks.get(str(reason.entry.uid), (None, None))) for reason in found.reasons]
    return tuple(sorted(told, key=lambda one: (not one.is_active, one.rank is None, one.rank or 0)))


def _one(reason: Reason, rank: int | None, placed: Placed | None) -> Told:
    return Told(
        uid=str(reason.entry.uid),
        title=book_table.title(reason.entry),
        is_active=reason.active,
        why=_why(reason),
        key=reason.key,
        message=None if reason.message is None else reason.message + 1,
        sweep=reason.sweep + 1,
        tokens=placed.tokens if placed is not None else 0,
        place=book_table.place(placed.position, placed.depth) if placed is not None else "",
        rank=rank,
    )


def _why(reason: Reason) -> str:
    why = str(WHY[reason.why])
    if not reason.key:
        return why
    if reason.message is not None:
        return _("%(why)s: “%(key)s” in message %(number)d") % {
            "why": why, "key": reason.key, "number": reason.message + 1,
        }  # fmt: skip
    if reason.sweep:
        return _("%(why)s: “%(key)s” in another entry") % {"why": why, "key": reason.key}
    return _("%(why)s: “%(key)s” across several messages") % {"why": why, "key": reason.key}
