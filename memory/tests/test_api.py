"""The REST door to what is remembered, dreamt and felt."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from characters.actions.characters import create_character
from characters.actions.seeding import seed_characters
from characters.cards.card import Card
from characters.models import Character
from memory import embedding, feeling
from memory.models import Forgetting, Kind, Memory, Mind, MindEvent
from memory.tests.remembering import contradict, remember

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]
MEMORIES = "/api/v2/memories"
Answer = dict[str, Any]


@pytest.fixture
def alices(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def areza(azera: Character) -> Character:
    return seed_characters()[1]


def call(browser: Client, verb: str, path: str, body: Mapping[str, object] | None = None, status: int = 200) -> Answer:
    answer = getattr(browser, verb)(path, json.dumps(body or {}), content_type="application/json")
    assert answer.status_code == status, answer.content
    return dict(answer.json()) if answer.content else {}


def read(browser: Client, path: str, status: int = 200, **query: object) -> Answer:
    answer = browser.get(path, {name: str(value) for name, value in query.items()})
    assert answer.status_code == status, answer.content
    return dict(answer.json())


def texts(rows: list[Answer]) -> list[str]:
    return [row["text"] for row in rows]


def talk(owner: User, character: Character, said: str, reply: str = "I see.", at: datetime | None = None) -> UUID:
    """What one exchange does to a mind; answers the reply."""
    source_id = uuid4()
    feeling.run_feeling(owner.id, character.id, source_id, said, reply, at or now())
    return source_id


class TestMemories:
    def test_each_is_told_once_while_one_pages_through_all(
        self, alices: Client, alice: User, azera: Character
    ) -> None:
        at = datetime(2026, 5, 3, tzinfo=UTC)
        for number in range(7):
            remember(alice, azera, f"Number {number}.", said_at=at + timedelta(seconds=number // 3))
        seen: list[str] = []
        page = read(alices, MEMORIES, limit=3)
        while page["after"] is not None:
            seen += texts(page["memories"])
            page = read(alices, MEMORIES, limit=3, after=page["after"])
        seen += texts(page["memories"])
        assert sorted(seen) == [f"Number {number}." for number in range(7)]

    def test_one_says_all_that_there_is_of_it(self, alices: Client, alice: User, azera: Character) -> None:
        older = remember(alice, azera, "I live in Porto.", Kind.FACT)
        row = remember(alice, azera, "I live in Lisbon.", Kind.FACT, emotion="joy", replaces=older)
        found = read(alices, f"{MEMORIES}/{row.id}")
        assert found["character_id"] == str(azera.id)
        assert (found["kind"], found["text"], found["emotion"]) == ("fact", "I live in Lisbon.", "joy")
        assert (found["replaces_id"], found["is_pinned"], found["counts"]) == (str(older.id), False, True)
        assert read(alices, MEMORIES)["memories"][0] == found

    @pytest.mark.parametrize(
        ("query", "wanted"),
        [
            ({"kind": "dream"}, ["A staircase."]),
            ({"emotion": "joy"}, ["In spring."]),
            ({"pinned": "true"}, ["They like tea."]),
            ({"since": "2026-04-03T00:00:00Z", "until": "2026-04-05T00:00:00Z"}, ["A staircase."]),
            ({"until": "2026-04-03T00:00:00Z"}, ["In spring."]),
        ],
    )
    def test_filters_narrow_it(
        self, alices: Client, alice: User, azera: Character, query: Answer, wanted: list[str]
    ) -> None:
        remember(alice, azera, "In spring.", said_at=datetime(2026, 4, 2, tzinfo=UTC), emotion="joy")
        remember(alice, azera, "A staircase.", Kind.DREAM, said_at=datetime(2026, 4, 4, tzinfo=UTC))
        fact = datetime(2026, 4, 5, tzinfo=UTC)
        remember(alice, azera, "They like tea.", Kind.FACT, said_at=fact, is_pinned=True)
        assert texts(read(alices, MEMORIES, **query)["memories"]) == wanted

    def test_of_one_character_or_of_one_chat(
        self, alices: Client, alice: User, azera: Character, areza: Character
    ) -> None:
        chat_id = uuid4()
        remember(alice, azera, "To Azera.", chat_id=chat_id)
        remember(alice, areza, "To Areza.")
        assert texts(read(alices, MEMORIES, character=areza.id)["memories"]) == ["To Areza."]
        assert texts(read(alices, MEMORIES, chat=chat_id)["memories"]) == ["To Azera."]

    def test_what_cannot_be_read_is_refused_by_name(self, alices: Client) -> None:
        for query in ({"kind": "persona"}, {"emotion": "boredom"}, {"limit": "0"}, {"after": "x"}, {"since": "soon"}):
            (name,) = query
            error = read(alices, MEMORIES, 400, **query)["error"]
            assert (error["code"], list(error["details"])) == ("bad_input", [name])
        read(alices, MEMORIES, 404, after=uuid4())

    def test_it_is_pinned_and_unpinned(self, alices: Client, alice: User, azera: Character) -> None:
        row = remember(alice, azera, "I like tea.")
        assert call(alices, "patch", f"{MEMORIES}/{row.id}", {"is_pinned": True})["is_pinned"]
        assert not call(alices, "patch", f"{MEMORIES}/{row.id}", {"is_pinned": False})["is_pinned"]
        call(alices, "patch", f"{MEMORIES}/{row.id}", {})

    def test_what_is_true_instead_is_another_memory_and_keeps_the_pin(
        self, alices: Client, alice: User, azera: Character
    ) -> None:
        row = remember(alice, azera, "I live in Porto.", Kind.FACT)
        new = call(alices, "patch", f"{MEMORIES}/{row.id}", {"text": "I live in Lisbon.", "is_pinned": True})
        assert (new["replaces_id"], new["is_pinned"], new["text"]) == (str(row.id), True, "I live in Lisbon.")
        assert read(alices, f"{MEMORIES}/{row.id}")["valid_until"] is not None
        error = call(alices, "patch", f"{MEMORIES}/{row.id}", {"text": "I live in Faro."}, 409)["error"]
        assert error["code"] == "conflict"

    def test_nothing_of_a_change_stays_where_part_of_it_is_refused(
        self, alices: Client, alice: User, azera: Character
    ) -> None:
        row = remember(alice, azera, "A staircase.", Kind.DREAM)
        call(alices, "patch", f"{MEMORIES}/{row.id}", {"is_pinned": True, "text": "No staircase."}, 409)
        assert not Memory.objects.get(id=row.id).is_pinned

    def test_all_of_it_goes_out_as_lines(
        self, alices: Client, alice: User, azera: Character, areza: Character
    ) -> None:
        remember(alice, azera, "First.", days_ago=2)
        remember(alice, areza, "Second.", days_ago=1)

        def exported(**query: str) -> list[str]:
            answer = alices.get(f"{MEMORIES}/export", query)
            assert isinstance(answer, StreamingHttpResponse)

            async def whole() -> str:
                return "".join([part.decode() async for part in answer])

            return [json.loads(line)["text"] for line in async_to_sync(whole)().splitlines()]

        assert exported() == ["First.", "Second."]
        assert exported(character=str(areza.id)) == ["Second."]
        read(alices, f"{MEMORIES}/export", 404, character=uuid4())
        read(alices, f"{MEMORIES}/export", 404, character="x")


class TestForgetting:
    def test_one_memory_goes_with_what_was_made_of_it(self, alices: Client, alice: User, azera: Character) -> None:
        row = remember(alice, azera, "A secret.")
        remember(alice, azera, "Of a secret.", Kind.DREAM, sources=(row.id,))
        receipt = call(alices, "delete", f"{MEMORIES}/{row.id}")
        assert (receipt["scope"], receipt["counts"]) == ("memory", {"exchange": 1, "dream": 1})
        assert read(alices, f"{MEMORIES}/receipts/{receipt['id']}") == receipt
        assert read(alices, f"{MEMORIES}/receipts")["receipts"] == [receipt]
        call(alices, "delete", f"{MEMORIES}/{row.id}", status=404)

    def test_by_topic_by_time_by_chat_and_all(self, alices: Client, alice: User, azera: Character) -> None:
        character, chat_id = str(azera.id), uuid4()
        topic = [remember(alice, azera, f"Of tea {n}.") for n in range(2)]
        remember(alice, azera, "Long ago.", said_at=datetime(2026, 1, 2, tzinfo=UTC))
        remember(alice, azera, "In that chat.", chat_id=chat_id)
        remember(alice, azera, "And the rest.")
        bodies: list[tuple[str, dict[str, object]]] = [
            ("topic", {"character": character, "memories": [str(row.id) for row in topic]}),
            ("range", {"character": character, "since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}),
            ("chat", {"chat": str(chat_id)}),
            ("character", {"character": character, "everything": True}),
        ]
        for (scope, body), left in zip(bodies, (3, 2, 1, 0), strict=True):
            assert call(alices, "post", f"{MEMORIES}/forget", body)["scope"] == scope
            assert len(read(alices, MEMORIES)["memories"]) == left

    def test_nothing_goes_where_it_is_not_clear_what_shall(
        self, alices: Client, alice: User, azera: Character
    ) -> None:
        row = remember(alice, azera, "I stay.")
        character, at = str(azera.id), "2026-01-01T00:00:00Z"
        bodies: list[dict[str, object]] = [
            {},
            {"character": character},
            {"everything": True},
            {"character": character, "everything": False},
            {"character": character, "everything": True, "memories": [str(row.id)]},
            {"character": character, "since": at},
            {"character": character, "since": at, "until": at},
            {"character": character, "chat": str(uuid4())},
            {"character": character, "memories": []},
        ]
        for body in bodies:
            assert call(alices, "post", f"{MEMORIES}/forget", body, 400)["error"]["code"] == "bad_input", body
        call(alices, "post", f"{MEMORIES}/forget", {"chat": str(uuid4())}, 404)
        assert Memory.objects.get() == row


class TestContradictions:
    def test_they_are_listed_and_decided(self, alices: Client, alice: User, azera: Character) -> None:
        older = remember(alice, azera, "I have one sister.", Kind.FACT, days_ago=2)
        newer = remember(alice, azera, "I have two sisters.", Kind.FACT)
        contradict(older, newer)
        (one,) = read(alices, f"{MEMORIES}/contradictions", character=azera.id)["contradictions"]
        assert (one["older"]["text"], one["newer"]["text"], one["decision"]) == (older.text, newer.text, "")
        decided = call(alices, "post", f"{MEMORIES}/contradictions/{one['id']}", {"decision": "newer"})
        assert decided["decision"] == "newer"
        assert decided["older"]["valid_until"] is not None
        opened = call(alices, "post", f"{MEMORIES}/contradictions/{one['id']}", {"decision": ""})
        assert opened["decided_at"] is None
        call(alices, "post", f"{MEMORIES}/contradictions/{one['id']}", {"decision": "perhaps"}, 400)


class TestDreamsAndJournal:
    @pytest.mark.parametrize(("path", "kind"), [("dreams", Kind.DREAM), ("journal", Kind.JOURNAL)])
    def test_each_has_its_list_and_its_search(
        self, alices: Client, alice: User, azera: Character, areza: Character, path: str, kind: Kind
    ) -> None:
        remember(alice, azera, "A staircase of tides.", kind, days_ago=2)
        remember(alice, areza, "A lantern in the rain.", kind, days_ago=1)
        remember(alice, azera, "I saw a staircase.")
        every = read(alices, f"/api/v2/{path}", limit=1)
        assert texts(every[path]) == ["A lantern in the rain."]
        assert texts(read(alices, f"/api/v2/{path}", after=every["after"])[path]) == ["A staircase of tides."]
        assert texts(read(alices, f"/api/v2/{path}", character=azera.id)[path]) == ["A staircase of tides."]
        assert texts(read(alices, f"/api/v2/{path}/search", q="staircase")[path]) == ["A staircase of tides."]
        assert read(alices, f"/api/v2/{path}/search", q="staircase", character=areza.id)[path] == []
        read(alices, f"/api/v2/{path}/search", 400)


class TestContext:
    @pytest.fixture(autouse=True)
    def _worker_answers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As the worker does, in this process."""
        monkeypatch.setattr("memory.pages.recalling.query_vector", lambda text: embedding.vectors([text])[0])

    def test_it_is_what_recall_tells_with_scores_and_reasons(
        self, alices: Client, alice: User, azera: Character
    ) -> None:
        row = remember(alice, azera, "The passphrase is wispfire.", said_at=datetime(2026, 5, 3, 9, tzinfo=UTC))
        body: dict[str, object] = {"character": str(azera.id), "query": "Do you recall a passphrase?"}
        found = call(alices, "post", "/api/v2/retrieve-context", body)
        (one,) = found["memories"]
        assert (one["id"], one["message_id"]) == (str(row.id), str(row.source_id))
        assert 0 < one["score"] <= 1
        assert one["reasons"][0]["sentence"]
        assert found["context"].startswith("[3 May 2026]\n")
        assert found["context"].endswith("The passphrase is wispfire.")
        assert found["tokens"] == one["tokens"]

    def test_it_stays_within_its_budget(self, alices: Client, alice: User, azera: Character) -> None:
        for number in range(40):
            remember(alice, azera, f"The passphrase number {number} is wispfire and {number * 7}.", days_ago=number)
        body: dict[str, object] = {"character": str(azera.id), "query": "Which passphrase?", "budget_tokens": 90}
        for rule in ("fused", "classic"):
            found = call(alices, "post", "/api/v2/retrieve-context", {**body, "rule": rule})
            assert 0 < found["tokens"] <= 90

    def test_of_a_character_that_is_none_of_theirs_there_is_nothing(
        self, alices: Client, charlie: User, azera: Character
    ) -> None:
        theirs = create_character(charlie, Card("Secret"))
        body = {"character": str(theirs.id), "query": "Which passphrase?"}
        call(alices, "post", "/api/v2/retrieve-context", body, 404)


