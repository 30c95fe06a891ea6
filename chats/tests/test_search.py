"""Searching through its doors: what is found, what is forgiven, and what nobody else ever learns."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypedDict
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from characters.actions.characters import create_character, delete_character
from characters.cards.card import Card
from characters.models import Character
from chats.actions import branching, organising, people, starting, trash
from chats.actions.people import Terms
from chats.models import Chat, Message, SearchEntry
from chats.search.messages import MOST_WEIGHED
from chats.tests.acting import send, tell
from chats.tests.table import come_in, group
from inference.testing import ScriptedBackend
from memory.models import Kind
from memory.tests.remembering import remember

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("text_engine", "redis_db")]


class Segment(TypedDict):
    text: str
    is_hit: bool


class Hit(TypedDict):
    id: str
    url: str
    title: str
    branch: str
    name: str
    kind: str
    tagline: str
    is_archived: bool
    text: list[Segment]


class Answer(TypedDict):
    messages: list[Hit]
    chats: list[Hit]
    characters: list[Hit]
    memories: list[Hit]
    next: str | None
    total: int
    is_total_cut: bool
    instead: str


Ask = Callable[..., Answer]


@pytest.fixture
def ask(alice: User, client: Client) -> Ask:
    """Over REST, as Alice or as somebody else."""

    def ask(q: str, user: User = alice, **filters: str) -> Answer:
        client.force_login(user)
        answer = client.get("/api/v2/search", {"q": q, **filters})
        assert answer.status_code == 200, answer.content
        body: Answer = answer.json()
        return body

    return ask


def said(answer: Answer) -> list[str]:
    return ["".join(segment["text"] for segment in hit["text"]) for hit in answer["messages"]]


def marked(answer: Answer) -> list[str]:
    return [segment["text"] for hit in answer["messages"] for segment in hit["text"] if segment["is_hit"]]


def written(user: User, chat: Chat, text: str) -> Message:
    """Something said, without waiting for an answer to it."""
    sent = send(user, chat, text)
    for reply in sent.replies:
        Message.objects.filter(id=reply.id).update(status="done")
    return sent.message


class TestWords:
    def test_it_finds_what_both_have_said(
        self, alice: User, alices_chat: Chat, ask: Ask, text_engine: ScriptedBackend
    ) -> None:
        text_engine.script("The lighthouse keeper ", "smiled.")
        tell(send(alice, alices_chat, "Tell me of the harbour").reply)
        assert said(ask("lighthouse")) == ["The lighthouse keeper smiled."]
        assert said(ask("harbour")) == ["Tell me of the harbour"]
        assert marked(ask("keeper smiled")) == ["keeper", "smiled"]

    def test_all_the_words_must_stand_in_it(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        written(alice, alices_chat, "A red balloon over the harbour")
        assert said(ask("balloon harbour")) == ["A red balloon over the harbour"]
        assert ask("balloon submarine")["messages"] == []

    def test_a_word_that_is_only_begun_is_found(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        written(alice, alices_chat, "We spoke of Kaleidoscopes")
        assert marked(ask("kaleid")) == ["Kaleidoscopes"]

    def test_what_stands_nearer_together_and_was_said_lately_comes_first(
        self, alice: User, alices_chat: Chat, ask: Ask
    ) -> None:
        far = written(alice, alices_chat, "A comet, and much later, after many other words, a telescope")
        near = written(alice, alices_chat, "The comet telescope")
        old = written(alice, alices_chat, "One comet telescope of long ago")
        long_ago = now() - timedelta(days=900)
        Message.objects.filter(id=old.id).update(created_at=long_ago)
        SearchEntry.objects.filter(message=old).update(created_at=long_ago)
        assert [hit["id"] for hit in ask("comet telescope")["messages"]] == [str(near.id), str(old.id), str(far.id)]

    @pytest.mark.parametrize(
        ("text", "query"),
        [
            ("Ein Café in der Straße", "cafe strasse"),
            ("Привет, Алёна! Ёжик пришёл", "АЛЕНА ежик"),
            ("“Nightingale” — she said", "nightingale"),
            ("It’s a co-operation", "it's operation"),
            ("日本語のテストです", "語のテス"),
            ("สวัสดีครับ", "สวัสดี"),
            ("हिन्दी भाषा", "हिन्दी"),
            ("Über 1,000 ﬁles of 2024", "uber files 2024"),
        ],
    )
    def test_it_finds_what_is_written_in_any_script(
        self, alice: User, alices_chat: Chat, ask: Ask, text: str, query: str
    ) -> None:
        written(alice, alices_chat, text)
        assert said(ask(query)) == [text]

    def test_letters_of_a_script_without_spaces_must_stand_together(
        self, alice: User, alices_chat: Chat, ask: Ask
    ) -> None:
        written(alice, alices_chat, "東に京はない")
        assert ask("東京")["messages"] == []
        written(alice, alices_chat, "東京へ行く")
        assert said(ask("東京")) == ["東京へ行く"]
        assert marked(ask("東京")) == ["東京"]

    @pytest.mark.parametrize(
        "query",
        [
            "& | ! ( ) <-> :*", "' OR 1=1 --", "'lantern':*A & !x", "%s %(host)s {spoken}", "\\", "\0", "lantern\0",
            "😀",
            "'" * 300, "a " * 5000, "lantern " * 2000, "x" * 10_000, "﷽" * 200, "\u202elantern", "-", "<b>lantern</b>",
        ],
    )  # fmt: skip
    def test_nothing_that_is_typed_is_an_operator(
        self, alice: User, alices_chat: Chat, ask: Ask, client: Client, query: str
    ) -> None:
        written(alice, alices_chat, "The lantern <b>burns</b>")
        found = said(ask(query))
        assert found == (["The lantern <b>burns</b>"] if "lantern" in query and ":*A" not in query else [])
        client.force_login(alice)
        page = client.get("/search/", {"q": query})
        assert page.status_code == 200
        assert b"<b>burns</b>" not in page.content

    def test_pages_follow_each_other_without_gap_or_repetition(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        told = {str(written(alice, alices_chat, f"Number {number} of the pebbles").id) for number in range(7)}
        seen: list[str] = []
        cursor = ""
        for _page in range(4):
            answer = ask("pebbles", limit="2", cursor=cursor)
            seen += [hit["id"] for hit in answer["messages"]]
            cursor = answer["next"] or ""
        assert cursor == ""
        assert sorted(seen) == sorted(told)
        assert answer["total"] == 7

    def test_a_word_in_very_many_messages_finds_the_newest(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        first = written(alice, alices_chat, "The granite first")
        Message.objects.bulk_create(
            Message(owner=alice, chat=alices_chat, role="user", persona=first.persona, character=first.character,
                    text=f"granite {number}", created_at=now() + timedelta(seconds=number))
            for number in range(MOST_WEIGHED + 20)
        )  # fmt: skip
        answer = ask("granite")
        assert (answer["total"], answer["is_total_cut"]) == (MOST_WEIGHED, True)


class TestSlips:
    @pytest.mark.parametrize("query", ["lanern", "lantren", "lanterm", "llantern", "lantrn burning"])
    def test_a_slip_of_the_finger_is_forgiven(self, alice: User, alices_chat: Chat, ask: Ask, query: str) -> None:
        written(alice, alices_chat, "The lantern is burning")
        answer = ask(query)
        assert said(answer) == ["The lantern is burning"]
        assert "lantern" in answer["instead"]
        assert "lantern" in marked(answer)

    def test_the_page_says_what_was_searched(self, alice: User, alices_chat: Chat, client: Client) -> None:
        written(alice, alices_chat, "The lantern is burning")
        client.force_login(alice)
        for path in ("/search/", "/search/results/"):
            page = client.get(path, {"q": "lantrn"}).content.decode()
            assert "This is what was found for “lantern”" in page
            assert "<mark>lantern</mark>" in page

    def test_a_word_of_a_stranger_is_never_suggested(
        self, alice: User, charlie: User, alices_chat: Chat, azera: Character, ask: Ask, client: Client
    ) -> None:
        written(alice, alices_chat, "My secret is Rumpelstiltskin")
        own = starting.start_chat(charlie, azera)
        written(charlie, own, "Nothing of that kind")
        for query in ("Rumpelstiltskin", "Rumpelstilskin", "rumpel", "secert"):
            answer = ask(query, charlie)
            assert (answer["messages"], answer["instead"], answer["total"]) == ([], "", 0)
            client.force_login(charlie)
            assert "umpelstiltskin" not in client.get("/search/results/", {"q": query[:9]}).content.decode()

    def test_a_word_from_before_they_came_is_never_suggested(self, alice: User, charlie: User, ask: Ask) -> None:
        chat = group(alice, "Mira")
        written(alice, chat, "The password is Abracadabra")
        come_in(charlie, chat)
        written(alice, chat, "Welcome to the windmill")
        assert (ask("Abracadabr", charlie)["messages"], ask("Abrcadabra", charlie)["instead"]) == ([], "")
        assert said(ask("windmil", charlie)) == ["Welcome to the windmill"]


class TestMemories:
    def test_what_was_made_of_what_was_said_is_found_beside_it(
        self, alice: User, azera: Character, alices_chat: Chat, ask: Ask, client: Client
    ) -> None:
        written(alice, alices_chat, "The lantern is burning")
        remember(alice, azera, "The lantern is burning")  # the message itself, which is found in its chat
        remember(alice, azera, "A lantern swam under the ice.", Kind.DREAM)
        remember(alice, azera, "Today I thought of lanterns.", Kind.JOURNAL)
        remember(alice, azera, "Nothing of that kind.", Kind.SUMMARY)
        answer = ask("lantern")
        assert [hit["kind"] for hit in answer["memories"]] in (["dream", "journal"], ["journal", "dream"])
        assert said(answer) == ["The lantern is burning"]
        client.force_login(alice)
        for path in ("/search/", "/search/results/"):
            page = client.get(path, {"q": "lantern"}).content.decode()
            assert "A <mark>lantern</mark> swam under the ice." in page
            assert answer["memories"][0]["url"] in page

    def test_they_may_be_all_that_is_wanted(self, alice: User, azera: Character, alices_chat: Chat, ask: Ask) -> None:
        written(alice, alices_chat, "The lantern is burning")
        remember(alice, azera, "A lantern swam under the ice.", Kind.DREAM)
        answer = ask("lantern", **{"in": "memories"})
        assert (len(answer["memories"]), answer["messages"]) == (1, [])

    def test_what_only_a_message_has_leaves_them_out(self, alice: User, azera: Character, ask: Ask) -> None:
        remember(alice, azera, "A lantern swam under the ice.", Kind.DREAM)
        assert ask("lantern", by="me")["memories"] == []

    def test_nobody_else_finds_them(self, alice: User, charlie: User, azera: Character, ask: Ask) -> None:
        remember(alice, azera, "A lantern swam under the ice.", Kind.DREAM)
        assert ask("lantern", charlie)["memories"] == []


class TestWhoMayRead:
    def test_somebody_else_finds_nothing(self, alice: User, charlie: User, alices_chat: Chat, ask: Ask) -> None:
        written(alice, alices_chat, "The lantern is burning")
        assert ask("lantern", charlie)["messages"] == []
        assert ask("Azera", charlie)["chats"] == []

    def test_another_persons_chat_is_as_one_that_is_not_there(
        self, alice: User, charlie: User, alices_chat: Chat, client: Client
    ) -> None:
        client.force_login(charlie)
        for path in ("/search/", "/search/results/", "/api/v2/search"):
            for chat_id in (alices_chat.id, uuid4()):
                assert client.get(path, {"q": "x", "chat": str(chat_id)}).status_code == 404

    def test_whoever_came_later_finds_only_what_was_said_since(self, alice: User, charlie: User, ask: Ask) -> None:
        chat = group(alice, "Mira")
        written(alice, chat, "Sapphire before")
        come_in(charlie, chat)
        written(alice, chat, "Sapphire after")
        assert said(ask("sapphire", charlie)) == ["Sapphire after"]
        assert len(ask("sapphire")["messages"]) == 2

    def test_whoever_was_shown_the_past_finds_it(self, alice: User, charlie: User, ask: Ask) -> None:
        chat = group(alice, "Mira")
        written(alice, chat, "Sapphire before")
        come_in(charlie, chat, Terms(shows_past=True))
        assert said(ask("sapphire", charlie)) == ["Sapphire before"]

    def test_whoever_left_finds_nothing_more(self, alice: User, charlie: User, ask: Ask) -> None:
        chat = group(alice, "Mira")
        come_in(charlie, chat)
        written(charlie, chat, "Sapphire of mine")
        people.leave_chat(charlie, chat.id)
        assert ask("sapphire", charlie)["messages"] == []
        assert said(ask("sapphire")) == ["Sapphire of mine"]

    def test_a_chat_with_a_new_host_is_found_by_both(self, alice: User, charlie: User, ask: Ask) -> None:
        chat = group(alice, "Mira")
        come_in(charlie, chat)
        written(alice, chat, "Sapphire together")
        Chat.objects.filter(id=chat.id).update(owner=charlie)
        assert set(SearchEntry.objects.values_list("host", flat=True)) == {charlie.id}
        assert said(ask("sapphire")) == said(ask("sapphire", charlie)) == ["Sapphire together"]

    def test_a_stranger_is_sent_to_sign_in(self, client: Client, db: None) -> None:
        assert client.get("/search/").status_code == 302
        assert client.get("/search/results/").status_code == 302
        assert client.get("/api/v2/search").status_code == 401

    def test_a_private_character_of_another_is_known_by_its_name_only(
        self, alice: User, charlie: User, ask: Ask
    ) -> None:
        mira = create_character(alice, Card("Mirabilis"))
        Character.objects.filter(id=mira.id).update(tagline="Guards the obelisk")
        chat = starting.start_chat(alice, mira)
        assert ask("Mirabilis", charlie)["characters"] == []
        come_in(charlie, chat)
        (found,) = ask("Mirabilis", charlie)["characters"]
        assert (found["tagline"], found["url"]) == ("", f"/chats/{chat.id}/")
        assert ask("obelisk", charlie)["characters"] == []
        assert [one["name"] for one in ask("obelisk")["characters"]] == ["Mirabilis"]


class TestTrashAndBranches:
    def test_what_was_deleted_is_not_found_until_it_comes_back(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        message = written(alice, alices_chat, "The lantern is burning")
        gone = trash.delete_message(alice, message.id)
        assert (ask("lantern")["messages"], ask("lantrn")["instead"]) == ([], "")
        trash.restore_messages(alice, gone.id)
        assert said(ask("lantern")) == ["The lantern is burning"]

    def test_a_chat_in_the_trash_is_not_found(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        written(alice, alices_chat, "The lantern is burning")
        organising.delete_chats(alice, [alices_chat.id])
        assert ask("lantern")["messages"] == []
        organising.restore_chats(alice, [alices_chat.id])
        assert len(ask("lantern")["messages"]) == 1

    def test_a_message_of_a_branch_that_is_not_shown_is_found(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        first = written(alice, alices_chat, "The lantern is burning")
        branching.edit_message(alice, first.id, "The candle is burning")
        (hit,) = ask("lantern")["messages"]
        assert hit["url"] == f"/chats/{alices_chat.id}/?around={first.id}#m-{first.id}"

    def test_a_branch_is_found_by_its_name(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        first = written(alice, alices_chat, "Hello")
        branching.rename_branch(alice, first.id, "The long way home")
        (hit,) = ask("long home")["chats"]
        assert (hit["branch"], hit["url"].endswith(f"#m-{first.id}")) == ("The long way home", True)

    def test_an_archived_chat_is_found(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        written(alice, alices_chat, "The lantern is burning")
        Chat.objects.filter(id=alices_chat.id).update(title="The lighthouse")
        organising.archive_chats(alice, [alices_chat.id], True)
        assert len(ask("lantern")["messages"]) == 1
        assert [hit["is_archived"] for hit in ask("lighthouse")["chats"]] == [True]

    def test_what_is_being_written_is_found_once_it_is_whole(
        self, alice: User, alices_chat: Chat, ask: Ask, text_engine: ScriptedBackend
    ) -> None:
        reply = send(alice, alices_chat).reply
        Message.objects.filter(id=reply.id).update(status="running", text="The lantern")
        assert ask("lantern")["messages"] == []
        Message.objects.filter(id=reply.id).update(status="done", text="The lantern burns")
        assert said(ask("lantern")) == ["The lantern burns"]


class TestFilters:
    def test_by_chat_and_by_character(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        mira = create_character(alice, Card("Mira"))
        other = starting.start_chat(alice, mira)
        written(alice, alices_chat, "A lantern for Azera")
        written(alice, other, "A lantern for Mira")
        assert len(ask("lantern")["messages"]) == 2
        assert said(ask("lantern", chat=str(other.id))) == ["A lantern for Mira"]
        assert said(ask("lantern", character=str(alices_chat.character_id))) == ["A lantern for Azera"]
        assert said(ask("lantern", chat=str(other.id), character=str(alices_chat.character_id))) == []

    def test_by_who_said_it(self, alice: User, alices_chat: Chat, ask: Ask, text_engine: ScriptedBackend) -> None:
        text_engine.script("A lantern of hers")
        tell(send(alice, alices_chat, "A lantern of mine").reply)
        assert said(ask("lantern", by="me")) == ["A lantern of mine"]
        assert said(ask("lantern", by="character")) == ["A lantern of hers"]

    def test_what_another_person_said_is_not_said_by_me(self, alice: User, charlie: User, ask: Ask) -> None:
        chat = group(alice, "Mira")
        come_in(charlie, chat)
        written(charlie, chat, "A lantern of Charlie’s")
        assert ask("lantern", by="me")["messages"] == []
        assert len(ask("lantern", charlie, by="me")["messages"]) == 1

    def test_by_day(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        for day in (1, 2, 3):
            message = written(alice, alices_chat, f"Lantern of day {day}")
            at = datetime(2025, 5, day, 23, 59, tzinfo=UTC)
            Message.objects.filter(id=message.id).update(created_at=at)
            SearchEntry.objects.filter(message=message).update(created_at=at)
        assert said(ask("lantern", **{"from": "2025-05-02", "to": "2025-05-02"})) == ["Lantern of day 2"]
        assert len(ask("lantern", **{"from": "2025-05-02"})["messages"]) == 2
        assert len(ask("lantern", to="2025-05-02")["messages"]) == 2

    def test_by_bookmark(self, alice: User, charlie: User, ask: Ask) -> None:
        chat = group(alice, "Mira")
        come_in(charlie, chat)
        first, second = written(alice, chat, "Lantern one"), written(alice, chat, "Lantern two")
        branching.bookmark(alice, first.id)
        branching.bookmark(charlie, second.id)
        assert said(ask("lantern", bookmarked="on")) == ["Lantern one"]
        assert said(ask("lantern", charlie, bookmarked="on")) == ["Lantern two"]

    @pytest.mark.parametrize(
        "filters",
        [
            {"chat": "x"}, {"from": "yesterday"}, {"to": "10000-01-01"}, {"by": "nobody"}, {"in": "dreams"},
            {"limit": "0"}, {"cursor": "x"}, {"cursor": "9" * 150}, {"character": "1"},
        ],
    )  # fmt: skip
    def test_a_filter_that_makes_no_sense_says_so(self, alice: User, client: Client, filters: dict[str, str]) -> None:
        client.force_login(alice)
        assert client.get("/api/v2/search", {"q": "x", **filters}).status_code == 400
        assert client.get("/search/", {"q": "x", **filters}).status_code == 400

    def test_the_ends_of_time_are_days_like_others(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        written(alice, alices_chat, "The lantern")
        assert len(ask("lantern", **{"from": "0001-01-01", "to": "9999-12-31"})["messages"]) == 1


class TestNames:
    def test_chats_are_found_by_title_and_by_character(self, alice: User, alices_chat: Chat, ask: Ask) -> None:
        Chat.objects.filter(id=alices_chat.id).update(title="Evenings by the sea")
        for query in ("evenings sea", "Azera", "evenigns", "Azeraa"):
            assert [hit["title"] for hit in ask(query)["chats"]] == ["Evenings by the sea"], query

    def test_characters_are_found_by_name_and_tagline(self, alice: User, azera: Character, ask: Ask) -> None:
        zoë = create_character(alice, Card("Zoë Quartermaine"))
        Character.objects.filter(id=zoë.id).update(tagline="Repairs clockwork birds")
        for query in ("quarter", "clockwork", "zoe", "Quartermain", "clokwork"):
            assert [hit["name"] for hit in ask(query)["characters"]] == ["Zoë Quartermaine"], query
        assert ask("clockwork", **{"in": "messages"})["characters"] == []
        assert ask("clockwork", **{"in": "characters"})["messages"] == []

    def test_a_deleted_character_is_found_where_its_chats_go_on(self, alice: User, ask: Ask) -> None:
        mira = create_character(alice, Card("Mirabilis"))
        delete_character(alice, mira.id)
        assert ask("mirabilis")["characters"] == []
        bram = create_character(alice, Card("Bramantip"))
        chat = starting.start_chat(alice, bram)
        delete_character(alice, bram.id)
        assert [hit["url"] for hit in ask("bramantip")["characters"]] == [f"/chats/{chat.id}/"]


class TestPages:
    def test_the_page_works_without_scripts(self, alice: User, alices_chat: Chat, client: Client) -> None:
        for number in range(25):
            written(alice, alices_chat, f"Lantern number {number}")
        client.force_login(alice)
        empty = client.get("/search/").content.decode()
        assert "Type a word that you remember" in empty
        page = client.get("/search/", {"q": "lantern", "by": "me"}).content.decode()
        assert "25 messages" in page
        (more,) = [part.split('"')[0] for part in page.split('button-soft" href="')[1:]]
        second = client.get(more.replace("&amp;", "&")).content.decode()
        assert second.count("<mark>") == 5
        assert "Back to the beginning" in second

    def test_every_page_has_the_way_in(self, alice: User, alices_chat: Chat, client: Client) -> None:
        client.force_login(alice)
        for path in ("/chats/", f"/chats/{alices_chat.id}/", "/characters/"):
            page = client.get(path).content
            assert b"data-search-open" in page
            assert b'href="/search/"' in page
