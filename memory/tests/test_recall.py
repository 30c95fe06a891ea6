"""What comes up, of whose memories, and in what order."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count as numbers
from uuid import UUID, uuid4

import numpy as np
import pytest
from numpy.typing import NDArray

from accounts.models import User
from characters.models import Character
from memory import wall
from memory.embedding import model_name
from memory.models import Embedding, Kind, Memory, Speaker
from memory.recalling.candidates import Search
from memory.recalling.query import Query, Reason, Recalled, Rule
from memory.recalling.recall import recall

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 15, 20, tzinfo=UTC)
BEGAN = datetime(2026, 1, 10, 18, tzinfo=UTC)


def meaning(text: str) -> NDArray[np.float32]:
    """Texts with the same words are near each other: as much as a test needs."""
    vector = np.full(64, 0.01, np.float32)
    for word in text.lower().replace("?", "").replace(".", "").split():
        vector[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 64] += 1
    return vector / np.linalg.norm(vector)


def remember(
    owner: User,
    character: Character,
    text: str,
    *,
    at: datetime = BEGAN,
    kind: Kind = Kind.EXCHANGE,
    speaker: Speaker = Speaker.PERSON,
    people: Sequence[UUID] = (),
    chat_id: UUID | None = None,
    source_id: UUID | None = None,
    stands: bool = True,
    is_pinned: bool = False,
    previous: Memory | None = None,
    replaces: Memory | None = None,
    sources: Sequence[UUID] = (),
) -> Memory:
    memory = Memory.objects.create(
        owner=owner,
        character=character,
        kind=kind,
        speaker=speaker if kind == Kind.EXCHANGE else "",
        spoken_by=(owner.name if speaker == Speaker.PERSON else character.name) if kind == Kind.EXCHANGE else "",
        text=text,
        said_at=at,
        people=list(people) or [owner.id],
        chat_id=chat_id,
        source_id=source_id,
        stands=stands,
        is_pinned=is_pinned,
        previous=previous,
        replaces=replaces,
        sources=list(sources),
    )
    Embedding.objects.create(
        memory=memory, owner_id=owner.id, character_id=character.id, model=model_name(), vector=meaning(text)
    )
    return memory


def ask(
    owner: User,
    character: Character,
    text: str,
    *,
    people: frozenset[UUID] = frozenset(),
    budget: int = 400,
    chat_id: UUID | None = None,
    known: frozenset[UUID] = frozenset(),
    rule: Rule = Rule.FUSED,
    now: datetime = NOW,
) -> Recalled:
    query = Query(
        owner_id=owner.id,
        character_id=character.id,
        text=text,
        people=people | {owner.id},
        person_names=(owner.name,),
        character_names=(character.name,),
        now=now,
        budget=budget,
        count=lambda line: len(line.split()),
        chat_id=chat_id,
        known=known,
        rule=rule,
    )
    return recall(query, embed=meaning)


def lines(recalled: Recalled) -> list[str]:
    return [memory.line for memory in recalled.memories]


@pytest.fixture
def evenings(alice: User, azera: Character) -> list[Memory]:
    """Small talk of half a year, among which something may be looked for."""
    said = [
        "The market was full of people again.",
        "I had soup for dinner and watched the rain.",
        "My brother called about the old boat.",
        "Work was slow, nobody answers letters in summer.",
        "The cat slept on the radio all evening.",
        "I walked along the harbour until it got dark.",
    ]
    dates = numbers()
    return [remember(alice, azera, text, at=BEGAN + timedelta(days=9 * next(dates))) for text in said * 2]


def test_what_was_told_in_one_chat_is_known_in_another(alice: User, azera: Character, evenings: list[Memory]) -> None:
    remember(alice, azera, "Remember the passphrase wispfire.", chat_id=uuid4(), at=NOW - timedelta(seconds=30))
    found = ask(alice, azera, "Do you recall a secret passphrase?", chat_id=uuid4())
    assert "Alice: Remember the passphrase wispfire." in lines(found)


def test_the_best_is_ranked_first(alice: User, azera: Character, evenings: list[Memory]) -> None:
    told = remember(alice, azera, "My sister Nadia lives in Lisbon.", at=BEGAN + timedelta(days=3))
    found = ask(alice, azera, "Where does my sister live?")
    assert found.ranked[0] == told.id
    best = max(found.memories, key=lambda memory: memory.score)
    assert best.memory_id == told.id
    assert Reason.WORDS in best.reasons


def test_lines_come_in_the_order_of_time(alice: User, azera: Character, evenings: list[Memory]) -> None:
    times = [memory.said_at for memory in ask(alice, azera, "What did I say about the rain and the boat?").memories]
    assert times
    assert times == sorted(times)


def test_somebody_elses_memories_never_come_up(
    alice: User, charlie: User, azera: Character, evenings: list[Memory]
) -> None:
    """The very same words around what only one of them said: the other's would be nearest."""
    for memory in evenings:
        remember(charlie, azera, memory.text, at=memory.said_at)
    remember(charlie, azera, "My passphrase is moonfall.")
    found = ask(alice, azera, "My passphrase is moonfall. What is my passphrase?")
    foreign = set(Memory.objects.filter(owner=charlie).values_list("id", flat=True))
    assert not foreign & set(found.ranked)
    assert not [line for line in lines(found) if "moonfall" in line]


