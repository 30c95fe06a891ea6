"""The page of what is remembered, as a browser without scripts has it."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from characters.models import Character
from memory.models import Kind, Memory, Speaker
from memory.pages.timeline import PAGE
from memory.tests.remembering import contradict, remember

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]


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


def texts(content: str, *among: str) -> list[str]:
    """Which of these are in the page, in the order in which they are."""
    return sorted((each for each in among if each in content), key=content.index)


class TestTimeline:
    def test_the_newest_comes_first(self, alices: Client, alice: User, azera: Character, page: str) -> None:
        remember(alice, azera, "The lamp was lit.", days_ago=2)
        remember(alice, azera, "The lamp went out.", days_ago=1)
        assert texts(read(alices, page), "The lamp was lit.", "The lamp went out.") == [
            "The lamp went out.",
            "The lamp was lit.",
        ]

    def test_each_memory_is_told_once_while_one_pages_through_all(
        self, alices: Client, alice: User, azera: Character, page: str
    ) -> None:
        at = datetime(2026, 5, 3, tzinfo=UTC)
        for number in range(PAGE * 2 + 5):
            # Some at the very same moment: then the id decides.
            remember(alice, azera, f"Number {number:03}.", said_at=at + timedelta(seconds=number // 3))
        seen: list[str] = []
        address: str | None = page
        while address is not None:
            content = read(alices, address)
            seen += [part.split(".")[0] for part in content.split(" data-text>Number ")[1:]]
            more = content.split("data-more>")[0].rpartition('href="')[2].partition('"')[0]
            address = page + more.replace("&amp;", "&") if "data-more>" in content else None
        assert len(seen) == len(set(seen)) == PAGE * 2 + 5

    def test_what_does_not_stand_is_not_shown(self, alices: Client, alice: User, azera: Character, page: str) -> None:
        remember(alice, azera, "On another path.", stands=False)
        assert "On another path." not in read(alices, page)

    def test_a_source_leads_to_its_message(self, alices: Client, alice: User, azera: Character, page: str) -> None:
        memory = remember(alice, azera, "Here.")
        assert f"/chats/{memory.chat_id}/#m-{memory.source_id}" in read(alices, page)

    def test_it_takes_as_many_queries_for_many_as_for_few(
        self, alices: Client, alice: User, azera: Character, page: str
    ) -> None:
        older = remember(alice, azera, "I live in Porto.", Kind.FACT)
        remember(alice, azera, "I live in Lisbon.", Kind.FACT, replaces=older)
        read(alices, page)
        with CaptureQueriesContext(
            connection,
        ) as few:
            read(alices, page)
        for number in range(20):
            before = remember(alice, azera, f"Before {number}", Kind.FACT)
            remember(alice, azera, f"After {number}", Kind.FACT, replaces=before, emotion="joy")
        with CaptureQueriesContext(connection) as many:
            read(alices, page)
        assert len(many) == len(few)

    def test_an_empty_page_says_what_will_stand_here(self, alices: Client, page: str) -> None:
        assert "remembers nothing of you yet" in read(alices, page)
        assert "Nobody remembers anything of you yet" in read(alices, "/memories/")


class TestFilters:
    @pytest.fixture(autouse=True)
    def _remembered(self, alice: User, azera: Character) -> None:
        remember(alice, azera, "We met in spring.", said_at=datetime(2026, 4, 2, 12, tzinfo=UTC), emotion="joy")
        remember(
            alice, azera, "It was a warm day.", said_at=datetime(2026, 4, 3, 12, tzinfo=UTC), speaker=Speaker.CHARACTER
        )
        remember(alice, azera, "A staircase of tides.", Kind.DREAM, said_at=datetime(2026, 4, 4, tzinfo=UTC))
        remember(alice, azera, "They like tea.", Kind.FACT, said_at=datetime(2026, 4, 5, tzinfo=UTC), is_pinned=True)

    @pytest.mark.parametrize(
        ("query", "wanted"),
        [
            ("kind=dream", ["staircase"]),
            ("kind=exchange", ["warm day", "met in spring"]),
            ("feeling=joy", ["met in spring"]),
            ("speaker=character", ["warm day"]),
            ("pinned=on", ["like tea"]),
            ("since=2026-04-03&until=2026-04-04", ["staircase", "warm day"]),
            ("since=2026-04-04&kind=fact", ["like tea"]),
            ("kind=fact&feeling=joy", []),
            ("kind=nothing&since=yesterday&chat=x", ["like tea", "staircase", "warm day", "met in spring"]),
        ],
    )
    def test_they_show_what_was_asked_for(self, alices: Client, page: str, query: str, wanted: list[str]) -> None:
        content = read(alices, f"{page}?{query}").partition("data-log")[2]
        assert texts(content, "met in spring", "warm day", "staircase", "like tea") == wanted

    def test_a_chat_is_one(self, alices: Client, alice: User, azera: Character, page: str) -> None:
        memory = remember(alice, azera, "In a chat of its own.")
        content = read(alices, f"{page}?chat={memory.chat_id}").partition("data-log")[2]
        assert texts(content, "chat of its own", "met in spring") == ["chat of its own"]

    def test_days_are_those_of_the_reader(self, alices: Client, page: str) -> None:
        # Noon in UTC on 2 April is 3 April, 1 o'clock, in Auckland.
        content = read(alices, f"{page}?since=2026-04-03&until=2026-04-03&zone=Pacific/Auckland")
        assert texts(content.partition("data-log")[2], "met in spring", "warm day") == ["met in spring"]

    def test_the_last_day_of_all_is_no_error(self, alices: Client, page: str) -> None:
        read(alices, f"{page}?until=9999-12-31")


class TestSearch:
    def test_any_of_the_words_finds(self, alices: Client, alice: User, azera: Character, page: str) -> None:
        remember(alice, azera, "Grandfather kept the lighthouse at Porto.")
        remember(alice, azera, "We had tea.")
        content = read(alices, f"{page}?q=which+lighthouses+did+he+keep")
        assert texts(content.partition("data-log")[2], "lighthouse at Porto", "had tea") == ["lighthouse at Porto"]

    def test_half_a_word_finds(self, alices: Client, alice: User, azera: Character, page: str) -> None:
        remember(alice, azera, "Grandfather kept the lighthouse at Porto.")
        assert "lighthouse at Porto" in read(alices, f"{page}?q=lighth").partition("data-log")[2]

    @pytest.mark.parametrize("text", ["'; DROP TABLE memory_memory; --", "& | ! :*", "the", "\U0001f600", "a:b & !"])
    def test_what_is_no_word_is_no_error(
        self, alices: Client, alice: User, azera: Character, page: str, text: str
    ) -> None:
        remember(alice, azera, "We had tea.")
        assert alices.get(page, {"q": text}).status_code == 200
        assert Memory.objects.count() == 1

    def test_it_says_when_there_is_nothing(self, alices: Client, alice: User, azera: Character, page: str) -> None:
        remember(alice, azera, "We had tea.")
        assert "Nothing like that is remembered" in read(alices, f"{page}?q=zebra")


class TestTwoPeople:
    def test_neither_sees_what_the_other_is_remembered_by(
        self, alices: Client, alice: User, charlie: User, azera: Character, page: str
    ) -> None:
        hers = remember(alice, azera, "Alice told her secret.")
        his = remember(charlie, azera, "Charlie told his secret.")
        for address in (page, "/memories/", f"{page}?q=secret", "/memories/?q=secret", f"{page}?chat={his.chat_id}"):
            assert "Charlie told" not in read(alices, address), address
        assert "Alice told" in read(alices, f"{page}?chat={hers.chat_id}")
        assert alices.get(f"{page}?after={his.id}").status_code == 404
        assert alices.get(f"/memories/one/{his.id}/").status_code == 404

    def test_a_character_of_anothers_is_no_character(self, alices: Client, charlie: User) -> None:
        his = Character.objects.create(owner=charlie, name="Secret")
        assert alices.get(f"/memories/{his.id}/").status_code == 404
        assert alices.get(f"/memories/{uuid4()}/").status_code == 404

    def test_one_met_in_anothers_chat_is_there_with_what_it_remembers_of_her(
        self, alices: Client, alice: User, charlie: User
    ) -> None:
        his = Character.objects.create(owner=charlie, name="Met as a guest")
        remember(alice, his, "Hello, I am Alice.")
        assert "Hello, I am Alice." in read(alices, f"/memories/{his.id}/")


async def _whole(answer: StreamingHttpResponse) -> bytes:
    return b"".join([piece async for piece in answer])


class TestExport:
    def lines(self, client: Client, address: str) -> list[dict[str, object]]:
        answer = client.get(address)
        assert isinstance(answer, StreamingHttpResponse)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return [json.loads(line) for line in async_to_sync(_whole)(answer).decode().splitlines()]

    def test_everything_of_hers_is_a_line_each(
        self, alices: Client, alice: User, charlie: User, azera: Character, page: str
    ) -> None:
        first = remember(alice, azera, "Über the sea.\nTwo lines.", days_ago=1)
        remember(alice, azera, "Not told any more.", stands=False)
        remember(charlie, azera, "Charlie's.")
        found = self.lines(alices, f"{page}export/")
        assert [line["text"] for line in found] == ["Über the sea.\nTwo lines.", "Not told any more."]
        assert found[0]["message_id"] == str(first.source_id)
        assert self.lines(alices, "/memories/export/") == found


class TestInbox:
    def test_a_contradiction_is_decided(self, alices: Client, alice: User, azera: Character, page: str) -> None:
        older = remember(alice, azera, "I live in Porto.", Kind.FACT, days_ago=3)
        newer = remember(alice, azera, "I live in Lisbon.", Kind.FACT)
        open_one = contradict(older, newer)
        assert "1 thing to decide" in read(alices, page)
        assert "1 to decide" in read(alices, "/memories/")
        alices.post(f"/memories/contradictions/{open_one.id}/", {"decision": "newer"})
        assert "to decide" not in read(alices, page)
        older.refresh_from_db()
        assert older.valid_until is not None

    def test_a_decision_that_there_is_not_changes_nothing(self, alices: Client, alice: User, azera: Character) -> None:
        older, newer = (remember(alice, azera, text, Kind.FACT) for text in ("One.", "Two."))
        open_one = contradict(older, newer)
        assert alices.post(f"/memories/contradictions/{open_one.id}/", {"decision": "mine"}).status_code == 400
        open_one.refresh_from_db()
        assert open_one.decision == ""
