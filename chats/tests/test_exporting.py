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
from characters.cards.card import Card
from characters.models import Character
from chats import exporting
from chats.actions.starting import start_chat
from chats.exporting import Kind
from chats.formats.tests.making import HEADER, jsonl, line
from chats.models import Chat, Message, Part, Participant
from chats.tests.acting import send, tell
from chats.tests.bringing import beside, bring, chat_of, exported, exported_lines, path_of, texts_of
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

    def test_what_was_deleted_goes_to_nobody(self, alice: User, brought: Chat) -> None:
        swipe = Message.objects.get(chat=brought, text="Oh, you.")
        swipe.delete()
        assert "Oh, you." not in exported(alice, brought, Kind.OWN) + exported(alice, brought, Kind.SILLYTAVERN)

    def test_a_reply_that_failed_without_a_word_is_no_swipe(self, alice: User, brought: Chat) -> None:
        Message.objects.filter(chat=brought, text="Well.").update(text="", status=Status.FAILED)
        assert exported_lines(alice, brought)[3]["swipes"] == ["Go.", SIT]
