"""The table of a lorebook's entries, as a form: on a page of its own and in the editor of characters.

`book_form` is what templates/characters/_book.html shows, as `book`; `book_from_post` reads what it sends. Every field
is called lore-…; the textarea lore-edits carries what was touched and is not saved yet, from page to page.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from characters.actions import lorebooks as actions
from characters.lore import edits as edited
from characters.lore.edits import Edits, applied, edits_between
from characters.lore.entry import Book
from characters.lore.fields import BOOK, CHECKS, ENTRY, ON, Wrong, shown
from characters.pages import book_table
from characters.pages.book_fields import FieldView, book_fields, entry_fields
from characters.pages.book_table import Reading, Row
from characters.pages.book_trial import LONGEST_TEXT, MOST_SEED
from characters.report import Refused, sentence
from core.errors import CognitiaError

NEW = "new"
SENTENCES: Mapping[Wrong, str | Promise] = {
    Wrong.NUMBER: _("This must be a number."),
    Wrong.WHOLE: _("This must be a whole number, 0 or more."),
    Wrong.PERCENT: _("This must be a number from 0 to 100."),
    Wrong.CHOICE: _("Choose one of those that are offered."),
}

Errors = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class EntryView:
    """`fields` by the names of characters/lore/fields.py."""

    uid: str
    fields: Mapping[str, FieldView]
    reading: Reading
    is_new: bool


@dataclass(frozen=True)
class BookForm:
    """`before` is what is saved, `after` what it says with the edits; None: there is no book.

    `opened` is the id of the entry that is open without scripts, "" for none.
    `source` says where `before` is from, for the test box: see `characters.pages.lorebooks.sourced`.
    """

    before: Book | None
    after: Book
    edits: Edits
    errors: Errors
    refusal: str = ""
    opened: str = ""
    source: str = ""

    @property
    def edits_text(self) -> str:
        """ "" where nothing was touched: a browser does not ask whether to leave such a page."""
        return "" if self.edits.is_empty else edited.to_text(self.edits)

    @property
    def modes_text(self) -> str:
        """What scripts call the ways to bring an entry up."""
        return json.dumps({mode: str(label) for mode, label in book_table.MODES.items()})

    @property
    def settings(self) -> dict[str, str]:
        return {**shown(BOOK, self.after), **self.edits.settings}

    @property
    def fields(self) -> Mapping[str, FieldView]:
        """Those of the book itself."""
        return book_fields(self.settings, self.errors.get("", {}))

    @cached_property
    def rows(self) -> list[Row]:
        return book_table.rows(self.after)

    @property
    def tokens(self) -> int:
        return sum(row.tokens for row in self.rows)

    @property
    def entry(self) -> EntryView | None:
        """The one that is open."""
        if not self.opened:
            return None
        found = next((entry for entry in self.after.entries if str(entry.uid) == self.opened), None)
        entry = found or edited.fresh(0)
        values = {**shown(ENTRY, entry), **self.edits.entries.get(self.opened, {})}
        told = entry_fields(values, self.errors.get(self.opened, {}))
        saved = self.before.entries if self.before is not None else ()
        return EntryView(self.opened, told, book_table.reading(entry), self.opened not in {str(e.uid) for e in saved})

    @property
    def blank(self) -> EntryView:
        """What scripts fill in for an entry that somebody opens."""
        entry = edited.fresh(0)
        return EntryView("", entry_fields(self.usual, {}), book_table.reading(entry), is_new=True)

    @property
    def blank_row(self) -> Row:
        return book_table.row(edited.fresh(0))

    @property
    def values(self) -> dict[str, dict[str, str]]:
        """Of each entry by its id, the texts that a new one has not."""
        usual = self.usual
        told = {}
        for entry in self.after.entries:
            uid = str(entry.uid)
            texts = {**shown(ENTRY, entry), **self.edits.entries.get(uid, {}), **edited.kept(entry)}
            told[uid] = {name: text for name, text in texts.items() if text != usual.get(name, "")}
        return told

    @property
    def usual(self) -> dict[str, str]:
        return shown(ENTRY, edited.fresh(0))


@dataclass(frozen=True, slots=True)
class Sent:
    """`book` has all that could be taken of it, also where something is wrong; None: there is none, and was none.

    `errors` are sentences by the names `lore.<entry>.<field>`, `lore..<field>` for the book's own, `lore` for all.
    `form` shows it again, with what was typed.
    """

    book: Book | None
    errors: Mapping[str, str]
    form: BookForm


def book_form(
    book: Book | None, draft: Book | None = None, *, opened: str = "", like: str = "", source: str = ""
) -> BookForm:
    """`book` is what is saved; `draft`, if there is one, was made of it.

    `opened` is the id of an entry or `NEW`, which may begin as a copy of the entry `like`.
    """
    before = book or Book()
    after = draft or before
    edits = edits_between(before, after) if after != before else Edits()
    by_id = {str(entry.uid): entry for entry in after.entries}
    if opened == NEW:
        opened = str(edited.next_uid(by_id))
        if like in by_id:
            texts = shown(ENTRY, by_id[like]) | edited.kept(by_id[like])
            edits = Edits(edits.settings, {**edits.entries, opened: texts}, edits.deleted)
    elif opened not in by_id:
        opened = ""
    return BookForm(book, after, edits, {}, opened=opened, source=source)


def book_from_post(post: QueryDict, book: Book | None, *, source: str = "") -> Sent:
    """What the form says, `book` being what it was made from."""
    before = book or Book()
    try:
        edits = _edits(post)
    except Refused as refused:
        # Only a script's mistake can do this.
        form = BookForm(book, before, Edits(), {}, sentence(refused), source=source)
        return Sent(book, {"lore": form.refusal}, form)
    result = applied(before, edits)
    errors = {
        uid: {name: str(SENTENCES[wrong]) for name, wrong in found.items()} for uid, found in result.wrong.items()
    }
    refusal = _refusal(result.book)
    flat = {f"lore.{uid}.{name}": told for uid, found in errors.items() for name, told in found.items()}
    if refusal:
        flat["lore"] = refusal
    opened = _said(post, "lore-open")
    form = BookForm(book, result.book, edits, errors, refusal, opened if opened not in edits.deleted else "", source)
    return Sent(None if book is None and result.book == Book() else result.book, flat, form)


def _refusal(book: Book) -> str:
    try:
        actions.check(book)
    except CognitiaError as error:
        return error.message
    return ""


def _edits(post: QueryDict) -> Edits:
    """What scripts have gathered, and what the fields say of the book and of the one entry that is open.

    Raises `Refused`.
    """
    gathered = edited.from_text(_said(post, "lore-edits"))
    settings = {each.name: _said(post, f"lore-book-{each.name}") for each in BOOK if f"lore-book-{each.name}" in post}
    settings, entries = {**gathered.settings, **settings}, dict(gathered.entries)
    opened = _said(post, "lore-open")
    if not opened:
        return Edits(settings, entries, gathered.deleted)
    if post.get("lore-gone"):
        entries.pop(opened, None)
        return Edits(settings, entries, gathered.deleted | {opened})
    return Edits(settings, {**entries, opened: {**entries.get(opened, {}), **_entry(post)}}, gathered.deleted)


def _entry(post: QueryDict) -> dict[str, str]:
    """What the one that is open says."""
    texts = {}
    for each in ENTRY:
        if each.name in CHECKS:
            texts[each.name] = ON if post.get(f"lore-{each.name}") else ""
        elif f"lore-{each.name}" in post:
            texts[each.name] = _said(post, f"lore-{each.name}")
    return texts


def _said(post: QueryDict, name: str) -> str:
    """Without what PostgreSQL cannot hold."""
    return str(post.get(name, "")).replace("\0", "")


class NewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=actions.NAME_LENGTH)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What it is about. Only people read it."),
    )


class BaseForm(forms.Form):
    """When what was edited was saved."""

    base = forms.DateTimeField()


class GlobalForm(forms.Form):
    wanted = forms.BooleanField(required=False)


class TrialForm(forms.Form):
    """`source` says what the rest of the form was made from: see `characters.pages.lorebooks.sourced`."""

    text = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        error_messages={"max_length": _("At most %(limit_value)d characters can be tried at once.")},
    )
    seed = forms.IntegerField(required=False, min_value=0, max_value=MOST_SEED)
    source = forms.CharField(required=False, max_length=100)

    def add_prefix(self, field_name: str) -> str:
        return f"lore-try-{field_name}"
