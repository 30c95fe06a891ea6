"""Whole characters, and never a stop string."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inference.text.pieces import Detokenizer, StopGuard

STOPS = st.lists(st.text("ab<|>", min_size=1, max_size=5), max_size=4)
TEXTS = st.text("ab<|> ", max_size=40)


def pieces_of(text: str, data: st.DataObject) -> list[str]:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def guarded(stops: list[str], pieces: list[str]) -> tuple[str, bool]:
    guard, shown = StopGuard(stops), ""
    for piece in pieces:
        text, stopped = guard.push(piece)
        shown += text
        if stopped:
            return shown, True
    text, stopped = guard.push("", final=True)
    return shown + text, stopped


class TestStopGuard:
    @given(st.text("ab<|> ", max_size=40), STOPS, st.data())
    def test_no_split_lets_a_stop_string_through(self, text: str, stops: list[str], data: st.DataObject) -> None:
        shown, _ = guarded(stops, pieces_of(text, data))
        assert not [stop for stop in stops if stop in shown]

    @given(TEXTS, st.text("ab<|>", min_size=1, max_size=5), st.data())
    def test_what_is_shown_is_the_text_up_to_the_stop_string(self, text: str, stop: str, data: st.DataObject) -> None:
        shown, stopped = guarded([stop], pieces_of(text, data))
        assert (shown, stopped) == (text.partition(stop)[0], stop in text)

    @given(TEXTS, STOPS)
    def test_letter_by_letter_it_shows_as_much_as_it_may(self, text: str, stops: list[str]) -> None:
        guard, shown, seen = StopGuard(stops), "", ""
        for letter in text:
            seen += letter
            more, stopped = guard.push(letter)
            shown += more
            if stopped:
                break
            held = seen[len(shown) :]
            assert not held or any(stop.startswith(held) for stop in stops)

    def test_without_stop_strings_nothing_is_held(self) -> None:
        assert StopGuard(["", ""]).push("<|im_en") == ("<|im_en", False)

    def test_what_only_looked_like_one_is_shown_at_the_end(self) -> None:
        guard = StopGuard(["<|im_end|>"])
        assert guard.push("a<|im") == ("a", False)
        assert guard.push("", final=True) == ("<|im", False)


class TestDetokenizer:
    @given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.data())
    @example("👩‍👩‍👧", None)
    def test_no_split_of_the_bytes_changes_the_text(self, text: str, data: st.DataObject | None) -> None:
        raw = text.encode()
        cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8))) if data else list(range(len(raw)))
        detokenizer, shown = Detokenizer(), ""
        for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
            shown += detokenizer.push(raw[start:end])
            assert text.startswith(shown), "half a character was shown"
        assert shown + detokenizer.push(b"", final=True) == text

    @given(st.binary())
    def test_any_bytes_are_some_text_that_can_be_kept(self, raw: bytes) -> None:
        text = Detokenizer().push(raw, final=True)
        text.encode()
        assert "\0" not in text

    @pytest.mark.parametrize(("raw", "text"), [(b"a\xff", "a�"), (b"\xf0\x9f", "�")])
    def test_what_is_no_character_is_shown_as_such(self, raw: bytes, text: str) -> None:
        assert Detokenizer().push(raw, final=True) == text
