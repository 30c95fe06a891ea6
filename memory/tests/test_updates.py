"""Which of two statements of the same person counts."""

from datetime import UTC, datetime, timedelta

import pytest

from memory.truth import facts
from memory.truth.updates import Dated, Older, Verdict, has_cue, may_replace, replaced, statement, verdict

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAIRS = [
    # older, newer, days between them
    ("I live in Berlin", "I moved to Paris", 0, Verdict.REPLACES),
    ("I live in Berlin", "I live in Paris now", 0, Verdict.REPLACES),
    ("I live in Berlin", "Actually, I live in Paris", 0, Verdict.REPLACES),
    ("I live in Berlin", "I live in Paris", 30, Verdict.REPLACES),
    ("I live in Berlin", "I live in Paris", 0, Verdict.CONTRADICTS),
    ("I live in Berlin", "I live in Berlin", 30, Verdict.SAME),
    ("I live in Berlin", "I no longer live in Berlin", 0, Verdict.REPLACES),
    ("I live in Berlin", "I used to live in Oslo", 0, Verdict.UNRELATED),
    ("I live in Berlin", "I work at the harbour", 0, Verdict.UNRELATED),
    ("I work as a nurse", "I work as a nurse in Bath", 0, Verdict.UNRELATED),
    ("I work as a nurse", "I work as a teacher", 0, Verdict.CONTRADICTS),
    ("I work as a nurse", "I work at St Mary's", 30, Verdict.UNRELATED),
    ("I work as a nurse at St Mary's", "I work at St Mary's", 30, Verdict.SAME),
    ("I work as a nurse at St Mary's", "My first week at the library is over", 30, Verdict.REPLACES),
    ("I work at the mill", "I work as a clerk at Barclays", 30, Verdict.REPLACES),
    ("I work at the mill", "I work as a clerk at Barclays", 0, Verdict.CONTRADICTS),
    ("I work as a nurse", "I started as a teacher", 0, Verdict.REPLACES),
    ("My name is Alice", "My name is Eva", 300, Verdict.CONTRADICTS),
    ("My name is Alice", "My name is now Eva", 300, Verdict.REPLACES),
    ("My cat is called Pickle", "My cat is called Biscuit", 300, Verdict.CONTRADICTS),
    ("My sister is Ana", "My sister's name is Eva", 300, Verdict.CONTRADICTS),
    ("My cat is called Pickle", "My cat is now called Biscuit", 0, Verdict.REPLACES),
    ("My favourite drink is matcha", "My favourite drink is kombucha", 3, Verdict.REPLACES),
    ("My favourite drink is matcha", "My favourite drink is kombucha", 0, Verdict.CONTRADICTS),
    ("My favourite drink is matcha", "My favourite food is rice", 0, Verdict.UNRELATED),
    ("I'm 34 years old", "I'm 35 years old", 200, Verdict.REPLACES),
    ("I like coffee", "I like tea", 0, Verdict.UNRELATED),
    ("I like coffee and tea", "I hate coffee", 0, Verdict.REPLACES),
    ("I hate coffee", "I love coffee now", 0, Verdict.REPLACES),
    ("I like coffee and tea", "I like tea", 0, Verdict.SAME),
    ("I'm allergic to peanuts", "Turns out I'm not allergic to peanuts", 0, Verdict.REPLACES),
    ("I'm allergic to peanuts", "I'm allergic to sesame", 0, Verdict.UNRELATED),
    ("I have two cats", "I have a dog called Rex", 0, Verdict.UNRELATED),
    ("I'm vegan", "I'm not vegan anymore", 0, Verdict.REPLACES),
    ("I'm married", "I'm divorced", 400, Verdict.REPLACES),
]


@pytest.mark.parametrize(("older", "newer", "days", "expected"), PAIRS)
def test_two_statements_are_weighed(older: str, newer: str, days: int, expected: Verdict) -> None:
    first = Dated(facts.read(older), MONDAY)
    second = Dated(facts.read(newer), MONDAY + timedelta(days=days))
    assert verdict(second, first) == expected


def test_what_they_ask_to_have_remembered_replaces_what_they_asked_before() -> None:
    (first,) = facts.facts("Remember that my locker code is 4471")
    (second,) = facts.facts("Remember that my locker code is 9902")
    assert verdict(Dated(second, MONDAY), Dated(first, MONDAY)) == Verdict.REPLACES


@pytest.mark.parametrize(
    "text",
    [
        "Big news, we finished the move and I'm settled in Porto these days.",
        "Sadly we had to rename the cat, she only answers to Biscuit now.",
        "I've gone off matcha completely.",
        "Sold the Civic and picked up an electric Renault Zoe instead.",
        "Rafael and I broke up, but I've been seeing Theo.",
        "My supervisor convinced me to switch.",
        "The wedding got pushed to September.",
        "The landlord raised it, I'm paying 990 from this month.",
        "I changed my mind about the trip.",
        "I don't play bass any more.",
    ],
)
def test_words_of_change_are_heard(text: str) -> None:
    assert has_cue(text)


@pytest.mark.parametrize("text", ["What changed now?", "Now?", "How is the sea? Did you see it?", "Oh, well."])
def test_questions_and_scraps_replace_nothing(text: str) -> None:
    assert not may_replace(text)


def test_what_is_told_with_a_question_mark_is_told() -> None:
    assert statement("They raised our rent to 815, can you believe that?") != ""
    assert statement("We moved out. Where do you live?") == "We moved out."


RAVEN = "I keep a raven named Quill."
STORY = "I keep a raven named Quill, and " + "she is the cleverest bird that ever stole a spoon, " * 3


@pytest.mark.parametrize(
    ("text", "older", "is_replaced"),
    [
        ("Quill flew off in the storm.", Older(RAVEN, 0.44, shares_rare=True, is_apart=True), True),
        # The same day it is more of the same story, unless its words say that something changed.
        ("Quill flew off in the storm.", Older(RAVEN, 0.44, shares_rare=True, is_apart=False), False),
        ("Quill is no longer mine.", Older(RAVEN, 0.44, shares_rare=True, is_apart=False), True),
        ("Quill flew off in the storm.", Older(RAVEN, 0.2, shares_rare=True, is_apart=True), False),
        ("Quill flew off in the storm.", Older(STORY, 0.44, shares_rare=True, is_apart=True), False),
        ("I gave up on birds.", Older(RAVEN, 0.36, shares_rare=False, is_apart=True), True),
        ("I dyed my hair green.", Older("My hair is brown.", 0.6, shares_rare=False, is_apart=True), True),
        ("I baked rye bread.", Older("I baked a cake today.", 0.6, shares_rare=True, is_apart=True), False),
        ("The tide is out tonight.", Older("My hair is brown.", 0.6, shares_rare=False, is_apart=True), False),
    ],
)
def test_news_is_known_by_what_it_shares_with_what_was_said(text: str, older: Older, *, is_replaced: bool) -> None:
    assert replaced(text, [older]) == (0 if is_replaced else None)


def test_what_shares_a_rare_word_goes_before_what_is_only_nearer() -> None:
    near = Older("I keep a hen.", 0.5, shares_rare=False, is_apart=True)
    assert replaced("Quill flew off.", [near, Older(RAVEN, 0.44, shares_rare=True, is_apart=True)]) == 1


def test_nothing_replaces_nothing() -> None:
    assert replaced("I do not live in Rome any more.", []) is None
