"""How texts are cut into words, and which words are alike."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from characters.spelling import LONGEST_WORD, distance, is_spelt, mistakes, nearest, telling, trigrams, words

LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=14)


class TestWords:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("Kestrel Vane", ["kestrel", "vane"]),
            ("d’Artagnan, the 4th!", ["d", "artagnan", "the", "4th"]),
            ("Café STRASSE Straße İstanbul Жёлтый", ["cafe", "strasse", "strasse", "istanbul", "желтыи"]),
            ("हिन्दी", ["हिन्दी"]),
            ("図書館の猫", ["図書", "書館", "館の", "の猫"]),
            ("猫 cat猫", ["猫", "cat", "猫"]),
            ("foo_bar-baz/2e5", ["foo", "bar", "baz", "2e5"]),
            ("❤️ \0 '':* & | ! <->", []),
        ],
    )
    def test_they_are_as_somebody_would_type_them(self, text: str, found: list[str]) -> None:
        assert words(text) == found

    @given(st.text())
    def test_nothing_in_them_means_anything_to_a_query(self, text: str) -> None:
        for word in words(text):
            assert 0 < len(word) <= LONGEST_WORD
            assert not set(word) & set(" '\"\\:*&|!()<>_\0\n\t")

    @given(st.text())
    def test_cut_again_they_are_the_same(self, text: str) -> None:
        once = [word for word in words(text) if is_spelt(word)]
        assert words(" ".join(once)) == once

    def test_numbers_and_pairs_of_letters_are_not_spelt(self) -> None:
        assert [is_spelt(word) for word in ("lamp", "2026", "図書", "to")] == [True, False, False, False]


class TestDistance:
    @pytest.mark.parametrize(
        ("left", "right", "far"),
        [("lamp", "lamp", 0), ("lamp", "lmap", 1), ("lamp", "lam", 1), ("lamp", "lampe", 1), ("lamp", "limp", 1),
         ("kestrel", "kesterls", 2), ("lamp", "sea", 3), ("", "ab", 2), ("a", "b", 1)],
    )  # fmt: skip
    def test_it_counts_slips(self, left: str, right: str, far: int) -> None:
        assert distance(left, right, 2) == distance(right, left, 2) == far

    @given(LETTERS, LETTERS)
    def test_it_is_the_same_both_ways_and_stops_early(self, left: str, right: str) -> None:
        whole = distance(left, right, 99)
        assert distance(right, left, 99) == whole
        for most in (0, 1, 2, 3):
            assert distance(left, right, most) == min(whole, most + 1)


class TestNearest:
    def test_the_likeliest_comes_first_and_farther_ones_not_at_all(self) -> None:
        assert nearest("kesterl", ["kestrel", "kestrels", "vane", "kesterl"], 2) == ["kestrel"]
        assert nearest("xylophone", ["kestrel", "vane"], 2) == []

    def test_short_words_are_forgiven_less(self) -> None:
        assert [mistakes(word) for word in ("to", "cat", "lamps", "lantern")] == [0, 1, 1, 2]

    @given(LETTERS, st.integers(0, 2**32))
    def test_a_word_after_one_slip_is_told_by_its_trigrams(self, word: str, seed: int) -> None:
        chance = random.Random(seed)
        at = chance.randrange(len(word) - 1)
        slipped = chance.choice(
            [
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + chance.choice("xyz") + word[at:],
                word[:at] + "q" + word[at + 1 :],
                word[:at] + word[at + 1 :],
            ]
        )
        told = telling(slipped, 1)
        assert len(told) <= 5
        if len(set(told)) == 5:
            assert set(told) & trigrams(word)
