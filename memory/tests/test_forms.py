"""Forms of one word that no stemmer brings together."""

import pytest
from django.db import connection

from memory.recalling import lexical
from memory.recalling.forms import GROUPS, forms


@pytest.mark.django_db
def test_the_table_is_as_postgresql_stems_words() -> None:
    words = sorted(form for group in GROUPS for form in group)
    assert len(words) == len(set(words))
    with connection.cursor() as cursor:
        # "choos" is the stem of "choose", and not its own.
        cursor.execute(
            "SELECT word FROM unnest(%s::text[]) AS word "
            "WHERE ARRAY[word] NOT IN (ts_lexize('english_stem', word), ts_lexize('english_stem', word || 'e'))",
            [words],
        )
        assert cursor.fetchall() == []


def test_a_word_stands_for_all_its_forms() -> None:
    assert forms("'buy'") == ("'buy'", "'bought'")
    assert forms("'boat'") == ("'boat'",)
    counts = lexical.count(["'bought':2 'buy':5 'lamp':3", "'lamp':1"], [3, 1], ["'buy'", "'lamp'"])
    assert counts.words.tolist() == [[2, 1], [0, 1]]


def test_of_two_forms_in_a_question_one_is_looked_for() -> None:
    assert lexical.stems("'bought':2 'buy':5 'lamp':3") == ["'bought'", "'lamp'"]