class TestStatus:
    def test_before_a_word_it_is_as_every_mind_begins(self, alices: Client, azera: Character) -> None:
        found = read(alices, "/api/v2/status")
        assert (found["character_id"], found["mood"], found["moved_at"]) == (None, "neutral", None)
        assert (found["mood_value"], found["energy"], found["focus"]) == (0.5, 0.7, 0.5)
        assert read(alices, "/api/v2/status", character=azera.id)["character_id"] == str(azera.id)
        read(alices, "/api/v2/status", 404, character=uuid4())

    def test_it_is_of_the_character_they_talked_to_last(
        self, alices: Client, alice: User, azera: Character, areza: Character
    ) -> None:
        talk(alice, azera, "Tell me something that makes you truly excited!")
        remember(alice, azera, "Hello.", days_ago=2)
        remember(alice, areza, "Hello.", days_ago=1)
        assert read(alices, "/api/v2/status")["character_id"] == str(areza.id)
        remember(alice, azera, "Again.")
        found = read(alices, "/api/v2/status")
        assert (found["character_id"], found["mood"]) == (str(azera.id), "excited")
        assert found["mood_value"] == pytest.approx(0.9, abs=0.01)
        state = feeling.state_of(alice.id, azera.id, now())
        assert found["clarity"] == pytest.approx(state.focus * state.energy * state.calm, abs=0.01)
        assert (found["is_frozen"], found["bounds"]) == (False, {})

    def test_where_nothing_is_remembered_it_is_of_whom_they_moved_last(
        self, alices: Client, alice: User, azera: Character, areza: Character
    ) -> None:
        talk(alice, azera, "Hello", at=now() - timedelta(hours=1))
        talk(alice, areza, "Hello")
        assert read(alices, "/api/v2/status")["character_id"] == str(areza.id)


