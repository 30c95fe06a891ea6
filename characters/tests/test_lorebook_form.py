"""A book goes through its form: what nobody touched stays to the letter, and what somebody wrote gets in."""

import json

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from characters.forms.lorebooks import NEW, Sent, book_form, book_from_post
from characters.lore import fields
from characters.lore.edits import Edits, applied, edits_between, from_text, to_text
from characters.lore.entry import Book, Entry, Logic
from characters.lore.fields import keys_said, keys_shown
from characters.lore.position import Position
from characters.lore.reading import read
from characters.lore.writing import lorebook
from core.json import Json
from inference.text.prompt import Role

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
COUNT = st.integers(0, 10**9)
NUMBER = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9)
TEXTS = st.lists(TEXT | st.sampled_from(["a, b", "/x{1,2}/i", ",", " "]), max_size=3).map(tuple)
UNKNOWN: st.SearchStrategy[dict[str, Json]] = st.dictionaries(
    TEXT.map(lambda name: f"x_{name}"), TEXT | st.integers(0, 9) | st.none(), max_size=2
)
THIRD = st.none() | st.booleans()
ENTRIES = st.lists(
    st.builds(
        Entry,
        uid=st.integers(0, 10**6) | TEXT,
        keys=TEXTS,
        secondary_keys=TEXTS,
        logic=st.sampled_from(Logic),
        selective=st.booleans(),
        content=TEXT | st.sampled_from(["@@depth 4\r\nx", "\n\nx\r"]),
        name=st.none() | TEXT,
        comment=TEXT,
        constant=st.booleans(),
        enabled=st.booleans(),
        order=NUMBER,
        priority=st.none() | NUMBER,
        position=st.sampled_from(Position),
        depth=COUNT,
        role=st.sampled_from(Role),
        outlet=TEXT,
        case_sensitive=THIRD,
        whole_words=THIRD,
        use_regex=st.booleans(),
        scan_depth=st.none() | COUNT,
        probability=NUMBER,
        use_probability=st.booleans(),
        exclude_recursion=st.booleans(),
        prevent_recursion=st.booleans(),
        delay_until_recursion=COUNT,
        groups=TEXTS,
        group_override=st.booleans(),
        group_weight=NUMBER,
        group_scoring=THIRD,
        sticky=COUNT,
        cooldown=COUNT,
        delay=COUNT,
        ignores_budget=st.booleans(),
        raw=UNKNOWN,
        extensions=UNKNOWN,
    ),
    max_size=3,
    unique_by=lambda entry: str(entry.uid),
).map(tuple)
BOOKS = st.builds(
    Book,
    entries=ENTRIES,
    name=st.none() | TEXT,
    description=st.none() | TEXT,
    scan_depth=st.none() | COUNT,
    token_budget=st.none() | COUNT,
    recursive=THIRD,
    raw=UNKNOWN,
    extensions=UNKNOWN,
)


def post(texts: dict[str, str]) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(texts)
    return data


def sent(book: Book, **texts: str) -> Sent:
    return book_from_post(post({f"lore-{name.replace('__', '-')}": text for name, text in texts.items()}), book)


def browser(text: str) -> str:
    """As a textarea sends it."""
    return "\r\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


@settings(deadline=None, max_examples=150)
@given(book=BOOKS)
def test_a_book_that_goes_through_its_form_is_the_same(book: Book) -> None:
    form = book_form(book)
    told = {f"lore-book-{name}": browser(text) for name, text in form.settings.items()}
    entries = {uid: {**form.usual, **texts} for uid, texts in form.values.items()}
    told["lore-edits"] = to_text(Edits(entries=entries))
    result = book_from_post(post(told), book)
    assert result.book == book
    assert not result.errors


@settings(deadline=None, max_examples=150)
@given(book=BOOKS)
def test_so_is_one_whose_entry_was_open_without_scripts(book: Book) -> None:
    for entry in book.entries:
        form = book_form(book, opened=str(entry.uid))
        assert form.entry is not None or not str(entry.uid)
        told = {f"lore-{name}": browser(text) for name, text in fields.shown(fields.ENTRY, entry).items()}
        checked = {name: text for name, text in told.items() if text or name[5:] not in fields.CHECKS}
        assert book_from_post(post({**checked, "lore-open": str(entry.uid)}), book).book == book


@settings(deadline=None, max_examples=150)
@given(before=BOOKS, draft=BOOKS)
def test_a_draft_shows_what_it_says(before: Book, draft: Book) -> None:
    touched = {str(entry.uid): fields.shown(fields.ENTRY, entry) for entry in draft.entries}
    gone = frozenset(str(entry.uid) for entry in before.entries) - touched.keys()
    made = applied(before, Edits(fields.shown(fields.BOOK, draft), touched, gone)).book
    again = from_text(to_text(edits_between(before, made)))
    assert applied(before, again).book == made


