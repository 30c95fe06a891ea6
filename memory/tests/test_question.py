"""What a message asks of memory."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from memory.models import Kind, Speaker
from memory.recalling.query import Query
from memory.recalling.question import Question, read

NOW = datetime(2026, 6, 17, 20, tzinfo=UTC)
NOBODY = UUID(int=1)


def asked(text: str, person: tuple[str, ...] = ("Nora",), character: tuple[str, ...] = ("Azera Vale",)) -> Question:
    return read(Query(NOBODY, NOBODY, text, frozenset(), person, character, NOW, 100, len))


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("When did I move to Lisbon?", Speaker.PERSON),
        ("What is my sister called?", Speaker.PERSON),
        ("What do you fear?", Speaker.CHARACTER),
        ("What is your favourite song?", Speaker.CHARACTER),
        ("Do you remember when I moved to Lisbon?", Speaker.PERSON),
        ("Can you tell me where my keys are?", Speaker.PERSON),
        ("What did I tell you about the boat?", Speaker.PERSON),
        ("Where does Nora live?", Speaker.PERSON),
        ("What does Azera like?", Speaker.CHARACTER),
        ("What does Azera Vale like?", Speaker.CHARACTER),
        ("What did we say about the boat?", None),
        ("What do Nora and Azera both like?", None),
        ("Where is the boat?", None),
    ],
)
def test_whose_words_answer(text: str, speaker: Speaker | None) -> None:
    assert asked(text).speaker == speaker


def test_of_two_the_first_is_meant_but_not_surely() -> None:
    question = asked("What did Nora give to Azera?")
    assert (question.speaker, question.speaker_is_sure) == (Speaker.PERSON, False)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Where is the boat?", True),
        ("tell me about the boat", True),
        ("Remind me what the boat is called", True),
        ("summarize your recent reflections", True),
        ("I bought a boat today.", False),
        ("The boat is lovely, you should see it!", False),
    ],
)
def test_a_statement_is_no_question(text: str, asks: bool) -> None:
    assert asked(text).asks is asks


def test_names_are_not_embedded() -> None:
    assert asked("When did Nora's sister meet Azera?").words == "When did sister meet ?"
    assert asked("Is it normal?", person=("Nor",)).words == "Is it normal?"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("What did you dream about recently?", (Kind.DREAM,)),
        ("Summarize your recent reflections", (Kind.JOURNAL,)),
        ("What is in your journal?", (Kind.JOURNAL,)),
        ("What have we talked about before?", (Kind.SUMMARY,)),
        ("What topics have we covered today?", (Kind.SUMMARY,)),
        ("What did I dream of becoming?", ()),
        ("Where is the boat?", ()),
        ("I had a dream about you.", ()),
    ],
)
def test_what_was_made_up_is_told_only_where_it_is_asked_for(text: str, kinds: tuple[Kind, ...]) -> None:
    assert asked(text).kinds == kinds


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("What did we talk about on 3 May?", True),
        ("What happened last Tuesday?", True),
        ("What did I tell you two weeks ago?", True),
        ("Where was my sister on 3 May?", False),
        ("What did we talk about?", False),
    ],
)
def test_a_day_may_be_all_that_is_asked_for(text: str, only: bool) -> None:
    assert asked(text).only_times is only


def test_what_kind_of_answer_is_wanted() -> None:
    assert asked("When did I go?").when
    assert asked("Do you remember when I went?").when
    assert not asked("What happened when I went?").when
    assert asked("How many cats do I have?").number
    assert asked("Who came to dinner?").name
    assert asked("When was the first time I came?").first_time
    assert asked("When did I last mention the boat? I mean the last time.").last_time


@pytest.mark.parametrize(
    ("text", "words", "is_before", "days"),
    [
        ("What did I bake right before the trip to Cork?", "the trip to Cork", True, 4),
        ("What did I do after the road trip to relax?", "the road trip to relax", False, 14),
        ("Where was I the week before my exam?", "my exam", True, 4),
        ("How did Nora feel after reading her letter?", "reading her letter", False, 14),
    ],
)
def test_what_was_beside_an_event_is_known_by_it(text: str, words: str, is_before: bool, days: int) -> None:
    event = asked(text).event
    assert event is not None
    assert (event.words, event.is_before, event.days) == (words, is_before, days)


@pytest.mark.parametrize(
    "text", ["What did I do before 10 April?", "Have you been there before?", "I baked before the trip.", "After you!"]
)
def test_a_date_is_no_event_and_neither_is_what_nobody_asks(text: str) -> None:
    assert asked(text).event is None