class TestMinds:
    def test_it_is_held_and_let_go(self, alices: Client, alice: User, azera: Character) -> None:
        assert call(alices, "post", f"/api/v2/minds/{azera.id}/freeze")["is_frozen"]
        talk(alice, azera, "Tell me something that makes you truly excited!")
        assert read(alices, "/api/v2/status", character=azera.id)["mood"] == "neutral"
        assert not call(alices, "post", f"/api/v2/minds/{azera.id}/thaw")["is_frozen"]

    def test_it_is_bounded(self, alices: Client, azera: Character) -> None:
        path = f"/api/v2/minds/{azera.id}/bounds"
        found = call(alices, "put", path, {"energy": {"low": 0.2, "high": 0.6}})
        assert (found["energy"], found["bounds"]) == (0.6, {"energy": [0.2, 0.6]})
        assert call(alices, "put", path, {})["bounds"] == {}
        for body in ({"energy": {"low": 0.7, "high": 0.6}}, {"energy": {"low": -1}}, {"energy": 1}):
            call(alices, "put", path, body, 400)

    def test_what_moved_it_is_told_and_undone(self, alices: Client, alice: User, azera: Character) -> None:
        source_id = talk(alice, azera, "Tell me something that makes you truly excited!")
        path = f"/api/v2/minds/{azera.id}/events"
        first, second = read(alices, path)["events"]
        assert (first["rule"], second["rule"]) == ("asked: excited", "talked")
        assert (first["source_id"], first["cause"]) == (str(source_id), "excited")
        assert (first["before"]["mood"], first["after"]["mood"]) == ("neutral", "excited")
        assert read(alices, path, before=first["number"])["events"] == [second]
        assert call(alices, "post", f"{path}/{first['id']}/undo")["mood"] == "neutral"
        assert read(alices, path)["events"][0]["undone_at"] is not None
        call(alices, "post", f"{path}/{uuid4()}/undo", status=404)


