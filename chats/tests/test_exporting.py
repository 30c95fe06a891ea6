"""A chat as a file: what of it goes out, to whom, and that it comes back as it was."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import AsyncClient
from django.utils.timezone import now
from pytest_django import Settings

from accounts.models import User
from characters.actions.characters import create_character
from characters.actions.personas import PersonaChanges, create_persona
from characters.actions.tags import delete_tag
from characters.cards.card import Card
from characters.models import Character, Tag
from chats import company, exporting
from chats.actions import casting
from chats.actions.branching import bookmark
from chats.actions.casting import SeatChanges
from chats.actions.settings import tag_chat
from chats.actions.starting import start_chat
from chats.exporting import Kind
from chats.formats.tests.making import HEADER, jsonl, line
from chats.models import Bookmark, Chat, Message, Part, Participant, TurnTaking
from chats.tests.acting import send, tell
from chats.tests.bringing import beside, bring, chat_of, codes, exported, exported_lines, path_of, texts_of
from chats.tree import show
from core.errors import NotFound
from core.jobs import Status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db", "text_engine")]
SIT = "**Sit** <b>down</b>."
TALK = [
    line("Good evening.", swipes=["Good evening.", "Oh, you."], swipe_id=0, force_avatar="x.png", mine={"a": [1]}),
    line("Hello", user=True, name="Anna B."),
    line(SIT, swipes=["Go.", SIT, "Well."], swipe_id=1, extra={"model": "m1", "reasoning": "Hm"}),
    line("A note.", user=True, is_system=True, send_date="2024-09-28T01:02:03.004Z"),
]


@pytest.fixture(autouse=True)
def _quarantine(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.QUARANTINE_DIR = tmp_path / "media", tmp_path / "quarantine"


@pytest.fixture
def brought(alice: User) -> Chat:
    return chat_of(bring(alice, jsonl(TALK)))


SAME = (
    "depth replies_before text role created_at greeting thinking model is_hidden status finish_reason branch_name "
    "opening character_id persona_id prompt_tokens reply_tokens temperature brought"
).split()


def shape(chat: Chat) -> set[str]:
    """All of its tree, whatever the ids are."""
    rows: dict[UUID | None, Message] = {row.id: row for row in Message.objects.filter(chat=chat)}

    def told(row: Message | None) -> str:
        values = {name: getattr(row, name) for name in SAME} if row is not None else {}
        return json.dumps(values, sort_keys=True, default=str)

    return {
        f"{told(row)} {told(rows.get(row.parent_id))} {told(rows.get(row.chosen_id))} {row.id == chat.leaf_id}"
        for row in rows.values()
    }


class TestSillyTavern:
    def test_what_came_in_goes_out_line_by_line(self, alice: User, brought: Chat) -> None:
        head, *lines = exported_lines(alice, brought)
        # Older builds have no dates of swipes; newer ones expect them.
        assert [{key: value for key, value in one.items() if key != "swipe_info"} for one in lines] == TALK
        assert head == HEADER

    def test_another_swipe_that_is_shown_goes_out_as_shown(self, alice: User, brought: Chat) -> None:
        show(brought, Message.objects.get(chat=brought, text="Well."))
        (_head, *_lines, last) = exported_lines(alice, brought)
        assert (last["mes"], last["swipe_id"], last["swipes"]) == ("Well.", 2, TALK[2]["swipes"])

    def test_what_was_said_here_goes_out_as_well_and_comes_back(
        self, alice: User, alices_chat: Chat, azera: Character
    ) -> None:
        tell(send(alice, alices_chat, "Hello").reply)
        alices_chat.refresh_from_db()
        content = exported(alice, alices_chat, Kind.SILLYTAVERN).encode()
        again = chat_of(bring(alice, content, character=azera))
        assert texts_of(again) == texts_of(alices_chat)
        assert [beside(one) for one in path_of(again)] == [beside(one) for one in path_of(alices_chat)]

    def test_a_reply_on_its_way_is_not_in_it(self, alice: User, alices_chat: Chat) -> None:
        sent = send(alice, alices_chat, "Hello")
        alices_chat.refresh_from_db()
        assert exported_lines(alice, alices_chat)[-1]["mes"] == "Hello"
        found = json.loads(exported(alice, alices_chat, Kind.OWN))
        assert (found["chat"]["leaf"], len(found["messages"])) == (str(sent.message.id), 1)


class TestOurOwn:
    def test_the_whole_tree_goes_out_and_comes_back(self, alice: User, brought: Chat) -> None:
        tell(send(alice, brought, "And?").reply)
        show(brought, Message.objects.get(chat=brought, text="Go."))
        tell(send(alice, brought, "Why?").reply)
        brought.refresh_from_db()
        again = chat_of(bring(alice, exported(alice, brought, Kind.OWN).encode(), "x.json"))
        assert shape(again) == shape(brought)
        assert (again.title, again.created_at) == (brought.title, brought.created_at)
        assert exported_lines(alice, again) == exported_lines(alice, brought)

    def test_bookmarks_tags_and_turns_come_back(self, alice: User) -> None:
        chat = start_chat(alice, create_character(alice, Card("Maren")), create_character(alice, Card("Bram")))
        casting.change_rules(alice, chat.id, casting.Rules(TurnTaking.POOLED, 3, 4))
        for member, changes in zip(
            company.cast(chat), [SeatChanges(talkativeness=0.25), SeatChanges(is_muted=True)], strict=True
        ):
            casting.change_seat(alice, chat.id, member.character_id, changes)
        bookmark(alice, send(alice, chat, "Hello").message.id, "Here")
        tag_chat(alice, chat.id, [], "Sea")
        content = exported(alice, chat, Kind.OWN).encode()
        tag_chat(alice, chat.id, [])
        delete_tag(alice, Tag.objects.get(name="Sea").id)
        tag_chat(alice, chat.id, [], "sEa")
        again = chat_of(bring(alice, content, "x.json"))
        assert (again.turn_taking, again.speakers_most, again.goes_on_for) == ("pooled", 3, 4)
        assert [(one.character.name, one.talkativeness, one.is_muted) for one in company.cast(again)] == [
            ("Maren", 0.25, False),
            ("Bram", 0.5, True),
        ]
        marked = Bookmark.objects.filter(chat=again, owner=alice)
        assert [(one.name, one.message.text, one.message.chat) for one in marked] == [("Here", "Hello", again)]
        assert [tag.name for tag in again.tags.all()] == ["sEa"]

    def test_what_a_file_says_of_these_has_bounds(self, alice: User) -> None:
        said = {"id": "1", "role": "user", "text": "Hello"}
        chat = {
            "title": "x",
            "characters": [{"id": "k", "name": "Maren", "talkativeness": 9, "muted": "yes"}],
            "leaf": "1",
            "turn_taking": "by force",
            "speakers_most": 10**6,
            "goes_on_for": 10**6,
            "bookmarks": [{"message": "1", "name": "x" * 500}, {"message": "7", "name": "nowhere"}, None],
            "tags": ["good", "x" * 99, 7, " "],
        }
        row = bring(alice, json.dumps({"spec": "cognitia_chat", "chat": chat, "messages": [said]}).encode(), "x.json")
        again = chat_of(row)
        assert (again.turn_taking, again.speakers_most, again.goes_on_for) == ("natural", 8, 20)
        assert [(one.talkativeness, one.is_muted) for one in company.cast(again)] == [(1.0, False)]
        assert [len(one.name) for one in Bookmark.objects.filter(chat=again)] == [80]
        assert [tag.name for tag in again.tags.all()] == ["good"]
        assert codes(row) == {"tags_left_out", "bad_date"}

    def test_a_guest_takes_their_own_marks_along_and_nobody_elses(
        self, alice: User, charlie: User, brought: Chat
    ) -> None:
        persona = create_persona(charlie, PersonaChanges(name="Charlie"))
        Participant.objects.create(chat=brought, user=charlie, part=Part.READER, persona=persona)
        for user, name in ((alice, "Hers"), (charlie, "His")):
            bookmark(user, path_of(brought)[0].id, name)
            tag_chat(user, brought.id, [], f"{name} tag")
        said = json.loads(exported(charlie, brought, Kind.OWN))["chat"]
        assert ([one["name"] for one in said["bookmarks"]], said["tags"]) == (["His"], ["His tag"])

    def test_a_greeting_stays_one(self, alice: User) -> None:
        chat = start_chat(alice, create_character(alice, Card("Maren", first_message="Good evening.")))
        again = chat_of(bring(alice, exported(alice, chat, Kind.OWN).encode(), "x.json"))
        assert [(one.greeting, one.character) for one in path_of(again)] == [(0, chat.character)]


class TestProse:
    def test_markdown_says_who_said_what(self, alice: User, brought: Chat) -> None:
        said = exported(alice, brought, Kind.MARKDOWN)
        assert said.startswith("# Maren - 2024\n")
        assert "## Anna B.\n\n*2024-09-28 01:02 UTC*\n\nHello\n" in said
        assert "**Sit** <b>down</b>." in said
        assert "hidden from the characters*\n\nA note." in said
        assert "Go." not in said

    def test_the_page_needs_nothing_and_runs_nothing(self, alice: User) -> None:
        evil = "<script>alert(1)</script> [x](javascript:alert(1)) ![y](https://example.org/y.png) **bold**"
        chat = chat_of(bring(alice, jsonl([line(evil, name="<i>M")]), "<script>.jsonl"))
        page = exported(alice, chat, Kind.HTML)
        assert "<strong>bold</strong>" in page
        assert "&lt;i&gt;M" in page
        for bad in ("<script", 'javascript:alert(1)"', "<img", "<i>", "src=", "url("):
            assert bad not in page
        assert "default-src &#x27;none&#x27;" in page


class TestTheDoors:
    @pytest.mark.parametrize("kind", list(Kind))
    async def test_each_kind_is_a_file_to_be_saved(self, kind: Kind, alice: User, alices_chat: Chat) -> None:
        client = AsyncClient()
        await client.aforce_login(alice)
        for path in (
            f"/chats/{alices_chat.id}/export/{kind}/",
            f"/api/v2/chats/{alices_chat.id}/export?format={kind}",
        ):
            answer = await client.get(path)
            content = b"".join([piece async for piece in answer.streaming_content])  # type: ignore[attr-defined]
            answer.close()
            assert (answer.status_code, answer["Content-Type"]) == (200, exporting.MEDIA_TYPES[kind])
            assert answer["Content-Disposition"] == f'attachment; filename="Azera.{kind}"'
            assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert b"Azera" in content

    async def test_other_kinds_are_none(self, alice: User, alices_chat: Chat) -> None:
        client = AsyncClient()
        await client.aforce_login(alice)
        assert (await client.get(f"/chats/{alices_chat.id}/export/exe/")).status_code == 404
        answer = await client.get(f"/api/v2/chats/{alices_chat.id}/export?format=exe")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_input")


class TestWhoMayReadWhat:
    def join(self, chat: Chat, user: User, *, since: bool) -> None:
        persona = create_persona(user, PersonaChanges(name="Charlie"))
        Participant.objects.create(
            chat=chat, user=user, part=Part.READER, persona=persona, since=now() if since else None
        )

    def test_a_stranger_gets_nothing(self, charlie: User, brought: Chat) -> None:
        for kind in Kind:
            with pytest.raises(NotFound):
                exporting.export(charlie, brought.id, kind)

    @pytest.mark.parametrize("kind", list(Kind))
    def test_who_joined_later_has_only_what_was_said_since(
        self, kind: Kind, alice: User, charlie: User, brought: Chat
    ) -> None:
        Chat.objects.filter(id=brought.id).update(note="A secret note.")
        self.join(brought, charlie, since=True)
        sent = send(alice, brought, "Only now.")
        Message.objects.filter(id=sent.message.id).update(created_at=now() + timedelta(seconds=1))
        said = exported(charlie, Chat.objects.get(id=brought.id), kind)
        assert "Only now." in said
        for earlier in ("Hello", "Good evening.", "Well.", "A secret note.", "Stay calm."):
            assert earlier not in said
        if kind is Kind.OWN:
            assert [one["parent"] for one in json.loads(said)["messages"]] == [None]

    def test_who_had_left_before_they_came_is_not_named(self, alice: User, charlie: User) -> None:
        secret, other = create_character(alice, Card("Secret")), create_character(alice, Card("Bram"))
        chat = start_chat(alice, other, secret)
        casting.remove_character(alice, chat.id, secret.id)
        self.join(chat, charlie, since=True)
        assert "Secret" not in exported(charlie, chat, Kind.OWN)
        assert "Secret" in exported(alice, chat, Kind.OWN)

    def test_what_was_deleted_goes_to_nobody(self, alice: User, brought: Chat) -> None:
        swipe = Message.objects.get(chat=brought, text="Oh, you.")
        swipe.delete()
        assert "Oh, you." not in exported(alice, brought, Kind.OWN) + exported(alice, brought, Kind.SILLYTAVERN)

    def test_a_reply_that_failed_without_a_word_is_no_swipe(self, alice: User, brought: Chat) -> None:
        Message.objects.filter(chat=brought, text="Well.").update(text="", status=Status.FAILED)
        assert exported_lines(alice, brought)[3]["swipes"] == ["Go.", SIT]
