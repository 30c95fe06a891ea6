"""What a card lets its character say, as a page shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from characters.cards.card import Card
from characters.dialogue import MOST_TURNS, QUOTE_LENGTH, Line, examples, quote, without_html


def card(said: str) -> Card:
    return Card("Mira", example_dialogue=said, first_message=said)


class TestExamples:
    def test_each_turn_is_somebodys(self) -> None:
        said = "<START>\n{{user}}: Hi\n{{char}}: *waves*\nSit, {{user}}.\n<start>\nMira: Again?\n<USER>: Yes."
        assert examples(card(said), "Protag") == [
            Line(is_user=True, text="Hi"),
            Line(is_user=False, text="*waves*\nSit, Protag."),
            Line(is_user=False, text="Again?"),
            Line(is_user=True, text="Yes."),
        ]

    def test_what_nobody_says_is_the_characters(self) -> None:
        assert examples(card("She hums."), "Protag") == [Line(is_user=False, text="She hums.")]

    @given(st.text())
    def test_any_text_is_some_lines_or_none(self, said: str) -> None:
        lines = examples(card(said), "Protag")
        assert len(lines) <= MOST_TURNS
        assert all(line.text for line in lines)

    def test_a_very_long_one_is_cut(self) -> None:
        assert len(examples(card("{{char}}: a\n" * 100_000), "Protag")) == MOST_TURNS


class TestQuote:
    @pytest.mark.parametrize(
        ("said", "quoted"),
        [
            ("*She looks up.*\n\nSit.", "She looks up."),
            ("***\n“Sit, {{user}}.”", "Sit, Protag."),
            ("<p><b>Hello</b></p>", "Hello"),
            ("", ""),
            ("---\n***", ""),
        ],
    )
    def test_it_is_the_first_line_that_says_something(self, said: str, quoted: str) -> None:
        assert quote(card(said), "Protag") == quoted

    def test_a_long_one_ends_at_a_word(self) -> None:
        quoted = quote(card("lamp " * 100), "Protag")
        assert len(quoted) <= QUOTE_LENGTH
        assert quoted.endswith("lamp…")


class TestNotes:
    @pytest.mark.parametrize(
        ("notes", "words"),
        [
            ("<style>p{color:red}</style><p>Be <i>kind</i></p>", "Be kind"),
            ("a<br>b</div>c", "a\nb\nc"),
            ("5 &lt; 6 &amp; 7", "5 < 6 & 7"),
            ("![a lamp](https://elsewhere.example/x.png) and", "a lamp and"),
            ("<script>alert(1)</script>", ""),
            ("**bold** stays", "**bold** stays"),
        ],
    )
    def test_only_words_stay(self, notes: str, words: str) -> None:
        assert without_html(notes) == words
