"""The fields of a lorebook's entry as a page shows them: what each is called, and how it is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from characters.lore.fields import NO, YES
from characters.pages import book_table

Choices = tuple[tuple[str, str | Promise], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """`type` is line, text, number, check or choice."""

    label: str | Promise
    type: str
    help: str | Promise = ""
    choices: Choices = ()
    rows: int = 1


@dataclass(frozen=True, slots=True)
class FieldView:
    """`name` is what the form sends; `field` what scripts know it by."""

    name: str
    field: str
    kind: Kind
    value: str
    error: str


THIRD: Choices = (("", _("As the settings say")), (YES, _("Yes")), (NO, _("No")))
BOOK: Mapping[str, Kind] = {
    "name": Kind(_("Name"), "line"),
    "description": Kind(_("Description"), "text", _("Only people read it."), rows=2),
    "scan_depth": Kind(_("Messages to look through"), "number", _("Empty: as the settings say, which is 2.")),
    "token_budget": Kind(_("Token budget"), "number", _("Empty: as much as lore may take of the context.")),
    "recursive": Kind(_("Entries bring up others"), "choice", choices=THIRD),
}
ENTRY: Mapping[str, Kind] = {
    "enabled": Kind(_("Enabled"), "check"),
    "name": Kind(_("Name"), "line"),
    "comment": Kind(_("Comment"), "line", _("Only people read it.")),
    "keys": Kind(_("Keys"), "text", _("With commas between them, or each on a line. /…/i is an expression.")),
    "secondary_keys": Kind(_("Secondary keys"), "text"),
    "selective": Kind(_("Look at the secondary keys"), "check"),
    "logic": Kind(
        _("Once a key is there, only if"),
        "choice",
        choices=tuple((str(int(logic)), label) for logic, label in book_table.LOGIC.items()),
    ),
    "content": Kind(_("What is to know"), "text", _("Lines such as @@depth 4 may come first."), rows=6),
    "constant": Kind(_("Always there"), "check"),
    "order": Kind(_("Order"), "number", _("Lower comes first.")),
    "priority": Kind(_("Priority"), "number", _("Lower is dropped first when tokens are short; empty: the order.")),
    "position": Kind(_("Position"), "choice", choices=tuple(book_table.PLACES)),
    "depth": Kind(_("Depth"), "number", _("Messages from the end; 0 is after the last.")),
    "role": Kind(
        _("Said by"), "choice", choices=tuple((role.value, label) for role, label in book_table.ROLES.items())
    ),
    "outlet": Kind(_("Outlet"), "line", _("The name of a place in another program’s template.")),
    "case_sensitive": Kind(_("Upper and lower case matter"), "choice", choices=THIRD),
    "whole_words": Kind(_("Whole words only"), "choice", choices=THIRD),
    "use_regex": Kind(_("Keys are expressions"), "check", _("Then secondary keys and “always” count for nothing.")),
    "scan_depth": Kind(_("Messages to look through"), "number", _("Empty: as the book says.")),
    "use_probability": Kind(_("Leave it to chance"), "check"),
    "probability": Kind(_("Probability in percent"), "number"),
    "exclude_recursion": Kind(_("No other entry brings it up"), "check"),
    "prevent_recursion": Kind(_("It brings up no other"), "check"),
    "delay_until_recursion": Kind(_("Waits for recursion, as number"), "number", _("0: does not wait.")),
    "groups": Kind(_("Groups"), "line", _("Of each group one entry is there; with commas between them.")),
    "group_override": Kind(_("Goes before the others of its groups"), "check"),
    "group_weight": Kind(_("Weight in its groups"), "number"),
    "group_scoring": Kind(_("The entry with most keys wins"), "choice", choices=THIRD),
    "sticky": Kind(_("Stays for so many messages"), "number"),
    "cooldown": Kind(_("Then rests for so many"), "number"),
    "delay": Kind(_("Only from so many messages on"), "number"),
    "ignores_budget": Kind(_("Costs nothing of the budget"), "check"),
}


def book_fields(values: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, FieldView]:
    return _views(BOOK, "lore-book-", values, errors)


def entry_fields(values: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, FieldView]:
    return _views(ENTRY, "lore-", values, errors)


def _views(
    kinds: Mapping[str, Kind], prefix: str, values: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, FieldView]:
    return {
        name: FieldView(f"{prefix}{name}", name, kind, values.get(name, ""), errors.get(name, ""))
        for name, kind in kinds.items()
    }
