"""Working memory: the last day of a conversation, its topics, and who is being answered."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from accounts.models import User
from characters.models import Character
from core.redis import client
from memory import topics, working
from memory.actions.keeping import keep
from memory.actions.standing import stand
from memory.tests.saying import said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
QUANTUM = "Let's talk about quantum physics."


@pytest.fixture
def chat_id() -> UUID:
    return uuid4()


def tell(
    owner: User,
    character: Character,
    chat_id: UUID,
    text: str,
    minutes: float = 0,
    people: tuple[User, ...] = (),
    *,
    is_noted: bool = True,
) -> None:
    one = said(owner, character, text, at=NOON + timedelta(minutes=minutes), chat_id=chat_id, people=people)
    keep([one])
    if is_noted:
        working.noted(one)


def names(found: tuple[topics.Topic, ...]) -> list[str]:
    return [one.words for one in topics.leading(found)]


class TestTopics:
    def test_what_somebody_wants_to_talk_about_is_the_topic(self) -> None:
        assert names(topics.topics_of(QUANTUM, NOON)) == ["quantum physics"]

    def test_small_words_and_courtesies_are_none(self) -> None:
        assert topics.topics_of("Hey, how are you? I think it's really going well today!", NOON) == ()

    def test_one_of_a_thing_and_many_are_the_same(self) -> None:
        both = topics.added(topics.topics_of("I saw a lighthouse.", NOON), topics.topics_of("Lighthouses!", NOON))
        assert [(one.words, one.count) for one in both] == [("lighthouse", 2)]

    @pytest.mark.parametrize(
        "text",
        [
            "Tell me more about what we were just discussing",
            "What topics have we covered today?",
            "What did we talk about this morning?",
            "Which subjects have we discussed?",
            "Where were we?",
        ],
    )
    def test_who_asks_for_them_is_understood(self, text: str) -> None:
        assert topics.asks_for_topics(text)

    @pytest.mark.parametrize("text", [QUANTUM, "What did you dream about?", "Tell me about Oslo."])
    def test_who_asks_for_something_else_is_not_told_of_them(self, text: str) -> None:
        assert not topics.asks_for_topics(text)


class TestSession:
    def test_it_says_what_was_just_discussed(self, alice: User, azera: Character, chat_id: UUID) -> None:
        tell(alice, azera, chat_id, "I spent the morning in the garden, planting tomatoes in the garden.", -120)
        tell(alice, azera, chat_id, QUANTUM)
        kept = working.session(alice.id, azera.id, chat_id, NOON + timedelta(minutes=1))
        sentence = topics.sentence(kept.topics, NOON + timedelta(minutes=1))
        assert sentence.startswith("Just now you talked about quantum physics.")
        assert "Earlier today you talked about" in sentence
        assert "garden" in sentence

    def test_the_latest_twenty_messages_are_in_it_and_all_are_counted(
        self, alice: User, azera: Character, chat_id: UUID
    ) -> None:
        for at in range(25):
            tell(alice, azera, chat_id, f"Message {at}.", at)
        kept = working.session(alice.id, azera.id, chat_id, NOON + timedelta(hours=1))
        assert [one.text for one in kept.messages] == [f"Message {at}." for at in range(5, 25)]
        assert (kept.count, kept.began_at) == (25, NOON)

    def test_what_redis_lost_is_read_from_rows(self, alice: User, azera: Character, chat_id: UUID) -> None:
        for at in range(25):
            tell(alice, azera, chat_id, f"Message {at} about tomatoes.", at)
        later = NOON + timedelta(hours=1)
        before = working.session(alice.id, azera.id, chat_id, later)
        client().flushall()
        assert working.session(alice.id, azera.id, chat_id, later) == before
        client().flushall()
        tell(alice, azera, chat_id, "And one more.", 30)
        assert working.session(alice.id, azera.id, chat_id, later).count == 26

    def test_a_message_that_is_told_of_twice_counts_once(self, alice: User, azera: Character, chat_id: UUID) -> None:
        one = said(alice, azera, QUANTUM, at=NOON, chat_id=chat_id)
        working.noted(one)
        working.noted(one)
        kept = working.session(alice.id, azera.id, chat_id, NOON)
        assert kept.count == 1
        assert {topic.count for topic in kept.topics} == {1}

    def test_after_a_day_nothing_is_left(self, alice: User, azera: Character, chat_id: UUID) -> None:
        tell(alice, azera, chat_id, QUANTUM)
        assert working.session(alice.id, azera.id, chat_id, NOON + timedelta(hours=23)).messages
        left = working.session(alice.id, azera.id, chat_id, NOON + timedelta(hours=25))
        assert (left.messages, left.topics, left.count) == ((), (), 0)
        assert 0 < client().ttl(f"session:{alice.id}:{azera.id}:{chat_id}") <= 24 * 60 * 60

    def test_each_person_character_and_chat_has_its_own(
        self, alice: User, charlie: User, azera: Character, chat_id: UUID
    ) -> None:
        tell(alice, azera, chat_id, QUANTUM)
        tell(charlie, azera, chat_id, "Let's talk about pottery.")
        tell(alice, azera, uuid4(), "Let's talk about falconry.")
        assert names(working.session(alice.id, azera.id, chat_id, NOON).topics) == ["quantum physics"]
        assert names(working.session(charlie.id, azera.id, chat_id, NOON).topics) == ["pottery"]

    def test_who_came_later_hears_nothing_of_before(
        self, alice: User, charlie: User, azera: Character, chat_id: UUID
    ) -> None:
        tell(alice, azera, chat_id, "Let's talk about my secret wedding.")
        tell(alice, azera, chat_id, QUANTUM, 1, people=(charlie,))
        later, both = NOON + timedelta(minutes=2), frozenset({alice.id, charlie.id})
        assert names(working.session(alice.id, azera.id, chat_id, later, both).topics) == ["quantum physics"]
        assert "secret wedding" in names(working.session(alice.id, azera.id, chat_id, later).topics)
        assert names(working.topics_today(alice.id, azera.id, later, both)) == ["quantum physics"]

    def test_what_fell_is_gone_when_the_session_is_forgotten(
        self, alice: User, azera: Character, chat_id: UUID
    ) -> None:
        one = said(alice, azera, QUANTUM, at=NOON, chat_id=chat_id)
        keep([one])
        working.noted(one)
        stand(chat_id, [], [one.source_id])
        working.forget_sessions(alice.id, [(azera.id, chat_id)])
        assert working.session(alice.id, azera.id, chat_id, NOON).messages == ()

    def test_topics_of_today_are_those_of_all_chats(self, alice: User, azera: Character, chat_id: UUID) -> None:
        tell(alice, azera, uuid4(), "Let's talk about falconry.", -60 * 30)
        tell(alice, azera, uuid4(), "Let's talk about pottery.", -60)
        tell(alice, azera, chat_id, QUANTUM)
        assert names(working.topics_today(alice.id, azera.id, NOON)) == ["quantum physics", "pottery"]


class TestBusy:
    def test_who_asked_is_answered_until_the_answer_is_there(self, alice: User, azera: Character) -> None:
        working.mark_busy(alice.id, azera.id, NOON)
        assert working.is_answering(NOON)
        working.noted(said(alice, azera, "Here I am.", at=NOON, by=azera))
        assert not working.is_answering(NOON)

    def test_an_answer_that_never_came_is_waited_for_five_minutes(self, alice: User, azera: Character) -> None:
        working.mark_busy(alice.id, azera.id, NOON)
        assert working.is_answering(NOON + timedelta(minutes=4))
        assert not working.is_answering(NOON + timedelta(minutes=6))

    def test_it_is_quiet_ten_minutes_after_the_last_word(self, alice: User, charlie: User, azera: Character) -> None:
        assert working.is_quiet(alice.id, azera.id, NOON)
        tell(alice, azera, uuid4(), "Hello.")
        assert not working.is_quiet(alice.id, azera.id, NOON + timedelta(minutes=9))
        assert working.is_quiet(alice.id, azera.id, NOON + timedelta(minutes=10))
        assert working.is_quiet(charlie.id, azera.id, NOON)

    def test_who_asks_another_character_is_chatting_too(self, alice: User, azera: Character) -> None:
        working.mark_busy(alice.id, uuid4(), NOON)
        assert not working.is_quiet(alice.id, azera.id, NOON + timedelta(minutes=9))