def test_another_characters_memories_never_come_up(alice: User, azera: Character, evenings: list[Memory]) -> None:
    areza = Character.objects.exclude(id=azera.id)[0]
    remember(alice, areza, "My passphrase is moonfall.")
    assert not [line for line in lines(ask(alice, azera, "What is my passphrase?")) if "moonfall" in line]


def test_the_wall_holds_where_a_query_asks_for_somebody_else(alice: User, charlie: User, azera: Character) -> None:
    remember(charlie, azera, "My passphrase is moonfall.")
    query = Query(
        charlie.id, azera.id, "passphrase moonfall", frozenset(), (), (), NOW, 100, len
    )  # fmt: skip
    with wall.inside(alice.id):
        search = Search(query, meaning("passphrase moonfall"), model_name())
        assert search.nearest().found == ()
        assert search.worded(["'passphras'"], 1)[0] == []
        assert search.pinned() == []
        assert search.with_all_words("moonfall", 10, NOW) == []


def test_what_a_listener_was_not_there_for_stays_unsaid(alice: User, charlie: User, azera: Character) -> None:
    remember(alice, azera, "Charlie must not know of the surprise party.", people=[alice.id])
    remember(alice, azera, "The party is on Friday.", people=[alice.id, charlie.id])
    together = ask(alice, azera, "What about the party?", people=frozenset({charlie.id}))
    assert lines(together) == ["Alice: The party is on Friday."]
    assert len(ask(alice, azera, "What about the party?").memories) == 2


def test_only_what_stands_comes_up(alice: User, azera: Character) -> None:
    remember(alice, azera, "The boat is called Heron.", stands=False)
    assert ask(alice, azera, "What is the boat called?").ranked == ()


def test_what_the_prompt_already_holds_is_not_repeated(alice: User, azera: Character) -> None:
    source = uuid4()
    remember(alice, azera, "The boat is called Heron.", source_id=source)
    assert ask(alice, azera, "What is the boat called?", known=frozenset({source})).ranked == ()


def test_the_last_minute_of_the_same_chat_is_not_a_memory_yet(alice: User, azera: Character) -> None:
    chat = uuid4()
    remember(alice, azera, "The boat is called Heron.", chat_id=chat, at=NOW - timedelta(seconds=30))
    assert ask(alice, azera, "What is the boat called?", chat_id=chat).ranked == ()
    assert ask(alice, azera, "What is the boat called?", chat_id=uuid4()).ranked


def test_nothing_is_remembered_at_first(alice: User, azera: Character) -> None:
    assert ask(alice, azera, "What do you remember?").memories == ()


def test_without_a_vector_words_are_enough(alice: User, azera: Character, evenings: list[Memory]) -> None:
    told = remember(alice, azera, "My sister Nadia lives in Lisbon.")
    query = Query(
        alice.id, azera.id, "Where does my sister live?", frozenset({alice.id}), ("Alice",), ("Azera",), NOW, 100, len
    )
    assert recall(query, embed=lambda _text: None).ranked[0] == told.id


def test_what_replaced_something_comes_with_it_and_after_it(
    alice: User, azera: Character, evenings: list[Memory]
) -> None:
    old = remember(alice, azera, "My cat is called Pickle.", at=BEGAN + timedelta(days=5))
    new = remember(alice, azera, "She only answers to Biscuit these days.", at=NOW - timedelta(days=5), replaces=old)
    found = ask(alice, azera, "What is my cat called?")
    told = [memory.memory_id for memory in found.memories]
    assert told.index(old.id) < told.index(new.id)
    assert all(Reason.UPDATE in memory.reasons for memory in found.memories if memory.memory_id in (old.id, new.id))


