"""What a person may do to what is remembered of them, through the pages."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from characters.models import Character
from memory.feeling import Happening, lock_mind, record
from memory.mapping import run_mapping
from memory.mind import BY_NAME, Step
from memory.models import Forgetting, Kind, Memory, Mind, MindEvent
from memory.tests.remembering import embed, remember

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]
JSON = {"Accept": "application/json"}


@pytest.fixture
def alices(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def page(azera: Character) -> str:
    return f"/memories/{azera.id}/"


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


class TestPin:
    def test_it_is_pinned_and_unpinned(self, alices: Client, alice: User, azera: Character, page: str) -> None:
        memory = remember(alice, azera, "Remember the lamp.")
        answer = alices.post(f"/memories/one/{memory.id}/pin/", {"pinned": "true", "next": page})
        assert answer.headers["Location"] == f"{page}#e-{memory.id}"
        assert "Remember the lamp." in read(alices, f"{page}?pinned=on")
        answer = alices.post(f"/memories/one/{memory.id}/pin/", {"pinned": "false"}, headers=JSON)
        assert answer.json() == {"is_pinned": False}
        assert "Remember the lamp." not in read(alices, f"{page}?pinned=on").partition("data-log")[2]

    def test_it_leads_nowhere_else(self, alices: Client, alice: User, azera: Character) -> None:
        memory = remember(alice, azera, "Remember the lamp.")
        answer = alices.post(f"/memories/one/{memory.id}/pin/", {"pinned": "true", "next": "https://example.org/"})
        assert answer.headers["Location"] == f"/memories/one/{memory.id}/"


class TestCorrect:
    def test_the_new_words_stand_beside_the_old_ones(
        self, alices: Client, alice: User, azera: Character, page: str
    ) -> None:
        memory = remember(alice, azera, "I live in Porto.", Kind.FACT, days_ago=2)
        assert "I live in Porto." in read(alices, f"/memories/one/{memory.id}/correct/")
        answer = alices.post(f"/memories/one/{memory.id}/correct/", {"text": "I live in Lisbon."})
        content = read(alices, answer.headers["Location"])
        assert "I live in Lisbon." in content
        assert "Before:" in content
        assert "Was true once" in read(alices, page)

    def test_what_was_refused_is_kept_with_the_reason(self, alices: Client, alice: User, azera: Character) -> None:
        memory = remember(alice, azera, "I live in Porto.", Kind.FACT)
        answer = alices.post(f"/memories/one/{memory.id}/correct/", {"text": "x" * 2001})
        assert answer.status_code == 400
        assert b"x" * 2001 in answer.content
        assert b'role="alert"' in answer.content
        assert alices.post(f"/memories/one/{memory.id}/correct/", {"text": " "}, headers=JSON).status_code == 400

    def test_a_dream_cannot_be_corrected(self, alices: Client, alice: User, azera: Character, page: str) -> None:
        dream = remember(alice, azera, "A staircase of tides.", Kind.DREAM)
        assert f"/memories/one/{dream.id}/correct/" not in read(alices, page)
        assert alices.post(f"/memories/one/{dream.id}/correct/", {"text": "A lamp."}).status_code == 409


class TestForget:
    @pytest.fixture(autouse=True)
    def _remembered(self, alice: User, azera: Character) -> None:
        self.chat_id = uuid4()
        may = datetime(2026, 5, 3, 12, tzinfo=UTC)
        self.letter = remember(alice, azera, "The letter is not opened.", said_at=may, chat_id=self.chat_id)
        self.tea = remember(alice, azera, "Tea without sugar.", said_at=may + timedelta(days=1), chat_id=self.chat_id)
        self.sea = remember(alice, azera, "The sea was loud.", said_at=may + timedelta(days=2))
        self.dream = remember(
            alice, azera, "A letter that sang.", Kind.DREAM, said_at=may + timedelta(days=3), sources=(self.letter.id,)
        )

    def left(self) -> set[UUID]:
        return set(Memory.objects.values_list("id", flat=True))

    def test_before_anything_goes_the_page_says_how_much_would(self, alices: Client, page: str) -> None:
        content = read(alices, f"{page}forget/?scope=memory&memory={self.letter.id}")
        assert "Forget 2 memories?" in content
        assert "1 of them goes along" in content
        assert len(self.left()) == 4

    def test_one_goes_with_what_was_made_of_it_and_leaves_a_receipt(self, alices: Client, page: str) -> None:
        answer = alices.post(f"{page}forget/", {"scope": "memory", "memory": str(self.letter.id)})
        content = read(alices, answer.headers["Location"])
        assert "2 memories went" in content
        assert "letter" not in content
        assert self.left() == {self.tea.id, self.sea.id}
        assert "2 memories" in read(alices, "/memories/receipts/")

    @pytest.mark.parametrize(
        ("query", "number"),
        [
            ("scope=topic&q=letter", 2),
            ("scope=range&since=2026-05-04&until=2026-05-05", 2),
            ("scope=range&since=2026-05-05&until=2026-05-05&zone=Pacific/Auckland", 1),
            ("scope=character", 4),
            ("scope=topic&q=zebra", 0),
        ],
    )
    def test_a_preview_counts_what_a_form_like_it_removes(
        self, alices: Client, page: str, query: str, number: int
    ) -> None:
        content = read(alices, f"{page}forget/?{query}")
        if not number:
            assert "There is nothing to forget" in content
            return
        assert f"Forget {number} memor" in content
        chosen = [part[:36] for part in content.split('name="memory" value="')[1:]]
        alices.post(f"{page}forget/", {**dict(pair.split("=") for pair in query.split("&")), "memory": chosen})
        assert len(self.left()) == 4 - number
        assert sum(Forgetting.objects.get().counts.values()) == number

    def test_a_chat_is_forgotten(self, alices: Client, page: str) -> None:
        assert "Forget 3 memories?" in read(alices, f"{page}forget/?scope=chat&chat={self.chat_id}")
        alices.post(f"{page}forget/", {"scope": "chat", "chat": str(self.chat_id)})
        assert self.left() == {self.sea.id}

    @pytest.mark.parametrize(
        "query",
        [
            "scope=topic&q=+",
            "scope=range&since=2026-05-04",
            "scope=range&since=x&until=y",
            "scope=range&since=2026-05-04&until=2026-05-01",
            "scope=chat",
            "scope=all",
        ],
    )
    def test_what_is_missing_is_said(self, alices: Client, page: str, query: str) -> None:
        answer = alices.get(f"{page}forget/?{query}")
        assert answer.status_code == 400
        assert b'role="alert"' in answer.content
        fields = dict(pair.split("=") for pair in query.split("&"))
        assert alices.post(f"{page}forget/", fields, headers=JSON).status_code == 400
        assert len(self.left()) == 4

    def test_nothing_chosen_is_nothing_forgotten(self, alices: Client, page: str) -> None:
        assert alices.post(f"{page}forget/", {"scope": "topic"}).status_code == 400
        assert len(self.left()) == 4

    def test_several_are_forgotten_at_once_and_counted(self, alices: Client, page: str) -> None:
        fields = {"scope": "memory", "memory": [str(self.tea.id), str(self.sea.id)]}
        said = alices.post(f"{page}forget/", fields, headers=JSON).json()
        assert said["message"] == "2 memories are forgotten."
        assert self.left() == {self.letter.id, self.dream.id}

    def test_nobody_forgets_what_is_anothers(self, charlie: User, client: Client, page: str) -> None:
        client.force_login(charlie)
        ones = {"scope": "memory", "memory": str(self.tea.id)}
        assert client.post(f"{page}forget/", ones).status_code == 404
        assert client.get(f"{page}forget/?scope=memory&memory={self.tea.id}").status_code == 404
        assert client.post(f"{page}forget/", {"scope": "chat", "chat": str(self.chat_id)}).status_code == 404
        assert "There is nothing to forget" in read(client, f"{page}forget/?scope=chat&chat={self.chat_id}")
        assert len(self.left()) == 4


class TestMind:
    @pytest.fixture
    def event(self, alice: User, azera: Character) -> MindEvent:
        """Something that made them excited."""
        with transaction.atomic():
            mind = lock_mind(alice.id, azera.id, now() - timedelta(hours=3))
            rule = BY_NAME["asked: excited"]
            at = now() - timedelta(minutes=30)
            record(mind, [Happening(rule.name, "adventure", Step(at, rule.effect))], uuid4())
        return MindEvent.objects.get()

    def test_a_reason_can_be_read_and_undone(
        self, alices: Client, alice: User, azera: Character, page: str, event: MindEvent
    ) -> None:
        content = read(alices, page)
        assert "You asked for something exciting." in content
        assert "adventure" in content
        assert "Mood over the last 30 days: between 50 and 90 percent" in content
        alices.post(f"{page}mind/{event.id}/undo/")
        content = read(alices, page)
        assert "data-undone" in content
        assert "50 percent all the time" in content

    def test_it_can_be_held_and_let_go(self, alices: Client, page: str, event: MindEvent) -> None:
        alices.post(f"{page}mind/frozen/", {"frozen": "true"})
        assert Mind.objects.get().is_frozen
        content = read(alices, page)
        assert "held still" in content
        assert "data-half-life" not in content
        alices.post(f"{page}mind/frozen/", {"frozen": "false"})
        assert "data-half-life" in read(alices, page)
        own = MindEvent.objects.get(rule="frozen")
        assert f"{own.id}/undo/" not in read(alices, page)

    def test_bounds_are_kept(self, alices: Client, page: str, event: MindEvent) -> None:
        names = ("mood_value", "energy", "focus", "affection")
        fields = {f"{name}_{end}": value for name in names for end, value in (("low", 0), ("high", 100))}
        alices.post(f"{page}mind/bounds/", {**fields, "mood_value_high": 60})
        assert Mind.objects.get().bounds == {"mood_value": [0.0, 0.6]}
        assert 'name="mood_value_high" min="0" max="100" value="60"' in read(alices, page)
        answer = alices.post(f"{page}mind/bounds/", {**fields, "energy_low": 90, "energy_high": 10})
        assert "lower end" in read(alices, answer.headers["Location"])
        assert Mind.objects.get().bounds == {"mood_value": [0.0, 0.6]}

    def test_the_bars_alone_are_for_a_page_that_is_open(self, alices: Client, page: str, event: MindEvent) -> None:
        content = read(alices, f"{page}vitals/")
        assert content.count('role="meter"') == 4
        assert 'aria-label="Mood, excited"' in content

    def test_before_they_talked_it_is_as_everybody_begins(self, alices: Client, page: str) -> None:
        content = read(alices, page)
        assert "This is how everybody begins." in content
        assert not Mind.objects.exists()

    def test_anothers_is_not_moved(self, charlie: User, client: Client, page: str, event: MindEvent) -> None:
        client.force_login(charlie)
        assert client.post(f"{page}mind/{event.id}/undo/").status_code == 404
        event.refresh_from_db()
        assert event.undone_at is None


class TestMap:
    def fill(self, owner: User, character: Character) -> list[Memory]:
        found = []
        for number in range(24):
            is_sea = number % 2 == 0
            topic, near = ("storm at sea", [1.0, 0.1, 0.0, 0.0]) if is_sea else ("tea and sugar", [0.0, 0.0, 1.0, 0.2])
            memory = remember(owner, character, f"About {topic}.", importance=0.5)
            embed(memory, [value + number / 200 for value in near])
            found.append(memory)
        return found

    def test_like_lies_with_like_and_is_named(self, alices: Client, alice: User, azera: Character, page: str) -> None:
        self.fill(alice, azera)
        assert run_mapping(alice.id, azera.id) == 24
        sea, tea = (
            [one.x or 0 for one in Memory.objects.filter(text__contains=word)] for word in ("storm at sea", "tea and")
        )
        assert max(sea) < min(tea) or max(tea) < min(sea)
        content = read(alices, page)
        assert "Map of 24 memories, in 2 clusters" in content
        assert content.count("data-point=") == 24

    def test_it_is_the_same_map_when_little_has_changed(self, alice: User, azera: Character) -> None:
        memories = self.fill(alice, azera)
        run_mapping(alice.id, azera.id)
        before = dict(Memory.objects.values_list("id", "x"))
        embed(remember(alice, azera, "About the storm at sea."), [1.0, 0.2, 0.1, 0.0])
        run_mapping(alice.id, azera.id)
        after = dict(Memory.objects.values_list("id", "x"))
        assert max(abs((before[one.id] or 0) - (after[one.id] or 0)) for one in memories) < 0.1

    def test_nothing_of_anothers_is_placed(self, alice: User, charlie: User, azera: Character) -> None:
        self.fill(alice, azera)
        run_mapping(charlie.id, azera.id)
        assert not Memory.objects.filter(x__isnull=False).exists()