@given(keys=TEXTS)
def test_keys_that_were_written_come_back(keys: tuple[str, ...]) -> None:
    said = keys_said("\n".join(keys) + "\n")
    assert keys_said(keys_shown(said)) == said


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("cat, dog", ("cat", "dog")),
        ("/a{1,2}/i, dog,", ("/a{1,2}/i", "dog")),
        ("a{1,2}\nb", ("a{1,2}", "b")),
        ("either/or, x", ("either/or", "x")),
        (" , ", ()),
    ],
)
def test_keys_are_parted_by_commas_or_lines(text: str, keys: tuple[str, ...]) -> None:
    assert keys_said(text) == keys


class TestWriting:
    BOOK = Book(
        (
            Entry(3, keys=("tide",), content="The tide is late.", raw={"x": 1}, extensions={"y": [2]}),
            Entry("one", keys=("moon",), probability=40.0),
        ),
        name="Harbour",
        raw={"z": {"deep": True}},
    )

    def test_only_what_was_written_changes(self) -> None:
        result = sent(
            self.BOOK, open="3", keys="tide, ebb", content="Late again.", enabled="on", book__name="Harbours"
        )
        assert result.book is not None
        changed = result.book.entries[0]
        assert (changed.keys, changed.content, changed.raw) == (("tide", "ebb"), "Late again.", {"x": 1})
        assert result.book.entries[1] is self.BOOK.entries[1]
        assert (result.book.name, result.book.raw) == ("Harbours", {"z": {"deep": True}})

    def test_what_is_wrong_is_said_beside_its_field_and_changes_nothing(self) -> None:
        result = sent(self.BOOK, open="one", probability="101", enabled="on", selective="", use_probability="on",
                      depth="deep", book__scan_depth="-1")  # fmt: skip
        assert set(result.errors) == {"lore.one.probability", "lore.one.depth", "lore..scan_depth"}
        assert result.book == self.BOOK
        assert result.form.entry is not None
        assert result.form.entry.fields["depth"].value == "deep"
        assert "0 to 100" in result.form.entry.fields["probability"].error

    def test_a_new_one_is_added_with_the_next_number(self) -> None:
        form = book_form(self.BOOK, opened=NEW)
        assert form.entry is not None
        assert (form.entry.is_new, form.entry.uid) == (True, "4")
        result = sent(self.BOOK, open="4", keys="gull", content="Gulls.", enabled="on")
        assert result.book is not None
        assert [entry.uid for entry in result.book.entries] == [3, "one", 4]

    def test_a_copy_has_what_no_form_shows(self) -> None:
        form = book_form(self.BOOK, opened=NEW, like="3")
        result = sent(self.BOOK, edits=form.edits_text)
        assert result.book is not None
        copied = result.book.entries[2]
        assert (copied.uid, copied.content, copied.raw, copied.extensions) == (
            4, "The tide is late.", {"x": 1}, {"y": [2]},
        )  # fmt: skip

    def test_one_is_deleted(self) -> None:
        for result in (sent(self.BOOK, open="3", gone="on"), sent(self.BOOK, edits=json.dumps({"deleted": ["3"]}))):
            assert result.book is not None
            assert [entry.uid for entry in result.book.entries] == ["one"]

    def test_nothing_said_is_no_book(self) -> None:
        assert book_from_post(post({"lore-book-name": ""}), None).book is None
        assert book_from_post(post({"lore-book-name": "A"}), None).book == Book(name="A")

    def test_what_scripts_send_in_pieces_is_refused_and_changes_nothing(self) -> None:
        result = sent(self.BOOK, edits='{"entries": {"3"')
        assert result.book is self.BOOK
        assert "lore" in result.errors

    @pytest.mark.parametrize("text", ["[]", '{"entries": 3, "deleted": {}, "settings": []}', '{"entries": {"3": 1}}'])
    def test_what_is_of_another_shape_is_left_out(self, text: str) -> None:
        assert sent(self.BOOK, edits=text).book == self.BOOK

    def test_more_entries_than_fit_are_told(self) -> None:
        entries: dict[str, dict[str, str]] = {str(number): {} for number in range(2001)}
        result = sent(Book(), edits=to_text(Edits(entries=entries)))
        assert "2001 entries" in result.errors["lore"]

    def test_unknown_fields_survive_writing_and_reading(self) -> None:
        result = sent(self.BOOK, open="3", content="New.", enabled="on")
        assert result.book is not None
        again = read(lorebook(result.book)).book
        assert again.entries[0].raw == {"x": 1}
        assert again.entries[0].extensions == {"y": [2]}
        assert again.raw == {"z": {"deep": True}}