def test_where_there_is_room_for_one_it_is_what_is_true_now(alice: User, azera: Character) -> None:
    first = remember(alice, azera, "My cat is called Pickle.", at=BEGAN)
    second = remember(alice, azera, "She only answers to Biscuit.", at=BEGAN + timedelta(days=9), replaces=first)
    third = remember(alice, azera, "We went for Sable in the end.", at=BEGAN + timedelta(days=20), replaces=second)
    # Three words of a heading, and eight of the line.
    found = ask(alice, azera, "What is my cat called?", budget=11)
    assert [memory.memory_id for memory in found.memories] == [third.id]


def test_who_asks_what_they_told_is_not_answered_with_what_they_were_told(alice: User, azera: Character) -> None:
    remember(alice, azera, "I fear deep water.", speaker=Speaker.PERSON)
    remember(alice, azera, "I fear deep water.", speaker=Speaker.CHARACTER, at=BEGAN + timedelta(days=2))
    assert _first_line(ask(alice, azera, "What do I fear?")) == "Alice: I fear deep water."
    assert _first_line(ask(alice, azera, "What do you fear?")) == "Azera: I fear deep water."
    assert _first_line(ask(alice, azera, "What does Alice fear?")) == "Alice: I fear deep water."


def _first_line(recalled: Recalled) -> str:
    lines_ = {memory.memory_id: memory.line for memory in recalled.memories}
    return lines_[recalled.ranked[0]]


def test_a_day_that_is_named_brings_what_was_said_on_it(alice: User, azera: Character, evenings: list[Memory]) -> None:
    on_the_day = [remember(alice, azera, f"Number {at} of that evening.", at=datetime(2026, 5, 3, 20, at, tzinfo=UTC))
                  for at in range(5)]  # fmt: skip
    found = ask(alice, azera, "What did we talk about on 3 May?", budget=45)
    assert {memory.said_at.date() for memory in found.memories} == {on_the_day[0].said_at.date()}
    assert len(found.memories) >= 3


@pytest.mark.parametrize(("word", "at"), [("first", 0), ("last", -1)])
def test_the_first_and_the_last_time_are_told_apart(
    alice: User, azera: Character, evenings: list[Memory], word: str, at: int
) -> None:
    trips = [
        remember(alice, azera, "I took the ferry to the island.", at=BEGAN + timedelta(days=30 * trip))
        for trip in range(5)
    ]
    assert ask(alice, azera, f"When was the {word} time I took the ferry?").ranked[0] == trips[at].id


def test_what_is_pinned_counts_more(alice: User, azera: Character, evenings: list[Memory]) -> None:
    remember(alice, azera, "I like the smell of rope.", at=BEGAN + timedelta(days=1))
    pinned = remember(alice, azera, "I like the smell of tar.", at=BEGAN + timedelta(days=2), is_pinned=True)
    assert ask(alice, azera, "Which smell do I like?").ranked[0] == pinned.id


def test_a_fact_leads_to_the_words_it_was_taken_from(alice: User, azera: Character, evenings: list[Memory]) -> None:
    said = remember(alice, azera, "Well, and by the way my dog is called Toby, if you care.")
    fact = remember(alice, azera, "My dog is called Toby.", kind=Kind.FACT, sources=[said.id])
    found = ask(alice, azera, "What is my dog called?")
    assert found.ranked[0] == said.id
    assert fact.id not in found.ranked


def test_a_corrected_fact_is_told_itself(alice: User, azera: Character, evenings: list[Memory]) -> None:
    said = remember(alice, azera, "My dog is called Toby.")
    fact = remember(
        alice, azera, "My dog is called Tobias.", kind=Kind.FACT, replaces=said, at=NOW - timedelta(days=1)
    )
    assert fact.id in [memory.memory_id for memory in ask(alice, azera, "What is my dog called?").memories]


