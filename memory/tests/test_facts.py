"""What people say of themselves becomes a fact, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.truth import facts
from memory.truth.clauses import LONGEST
from memory.truth.facts import MOST_OF_A_MESSAGE

STATED = [
    ("I live in Berlin.", "i", "home", "berlin"),
    ("Actually, I live in Porto.", "i", "home", "porto"),
    ("I moved to Paris last week, it is lovely.", "i", "home", "paris"),
    ("We've moved to Lyon!", "i", "home", "lyon"),
    ("I'm based in Oslo now", "i", "home", "oslo"),
    ("New Haven already feels like home.", "i", "home", "new haven"),
    ("I've switched my major from law to statistics", "i", "study", "statistics"),
    ("My name is Alice, by the way", "i", "name", "alice"),
    ("call me Ishmael", "i", "name", "ishmael"),
    ("I'm from Portugal", "i", "origin", "portugal"),
    ("I was born in Lisbon", "i", "birthplace", "lisbon"),
    ("My birthday is on 3 May", "i", "birthday", "3 may"),
    ("I'm 34 years old", "i", "age", "34"),
    ("I just turned 35!", "i", "age", "35"),
    ("I work as a nurse", "i", "job", "nurse"),
    ("I\u2019m a teacher.", "i", "job", "teacher"),
    ("I work at the harbour office.", "i", "employer", "harbour office"),
    ("I got the job at Hooli!", "i", "employer", "hooli"),
    ("I started a new job at the bakery.", "i", "employer", "bakery"),
    ("My first shift in the hospital kitchen went well.", "i", "employer", "hospital kitchen"),
    ("I'm studying marine biology", "i", "study", "marine biology"),
    ("I'm allergic to peanuts, always have to check the labels.", "i", "allergy", "peanuts"),
    ("I've gone fully vegan since the new year.", "i", "diet", "vegan"),
    ("I love hiking and jazz!", "i", "likes", "hiking|jazz"),
    ("I prefer tea.", "i", "likes", "tea"),
    ("I speak French and German", "i", "speaks", "french|german"),
    ("I have two cats", "i", "has", "two cats"),
    ("I have a dog called Rex", "my dog", "called", "rex"),
    ("We adopted a kitten and named her Pickle.", "my kitten", "called", "pickle"),
    ("My sister's name is Ana", "my sister", "called", "ana"),
    ("My therapist is Dr. Molina, she's great.", "my therapist", "is", "dr. molina"),
    ("My favourite drink has to be iced matcha.", "my favourite drink", "is", "iced matcha"),
    ("My favorite color is blue", "my favourite color", "is", "blue"),
    ("My rent is 850 a month", "my rent", "is", "850 a month"),
    ("My car is a Honda Civic.", "my car", "is", "honda civic"),
    ("I'm married to Sam", "i", "partner", "sam"),
]
DENIED = [
    ("I don't live in Berlin anymore", "home", "berlin"),
    ("I used to live in Oslo", "home", "oslo"),
    ("I no longer like coffee", "likes", "coffee"),
    ("I hate olives.", "likes", "olives"),
    ("I can't stand techno", "likes", "techno"),
    ("Turns out I'm not allergic to peanuts", "allergy", "peanuts"),
    ("I'm not vegan anymore", "diet", "vegan"),
    ("I stopped eating meat", "eats", "meat"),
]
ASKED = [
    ("Remember the passphrase 'wispfire'", "The passphrase 'wispfire'", "my passphrase", "wispfire"),
    ("Please remember the passphrase \u2018wispfire\u2019.", "The passphrase 'wispfire'", "my passphrase", "wispfire"),
    ("Please remember that my locker code is 4471", "My locker code is 4471", "my locker code", "4471"),
    ("Don't forget that I prefer tea.", "I prefer tea", "i", "tea"),
    ("Could you remember that the garage is closed on Mondays?", "The garage is closed on Mondays", "my garage", ""),
    ("remember: the spare key lies under the third pot", "The spare key lies under the third pot", "", ""),
]
NOTHING = [
    "This feels like home.",
    "She already feels like home to me",
    "Do I live in Berlin?",
    "If I lived in Rome I'd be happy",
    "Imagine I live in a castle",
    "I might move to Paris",
    "I want to work as a nurse",
    "*I live in a cave and growl* hello",
    'She said "I live in the old town" and left',
    "> I live in Madrid",
    "```\nI live in main.py\n```",
    "In the story I live in Narnia",
    "I love you",
    "I like it when you smile",
    "I love that",
    "I'm a mess.",
    "I'm 5 minutes away",
    "I have a question",
    "call me later",
    "my dog is sleeping",
    "My first day at the beach was lovely",
    "My first week at school was hard",
    "My head is killing me",
    "My point is a simple one",
    "You live in Berlin.",
    "My friend says I live in Berlin",
    "remember when we met in Lisbon?",
    "Remember to smile",
    "Don't forget to buy milk",
    "remember that day we met",
    "Do you remember my name?",
    "I remember the sea.",
    "",
    "?!…",
]
CORRECTIONS = [
    ("No, it's Biscuit.", "Biscuit"),
    ("Actually it's Porto", "Porto"),
    ("No, her name is Mallory", "Mallory"),
    ("Sorry, I meant Tuesday", "Tuesday"),
    ("no, it's fine", ""),
    ("It's Biscuit", ""),
    ("No, it's that one", ""),
    ("No, is it Biscuit?", ""),
]


@pytest.mark.parametrize(("text", "subject", "relation", "values"), STATED)
def test_a_statement_of_oneself_is_a_fact(text: str, subject: str, relation: str, values: str) -> None:
    (fact,) = facts.facts(text)
    assert (fact.subject, fact.relation, "|".join(sorted(fact.values))) == (subject, relation, values)
    assert not fact.is_negative


@pytest.mark.parametrize(("text", "relation", "value"), DENIED)
def test_what_is_not_so_or_no_longer_is_a_fact_too(text: str, relation: str, value: str) -> None:
    (fact,) = facts.facts(text)
    assert (fact.relation, fact.values, fact.is_negative) == (relation, frozenset({value}), True)


@pytest.mark.parametrize(("text", "kept", "subject", "value"), ASKED)
def test_what_they_ask_to_have_remembered_is_a_fact(text: str, kept: str, subject: str, value: str) -> None:
    (fact,) = facts.facts(text)
    assert (fact.text, fact.is_asked, fact.subject) == (kept, True, subject)
    assert not value or fact.values == {value}


@pytest.mark.parametrize("text", NOTHING)
def test_questions_wishes_play_and_small_talk_are_none(text: str) -> None:
    assert facts.facts(text) == ()


@pytest.mark.parametrize(("text", "value"), CORRECTIONS)
def test_a_correction_is_known_by_its_words(text: str, value: str) -> None:
    assert facts.correction(text) == value


def test_a_correction_takes_the_place_of_what_is_like_it() -> None:
    assert facts.corrected("My cat is called Pickle", "Biscuit") == "My cat is called Biscuit"
    assert facts.corrected("I'm 34 years old", "35") == "I'm 35 years old"
    assert facts.corrected("My cat is called Pickle", "35") == ""
    assert facts.corrected("I love tea and coffee", "Milk") == ""


def test_a_message_may_state_several() -> None:
    found = facts.facts("Hi! I live in Bath and I have a dog called Rex. My job is a nurse, but I hate mornings.")
    assert [fact.text for fact in found] == [
        "I live in Bath",
        "I have a dog called Rex",
        "My job is a nurse",
        "I hate mornings",
    ]


@pytest.mark.parametrize("text", [row[0] for row in STATED + DENIED] + [row[1] for row in ASKED])
def test_a_fact_that_was_kept_is_read_as_it_was_heard(text: str) -> None:
    for fact in facts.facts(text):
        again = facts.read(fact.text)
        assert (again.subject, again.relation, again.values) == (fact.subject, fact.relation, fact.values)


@given(st.lists(st.sampled_from([row[0] for row in STATED + ASKED] + NOTHING + ["*", '"', "\n", "> ", "`"])))
def test_whatever_is_said_facts_are_few_short_and_its_own_words(parts: list[str]) -> None:
    text = " ".join(parts)
    words = set(text.casefold().replace("\u2019", "'").replace("\u2018", "'").split())
    found = facts.facts(text)
    assert len(found) <= MOST_OF_A_MESSAGE
    for fact in found:
        assert 0 < len(fact.text) <= LONGEST
        assert all(any(word.strip(".,!?*\"'") in one for one in words) for word in fact.text.casefold().split())