# Where an id stands in the path, tests/test_strangers.py asks; here it stands in a query or a body.
def test_nothing_of_alices_reaches_charlie(alice: User, charlie: User, azera: Character, client: Client) -> None:
    chat_id = uuid4()
    rows = [
        remember(alice, azera, "A secret staircase.", kind, chat_id=chat_id)
        for kind in (Kind.EXCHANGE, Kind.FACT, Kind.DREAM, Kind.JOURNAL)
    ]
    talk(alice, azera, "Tell me something that makes you truly excited!")
    contradict(rows[1], remember(alice, azera, "No secret staircase.", Kind.FACT))
    before = [list(model.objects.order_by("pk").values_list("pk")) for model in (Memory, Mind, MindEvent, Forgetting)]
    client.force_login(charlie)
    character = str(azera.id)
    for path in ("memories", "dreams", "journal", "memories/contradictions", "memories/receipts"):
        found = read(client, f"/api/v2/{path}", character=character)
        assert [value for value in found.values() if value] == [], path
    for path in ("memories", "dreams", "journal"):
        read(client, f"/api/v2/{path}", 404, after=rows[0].id)
    for path in ("dreams", "journal"):
        assert read(client, f"/api/v2/{path}/search", q="secret staircase")[path] == []
    body: dict[str, object] = {"character": character, "query": "A secret staircase?"}
    assert call(client, "post", "/api/v2/retrieve-context", body)["memories"] == []
    assert read(client, "/api/v2/status", character=character)["mood"] == "neutral"
    assert read(client, f"/api/v2/minds/{azera.id}/events")["events"] == []
    forgets: list[dict[str, object]] = [
        {"character": character, "everything": True},
        {"character": character, "memories": [str(row.id) for row in rows]},
        {"character": character, "since": "2020-01-01T00:00:00Z", "until": "2040-01-01T00:00:00Z"},
        {"chat": str(chat_id)},
    ]
    for wanted in forgets:
        call(client, "post", "/api/v2/memories/forget", wanted, 404)
    after = [list(model.objects.order_by("pk").values_list("pk")) for model in (Memory, Mind, MindEvent, Forgetting)]
    assert after == before


def test_whoever_is_signed_out_learns_nothing(client: Client) -> None:
    for path in ("memories", "memories/export", "dreams", "journal", "status", "memories/receipts"):
        assert read(client, f"/api/v2/{path}", 401)["error"]["code"] == "signed_out"
