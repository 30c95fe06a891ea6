"""Sentences, as they become whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats.sentences import Sentences


def split(text: str, size: int = 1) -> list[str]:
    sentences = Sentences()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    told = [sentence for piece in pieces for sentence in sentences.push(piece)]
    return [sentence.strip() for sentence in [*told, *sentences.finish()]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("“Sit.” She sat.", ["“Sit.”", "She sat."]),
        ("Mr. Vale left at 3.15 today. Good.", ["Mr. Vale left at 3.15 today.", "Good."]),
        ("Wait... what? Yes…", ["Wait...", "what?", "Yes…"]),
        ("*She nods.* Fine.", ["*She nods.*", "Fine."]),
        ("A line\n\nanother", ["A line", "another"]),
        ("好。走吧！", ["好。", "走吧！"]),
        ("   ", []),
        ("", []),
    ],
)
def test_they_end_where_a_reader_would_stop(text: str, expected: list[str]) -> None:
    assert split(text) == expected
    assert split(text, 7) == expected


def test_a_sentence_is_told_as_soon_as_the_next_one_begins() -> None:
    sentences = Sentences()
    assert sentences.push("One. ") == []
    assert sentences.push("T") == ["One. "]


@given(st.text(alphabet=st.sampled_from("ab.!? \n\"'*。"), max_size=80), st.integers(1, 9))
def test_together_they_are_the_text_however_it_comes(text: str, size: int) -> None:
    sentences = Sentences()
    told = [one for at in range(0, len(text), size) for one in sentences.push(text[at : at + size])]
    whole = "".join([*told, *sentences.finish()])
    assert whole == text or (text.startswith(whole) and not text[len(whole) :].strip())
    assert split(text, size) == split(text)
