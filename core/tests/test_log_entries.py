"""What a log holds, and the text that it makes."""

import json
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.streams.entries import Delta, Done, Entry, Gap, Numbered, Restart, Start, Telling, decode, encode, plain

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
ENTRIES: st.SearchStrategy[Entry] = st.one_of(
    st.builds(Start, st.integers(1, 9)),
    st.builds(Delta, TEXTS, TEXTS),
    st.builds(Restart, st.integers(1, 9)),
    st.builds(Gap, TEXTS, TEXTS),
    st.builds(Done, TEXTS, TEXTS),
)


@given(ENTRIES)
def test_an_entry_comes_back_as_it_was_written(entry: Entry) -> None:
    assert decode(encode(entry)) == entry


@given(ENTRIES)
def test_an_entry_is_one_line(entry: Entry) -> None:
    assert "\n" not in encode(entry)


@given(ENTRIES)
def test_an_entry_survives_the_way_through_utf_8(entry: Entry) -> None:
    assert decode(encode(entry).encode().decode()) == entry


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=4)))
def test_what_is_no_entry_is_refused_and_nothing_worse(value: object) -> None:
    line = json.dumps(value)
    try:
        entry = decode(line)
    except ValueError:
        return
    assert json.loads(encode(entry)) == value


@pytest.mark.parametrize("line", ["", "{", "{}", '["nonesuch"]', '["delta","a"]', '["delta",1,2]', "null"])
def test_a_line_that_we_did_not_write_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"not a log entry|Expecting"):
        decode(line)


def test_the_wire_calls_an_entry_by_its_kind() -> None:
    assert plain(Delta("a", "b")) == ("delta", {"text": "a", "thinking": "b"})
    assert plain(Done("failed", "overloaded")) == ("done", {"status": "failed", "code": "overloaded"})


@given(st.lists(ENTRIES))
def test_only_restart_and_gap_forget_what_was_told(entries: list[Entry]) -> None:
    telling, text = Telling(), ""
    for seq, entry in zip(count(1), entries, strict=False):
        telling = telling.after(Numbered(seq, entry))
        match entry:
            case Delta():
                text += entry.text
            case Restart():
                text = ""
            case Gap():
                text = entry.text
    assert (telling.seq, telling.text) == (len(entries), text)