class TestDerivedTexts:
    """Thirty dreams that say what is not true, and summaries near everything."""

    @pytest.fixture(autouse=True)
    def _dreams(self, alice: User, azera: Character, evenings: list[Memory]) -> None:
        for at in range(30):
            remember(
                alice,
                azera,
                f"I dreamt that my dog was called Rex{at}.",
                kind=Kind.DREAM,
                at=NOW - timedelta(days=40 - at),
            )
        remember(alice, azera, "A summary of dogs, boats and rain.", kind=Kind.SUMMARY, at=NOW - timedelta(days=2))
        remember(alice, azera, "I think that dogs are good.", kind=Kind.JOURNAL, at=NOW - timedelta(days=3))

    def test_a_dream_never_answers_a_question_of_fact(self, alice: User, azera: Character) -> None:
        told = remember(alice, azera, "My dog is called Toby.")
        found = ask(alice, azera, "What is my dog called?")
        assert found.recap is None
        assert found.ranked[0] == told.id
        assert not [line for line in lines(found) if "Rex" in line or "summary" in line]

    def test_who_asks_for_dreams_is_told_one(self, alice: User, azera: Character) -> None:
        found = ask(alice, azera, "What did you dream about recently?")
        assert found.recap is not None
        assert found.recap.line == "Dream: I dreamt that my dog was called Rex29."
        assert found.recap.reasons == (Reason.RECAP,)
        assert not {Kind.DREAM, Kind.JOURNAL, Kind.SUMMARY} & {memory.kind for memory in found.memories}

    def test_who_asks_for_reflections_is_told_one(self, alice: User, azera: Character) -> None:
        found = ask(alice, azera, "Summarize your recent reflections.")
        assert found.recap is not None
        assert found.recap.line == "Journal: I think that dogs are good."

    def test_who_asks_for_all_is_told_a_summary(self, alice: User, azera: Character) -> None:
        found = ask(alice, azera, "What have we talked about before?")
        assert found.recap is not None
        assert found.recap.kind == Kind.SUMMARY

    def test_it_takes_a_small_part_of_the_budget(self, alice: User, azera: Character) -> None:
        long = "We spoke of boats. " * 100
        remember(alice, azera, long, kind=Kind.SUMMARY, at=NOW - timedelta(days=1))
        found = ask(alice, azera, "What have we talked about before?", budget=200)
        assert found.recap is not None
        assert found.recap.tokens <= 30


class TestTheClassicRule:
    def test_it_finds_what_is_near_and_what_has_all_the_words(self, alice: User, azera: Character) -> None:
        near = remember(alice, azera, "My dog is called Toby.")
        remember(alice, azera, "Something else entirely, about ships.")
        found = ask(alice, azera, "My dog is called what?", rule=Rule.CLASSIC)
        assert found.ranked == (near.id,)
        assert found.memories[0].reasons == (Reason.MEANING,)

    def test_it_skips_what_was_said_within_a_minute_anywhere(self, alice: User, azera: Character) -> None:
        remember(alice, azera, "My dog is called Toby.", at=NOW - timedelta(seconds=50))
        assert ask(alice, azera, "My dog is called what?", rule=Rule.CLASSIC).ranked == ()

    def test_it_cuts_a_snippet_and_tells_nothing_twice(self, alice: User, azera: Character) -> None:
        text = "My dog is called Toby. " * 30
        remember(alice, azera, text)
        remember(alice, azera, text + "And again.")
        (line,) = lines(ask(alice, azera, "My dog is called Toby", rule=Rule.CLASSIC))
        assert len(line) <= len("Alice: ") + 400

    def test_a_score_that_feeling_has_raised_is_shown_as_at_most_one(self, alice: User, azera: Character) -> None:
        memory = remember(alice, azera, "My dog is called Toby.")
        Memory.objects.filter(id=memory.id).update(importance=1.0)
        (found,) = ask(alice, azera, "My dog is called Toby.", rule=Rule.CLASSIC).memories
        assert found.score == 1.0


def test_what_was_before_an_event_is_looked_for_before_it(
    alice: User, azera: Character, evenings: list[Memory]
) -> None:
    remember(alice, azera, "I baked a plum cake today.", at=datetime(2026, 1, 12, 18, tzinfo=UTC))
    bread = remember(alice, azera, "I baked rye bread today.", at=datetime(2026, 3, 9, 18, tzinfo=UTC))
    remember(alice, azera, "My bag is packed for the trip to Cork.", at=datetime(2026, 3, 11, 18, tzinfo=UTC))
    remember(alice, azera, "I baked a lemon tart today.", at=datetime(2026, 5, 2, 18, tzinfo=UTC))
    found = ask(alice, azera, "What had I baked right before the trip to Cork?")
    baked = {memory.id for memory in Memory.objects.filter(text__contains="baked")}
    assert next(one for one in found.ranked if one in baked) == bread.id
