"""What the table of a lorebook shows: books in, values out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from characters.lore import names, patterns
from characters.lore.decorators import Decorators, UiPrompt
from characters.lore.entry import Book, Entry, Logic
from characters.lore.position import Position
from characters.report import shortened
from characters.tokens import estimate
from inference.text.prompt import Role

LONGEST_TITLE = 80

POSITIONS: Mapping[Position, str | Promise] = {
    Position.BEFORE_CHARACTER: gettext_lazy("Before the character"),
    Position.BEFORE_DESCRIPTION: gettext_lazy("Before the profile"),
    Position.AFTER_DESCRIPTION: gettext_lazy("After the profile"),
    Position.PERSONALITY: gettext_lazy("With the personality"),
    Position.SCENARIO: gettext_lazy("With the scenario"),
    Position.AFTER_CHARACTER: gettext_lazy("After the character"),
    Position.EXAMPLES_TOP: gettext_lazy("Before the examples"),
    Position.EXAMPLES_BOTTOM: gettext_lazy("After the examples"),
    Position.NOTE_TOP: gettext_lazy("Before the author’s note"),
    Position.NOTE_BOTTOM: gettext_lazy("After the author’s note"),
    Position.AT_DEPTH: gettext_lazy("Among the messages"),
    Position.OUTLET: gettext_lazy("At an outlet"),
}
# Those that a file has a word for, in the order of the prompt.
PLACES = tuple((each.value, POSITIONS[each]) for each in Position if each in names.POSITIONS)
ROLES: Mapping[Role, str | Promise] = {
    Role.SYSTEM: gettext_lazy("the system"),
    Role.USER: gettext_lazy("the user"),
    Role.ASSISTANT: gettext_lazy("the character"),
}
LOGIC: Mapping[Logic, str | Promise] = {
    Logic.AND_ANY: gettext_lazy("any of them is there"),
    Logic.AND_ALL: gettext_lazy("all of them are there"),
    Logic.NOT_ANY: gettext_lazy("none of them is there"),
    Logic.NOT_ALL: gettext_lazy("one of them is missing"),
}
MODES: Mapping[str, str | Promise] = {
    "always": gettext_lazy("Always"),
    "keys": gettext_lazy("On its keys"),
    "pattern": gettext_lazy("On a pattern"),
}
PROMPTS: Mapping[UiPrompt, str | Promise] = {
    UiPrompt.SYSTEM: gettext_lazy("Silences the character’s system prompt."),
    UiPrompt.POST_HISTORY: gettext_lazy("Silences the instructions after the history."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """`mode` is one of MODES; `tokens` is an estimate."""

    uid: str
    title: str
    keys: str
    mode: str
    mode_label: str
    position: str
    position_label: str
    order: str
    tokens: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """How an entry is understood: what its decorators ask for, and what of it cannot be used."""

    wishes: tuple[str, ...]
    ignored: tuple[str, ...]
    problems: tuple[str, ...]
    tokens: int


def rows(book: Book) -> list[Row]:
    return [row(entry) for entry in book.entries]


def row(entry: Entry) -> Row:
    mode = "pattern" if entry.use_regex else "always" if entry.constant else "keys"
    return Row(
        uid=str(entry.uid),
        title=title(entry),
        keys=shortened(", ".join(entry.keys), LONGEST_TITLE),
        mode=mode,
        mode_label=str(MODES[mode]),
        position=entry.position.value,
        position_label=place(entry.position, entry.depth),
        order=f"{entry.order:g}",
        tokens=estimate(entry.decorated.text),
        enabled=entry.enabled,
    )


def title(entry: Entry) -> str:
    """What people call it: its name, its comment, or else its first key."""
    found = entry.name or entry.comment or (entry.keys[0] if entry.keys else "")
    return shortened(" ".join(found.split()), LONGEST_TITLE) or _("Entry %(uid)s") % {"uid": entry.uid}


def place(position: Position, depth: int) -> str:
    return _("At depth %(depth)d") % {"depth": depth} if position is Position.AT_DEPTH else str(POSITIONS[position])


def reading(entry: Entry) -> Reading:
    decorated = entry.decorated
    return Reading(
        tuple(_wishes(decorated.decorators)), decorated.ignored, tuple(_problems(entry)), estimate(decorated.text)
    )


def _wishes(wants: Decorators) -> Iterator[str]:
    where = _where(wants)
    if where:
        yield where
    if wants.role is not None:
        yield _("Said as %(role)s.") % {"role": ROLES[wants.role]}
    yield from _when(wants)
    if wants.scan_depth is not None:
        yield ngettext(
            "Looks through the last message.", "Looks through the last %(n)d messages.", wants.scan_depth
        ) % {"n": wants.scan_depth}
    for group in wants.additional_keys:
        yield _("Needs one of these as well: %(keys)s.") % {"keys": ", ".join(group)}
    if wants.exclude_keys:
        yield _("Never with any of these: %(keys)s.") % {"keys": ", ".join(wants.exclude_keys)}
    if wants.ignore_on_max_context:
        yield _("The first to go when the context is full.")
    if wants.disable_ui_prompt is not None:
        yield str(PROMPTS[wants.disable_ui_prompt])


def _where(wants: Decorators) -> str:
    if wants.position is not None:
        return f"{POSITIONS[wants.position]}."
    if wants.depth is not None:
        return _("Here: at depth %(depth)d.") % {"depth": max(0, wants.depth)}
    if wants.reverse_depth is not None:
        return _("Here: after message %(number)d of the conversation.") % {"number": wants.reverse_depth}
    return ""


def _when(wants: Decorators) -> Iterator[str]:
    if wants.activate:
        yield _("Always there.")
    if wants.dont_activate and not wants.activate:
        yield _("Never there.")
    if wants.activate_only_after is not None:
        yield ngettext(
            "Only after %(n)d reply.", "Only after %(n)d replies.", wants.activate_only_after
        ) % {"n": wants.activate_only_after}  # fmt: skip
    if wants.activate_only_every is not None:
        yield ngettext(
            "At every reply.", "Only at every %(n)d. reply.", wants.activate_only_every
        ) % {"n": wants.activate_only_every}  # fmt: skip
    if wants.keep_activate_after_match:
        yield _("Stays once it was brought up.")
    if wants.dont_activate_after_match:
        yield _("Only once.")
    if wants.is_greeting is not None:
        yield _("Only with greeting %(number)d; 0 is the first message.") % {"number": wants.is_greeting}
    if wants.is_user_icon is not None:
        yield _("Only with the user’s picture “%(name)s”.") % {"name": wants.is_user_icon}


def _problems(entry: Entry) -> Iterator[str]:
    how = patterns.Matching(regex=entry.use_regex)
    for key in dict.fromkeys((*entry.keys, *entry.secondary_keys)):
        try:
            patterns.found(key, "", how)
        except patterns.UnusableError as error:
            yield problem(key, str(error))


def problem(key: str, reason: str) -> str:
    return _("%(key)s never matches: this pattern cannot be run in linear time, or not at all (%(reason)s).") % {
        "key": shortened(key, LONGEST_TITLE),
        "reason": reason,
    }
