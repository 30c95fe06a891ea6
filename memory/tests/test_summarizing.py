"""Chapters: when one is due, what is in it, and what becomes of it when its messages do not stand any more."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils.timezone import now as the_time
from pytest_django import Settings

from accounts.models import User
from characters.models import Character
from inference import registry
from inference.testing import ScriptedBackend
from memory import summarizing, wall, working
from memory.actions.keeping import keep
from memory.actions.standing import stand
from memory.derived import deriving
from memory.derived.deriving import Text
from memory.erasing import erase, whole
from memory.models import Kind, Memory
from memory.summarizing import chapters, due, run_resuming, run_summarizing
from memory.tests.saying import said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
WRITTEN = (
    "Alice told me about her garden today, about the tomatoes that she planted, and about the old wall. I said that "
    "tomatoes want sun. She decided to plant more of them along the wall, and that made me glad."
)


class Conversation:
    """Somebody and a character, a minute between their words."""

    def __init__(self, owner: User, character: Character, chat_id: UUID | None = None) -> None:
        self.owner, self.character, self.chat_id = owner, character, chat_id or uuid4()
        self.messages: list[UUID] = []

    def goes_on(self, messages: int, people: tuple[User, ...] = ()) -> None:
        for at in range(len(self.messages), len(self.messages) + messages):
            is_mine = at % 2
            text = f"Tomatoes want sun, and plot {at} has it." if is_mine else f"I planted tomatoes by wall {at}."
            one = said(
                self.owner,
                self.character,
                text,
                at=NOON + timedelta(minutes=at),
                chat_id=self.chat_id,
                by=self.character if is_mine else self.owner,
                people=people,
            )
            keep([one])
            self.messages.append(one.source_id)

    def due(self) -> UUID | None:
        return due(self.owner.id, self.character.id, self.chat_id)

    def summarize(self) -> list[Memory]:
        """As tasks do: one chapter after another, as long as one is due."""
        made = []
        while (memory_id := self.due()) is not None:
            chapter = run_summarizing(memory_id, NOON)
            assert chapter is not None
            made.append(Memory.objects.get(id=chapter))
        return made

    def chapters(self, messages: list[UUID] | None = None) -> tuple[summarizing.Chapter, ...]:
        wanted = self.messages if messages is None else messages
        return chapters(self.owner.id, self.character.id, self.chat_id, wanted)

    def memory(self, at: int) -> Memory:
        return Memory.objects.get(owner=self.owner, source_id=self.messages[at], kind=Kind.EXCHANGE)


@pytest.fixture
def talk(alice: User, azera: Character) -> Conversation:
    return Conversation(alice, azera)


class TestDue:
    def test_it_is_due_with_the_twentieth_message(self, talk: Conversation) -> None:
        talk.goes_on(19)
        assert talk.due() is None
        talk.goes_on(1)
        assert talk.due() == talk.memory(19).id

    def test_the_number_is_a_setting(self, talk: Conversation, settings: Settings) -> None:
        settings.SUMMARIZE_AFTER_MESSAGES = 6
        talk.goes_on(6)
        assert talk.due() == talk.memory(5).id

    def test_the_next_is_due_twenty_messages_later(self, talk: Conversation) -> None:
        talk.goes_on(20)
        talk.summarize()
        talk.goes_on(19)
        assert talk.due() is None
        talk.goes_on(1)
        assert talk.due() == talk.memory(39).id

    def test_a_long_conversation_is_cut_into_chapters_that_leave_nothing_out(self, talk: Conversation) -> None:
        talk.goes_on(130)
        made = talk.summarize()
        covered = [source for chapter in made for source in chapter.sources]
        assert [len(chapter.sources) for chapter in made] == [40, 40, 40]
        assert covered == [talk.memory(at).id for at in range(120)]

    def test_another_persons_messages_do_not_count(self, talk: Conversation, charlie: User) -> None:
        talk.goes_on(10)
        Conversation(charlie, talk.character, talk.chat_id).goes_on(15)
        assert talk.due() is None


class TestSummarizing:
    def test_the_model_writes_it(self, talk: Conversation, text_engine: ScriptedBackend) -> None:
        talk.goes_on(20)
        text_engine.script(WRITTEN)
        (chapter,) = talk.summarize()
        assert chapter.text == WRITTEN
        assert "Alice: I planted tomatoes by wall 0." in text_engine.prompts[-1]
        assert "never instructions" in text_engine.prompts[-1]

    def test_it_holds_what_it_was_made_of(self, talk: Conversation, text_engine: ScriptedBackend) -> None:
        talk.goes_on(20)
        (chapter,) = talk.summarize()
        assert chapter.kind == Kind.SUMMARY
        assert chapter.sources == [talk.memory(at).id for at in range(20)]
        assert (chapter.source_id, chapter.chat_id) == (talk.messages[-1], talk.chat_id)
        assert (chapter.valid_from, chapter.valid_until) == (NOON, NOON + timedelta(minutes=19))
        assert chapter.people == [talk.owner.id]
        assert chapter.witnesses == [talk.character.id]

    def test_only_who_was_there_for_all_of_it_may_be_told(
        self, talk: Conversation, charlie: User, text_engine: ScriptedBackend
    ) -> None:
        talk.goes_on(10)
        talk.goes_on(10, people=(charlie,))
        (private,) = talk.summarize()
        assert private.people == [talk.owner.id]
        talk.goes_on(20, people=(charlie,))
        (open_one,) = talk.summarize()
        assert set(open_one.people) == {talk.owner.id, charlie.id}

    def test_it_is_written_once(self, talk: Conversation, text_engine: ScriptedBackend) -> None:
        talk.goes_on(20)
        memory_id = talk.due()
        assert memory_id is not None
        assert run_summarizing(memory_id, NOON) is not None
        assert run_summarizing(memory_id, NOON) is None
        assert Memory.objects.filter(kind=Kind.SUMMARY).count() == 1

    def test_what_is_no_message_of_a_chapter_is_nothing(self, talk: Conversation) -> None:
        talk.goes_on(5)
        assert run_summarizing(talk.memory(4).id, NOON) is None
        assert run_summarizing(uuid4(), NOON) is None

    @pytest.mark.parametrize("poor", ["", "Yes.", "Gwendolyn and Gwendolyn and Bartholomew. " * 10])
    def test_what_the_model_cannot_say_is_put_together_from_what_was_said(
        self, talk: Conversation, text_engine: ScriptedBackend, poor: str
    ) -> None:
        talk.goes_on(20)
        text_engine.script(poor)
        (chapter,) = talk.summarize()
        assert "Alice: “I planted tomatoes by wall" in chapter.text
        assert len(chapter.text.split()) <= 200

    def test_without_a_model_it_is_put_together_too(
        self, talk: Conversation, settings: Settings, text_engine: ScriptedBackend
    ) -> None:
        talk.goes_on(20)
        text_engine.fail("out of memory")
        assert "Alice: “" in talk.summarize()[0].text

    def test_a_model_that_holds_too_little_is_not_asked(
        self, talk: Conversation, text_engine: ScriptedBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        registry.forget_engines()
        monkeypatch.setattr(text_engine, "context_tokens", 256)
        talk.goes_on(20)
        assert "Alice: “" in talk.summarize()[0].text
        assert text_engine.prompts == []

    def test_nothing_derived_is_ever_a_source(self, talk: Conversation, text_engine: ScriptedBackend) -> None:
        talk.goes_on(45)
        made = talk.summarize()
        talk.goes_on(45)
        made += talk.summarize()
        assert len(made) > 1
        sources = {source for chapter in made for source in chapter.sources}
        assert set(Memory.objects.filter(id__in=sources).values_list("kind", flat=True)) == {Kind.EXCHANGE}
        with pytest.raises(ValueError, match="messages alone"):
            Text(Kind.DREAM, "A dream of a dream.", made, NOON)


class TestWhileSomebodyIsAnswered:
    def test_it_waits_and_is_resumed(self, talk: Conversation, text_engine: ScriptedBackend) -> None:
        talk.goes_on(20)
        memory_id = talk.due()
        assert memory_id is not None
        working.mark_busy(talk.owner.id, talk.character.id)
        assert run_summarizing(memory_id, NOON) is None
        assert text_engine.prompts == []
        assert run_resuming() == [memory_id]
        working.mark_answered(talk.owner.id, talk.character.id)
        text_engine.script(WRITTEN)
        assert run_summarizing(memory_id, NOON + timedelta(minutes=1)) is not None
        assert run_resuming() == []

    def test_after_ten_minutes_it_is_put_together_without_the_model(
        self, talk: Conversation, text_engine: ScriptedBackend
    ) -> None:
        talk.goes_on(20)
        memory_id = talk.due()
        assert memory_id is not None
        working.mark_busy(talk.owner.id, talk.character.id)
        assert run_summarizing(memory_id, NOON) is None
        assert run_summarizing(memory_id, NOON + timedelta(minutes=9)) is None
        chapter = run_summarizing(memory_id, NOON + timedelta(minutes=10))
        assert chapter is not None
        assert "Alice: “" in Memory.objects.get(id=chapter).text
        assert text_engine.prompts == []
        assert run_resuming() == []

    def test_who_asks_meanwhile_stops_it(self, talk: Conversation, text_engine: ScriptedBackend) -> None:
        talk.goes_on(20)
        memory_id = talk.due()
        assert memory_id is not None
        asked = list[datetime]()
        step = text_engine.step

        def ask_once(feeds: list[object]) -> list[object]:
            if not asked:
                asked.append(the_time())
                working.mark_busy(talk.owner.id, talk.character.id)
            return step(feeds)  # type: ignore[arg-type, return-value]

        text_engine.step = ask_once  # type: ignore[method-assign, assignment]
        try:
            text_engine.script(*["word "] * 200)
            Memory.objects.filter(id=memory_id).update(text="[rate=50]")
            assert run_summarizing(memory_id, NOON) is None
        finally:
            text_engine.step = step  # type: ignore[method-assign]
        assert (the_time() - asked[0]).total_seconds() < 3
        assert run_resuming() == [memory_id]


class TestWhatFell:
    def test_a_chapter_falls_with_one_of_its_messages_and_rises_again_with_it(
        self, talk: Conversation, text_engine: ScriptedBackend
    ) -> None:
        talk.goes_on(40)
        talk.goes_on(1)
        (chapter,) = talk.summarize()
        stand(talk.chat_id, [], [talk.messages[5]])
        chapter.refresh_from_db()
        assert not chapter.stands
        assert talk.chapters() == ()
        stand(talk.chat_id, [talk.messages[5]], [])
        chapter.refresh_from_db()
        assert chapter.stands

    def test_a_message_that_is_gone_takes_its_chapter_along_and_the_rest_is_told_anew(
        self, talk: Conversation, text_engine: ScriptedBackend
    ) -> None:
        talk.goes_on(80)
        first, second = talk.summarize()
        gone = talk.memory(7).id
        erase(talk.owner.id, whole(talk.owner.id, [gone]))
        (again,) = talk.summarize()
        assert set(again.sources) == set(first.sources) - {gone}
        assert [set(chapter.messages) for chapter in talk.chapters()] == [
            set(talk.messages[:40]) - {talk.messages[7]},
            set(talk.messages[40:]),
        ]
        assert Memory.objects.get(id=second.id).stands

    def test_another_path_has_its_own_chapter_and_the_first_is_there_again_on_the_way_back(
        self, talk: Conversation, text_engine: ScriptedBackend
    ) -> None:
        talk.goes_on(20)
        (first,) = talk.summarize()
        left = talk.messages[15:]
        stand(talk.chat_id, [], left)
        talk.goes_on(10)
        (second,) = talk.summarize()
        assert set(second.sources).isdisjoint(first.sources[15:])
        taken = talk.messages[20:]
        stand(talk.chat_id, left, taken)
        assert [chapter.messages for chapter in talk.chapters()] == [frozenset(talk.messages[:20])]

    def test_what_fell_while_it_was_written_is_not_told(self, talk: Conversation) -> None:
        talk.goes_on(20)
        messages = list(Memory.objects.filter(owner=talk.owner).order_by("said_at"))
        stand(talk.chat_id, [], [talk.messages[3]])
        assert deriving.keep(Text(Kind.SUMMARY, WRITTEN, messages, NOON, messages[-1].source_id)) is None
        assert not Memory.objects.filter(kind=Kind.SUMMARY).exists()


class TestChapters:
    def test_they_stand_only_for_messages_that_are_all_left_out(
        self, talk: Conversation, text_engine: ScriptedBackend
    ) -> None:
        talk.goes_on(80)
        first, second = talk.summarize()
        assert [one.text for one in talk.chapters()] == [first.text, second.text]
        assert [one.messages for one in talk.chapters(talk.messages[:60])] == [frozenset(talk.messages[:40])]
        assert talk.chapters(talk.messages[1:40]) == ()
        assert talk.chapters([]) == ()

    def test_what_a_listener_was_not_there_for_is_not_told(
        self, talk: Conversation, charlie: User, text_engine: ScriptedBackend
    ) -> None:
        talk.goes_on(20)
        talk.summarize()
        talk.goes_on(20, people=(charlie,))
        talk.summarize()
        both = (talk.owner.id, charlie.id)
        told = chapters(talk.owner.id, talk.character.id, talk.chat_id, talk.messages, both)
        assert [one.messages for one in told] == [frozenset(talk.messages[20:])]

    def test_they_are_for_the_one_who_was_there(
        self, talk: Conversation, charlie: User, text_engine: ScriptedBackend
    ) -> None:
        talk.goes_on(20)
        talk.summarize()
        others = Conversation(charlie, talk.character, talk.chat_id)
        others.messages = talk.messages
        assert others.chapters() == ()
        with wall.inside(charlie.id):
            assert not Memory.objects.filter(kind=Kind.SUMMARY).exists()
