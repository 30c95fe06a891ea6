"""A file of chats that somebody brings, from the door to their list, and all that may happen to it on the way."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from accounts.models import User
from characters.actions.characters import create_character, delete_character
from characters.actions.personas import PersonaChanges, create_persona
from characters.cards.card import Card
from characters.models import Character
from chats import access, arriving, files, importing, resuming, tree
from chats.actions import importing as actions
from chats.formats.tests.making import chatgpt, jsonl, line, node, zipped
from chats.models import CastMember, Chat, ChatImport, Message, Part, Participant, Role
from chats.pages import sidebar as sidebar_page
from chats.tests.acting import send, tell
from chats.tests.bringing import (
    PAGE,
    beside,
    bring,
    carried_out,
    chat_of,
    client_of,
    codes,
    files_below,
    path_of,
    texts_of,
    upload,
)
from core import jobs
from core.bringing import IMPORTS_AT_ONCE, MOST_ATTEMPTS
from core.database import brief_connection
from core.errors import LimitReached
from core.jobs import Status
from core.json import JsonObject

# Progress is written by a connection of its own: what a test has not committed is not there for it.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]
TALK = [
    line("Good evening.", swipes=["Good evening.", "Oh, you."], swipe_id=0),
    line("Hello", user=True),
    line("Sit down.", swipes=["Go away.", "Sit down.", "Well."], swipe_id=1, extra={"model": "m1", "reasoning": "Hm"}),
]
FILE = jsonl(TALK)
T = TypeVar("T")


@pytest.fixture(autouse=True)
def quarantine(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT, settings.QUARANTINE_DIR = tmp_path / "media", tmp_path / "quarantine"
    return tmp_path / "quarantine"


def waiting(user: User, content: bytes = FILE) -> ChatImport:
    """Brought, and not looked at yet."""
    return actions.start_import(user, "Maren.jsonl", [content])


def elsewhere(act: Callable[[], T]) -> T:
    """By another connection, in a thread of its own."""

    def briefly() -> T:
        with brief_connection():
            return act()

    with ThreadPoolExecutor(1) as one:
        return one.submit(briefly).result()


class TestComingIn:
    def test_a_chat_stands_there_as_if_it_had_been_said_here(self, alice: User, quarantine: Path) -> None:
        row = bring(alice, FILE)
        assert (row.status, row.format, row.steps_done, codes(row)) == (Status.DONE, "sillytavern", row.steps, set())
        chat = chat_of(row)
        assert (chat.owner, chat.title, chat.character.name) == (alice, "Maren - 2024", "Maren")
        path = path_of(chat)
        assert [message.text for message in path] == ["Good evening.", "Hello", "Sit down."]
        assert [message.role for message in path] == [Role.CHARACTER, Role.USER, Role.CHARACTER]
        assert [(one.depth, one.replies_before) for one in path] == [(0, 0), (1, 1), (2, 1)]
        greetings, replies = ["Good evening.", "Oh, you."], ["Go away.", "Sit down.", "Well."]
        assert [beside(one) for one in path] == [greetings, ["Hello"], replies]
        assert (path[2].model, path[2].thinking, path[2].status) == ("m1", "Hm", Status.DONE)
        assert all(one.witnesses == [chat.character_id] and one.people == [alice.id] for one in chat.messages.all())
        assert tree.path_after(path[0].id, limit=10) == path[1:]
        assert files_below(quarantine) == set()

    def test_its_owner_is_its_host_its_character_its_cast_and_nothing_is_unread(self, alice: User) -> None:
        chat = chat_of(bring(alice, FILE))
        there = Participant.objects.get(chat=chat)
        assert (there.user, there.part, there.since) == (alice, Part.OWNER, None)
        assert [seat.character for seat in CastMember.objects.filter(chat=chat)] == [chat.character]
        assert list(access.chats_for(alice)) == [chat]
        (shown,) = sidebar_page.sidebar(alice)
        assert getattr(shown, "unread", 0) in (0, "")
        assert chat.active_at.year == 2024

    @pytest.mark.usefixtures("text_engine")
    def test_the_conversation_goes_on(self, alice: User) -> None:
        chat = chat_of(bring(alice, FILE))
        sent = send(alice, chat, "And now?")
        assert tell(sent.reply).status == Status.DONE
        chat.refresh_from_db()
        assert texts_of(chat)[:4] == ["Good evening.", "Hello", "Sit down.", "And now?"]

    def test_the_page_of_the_chat_and_another_swipe_are_there(self, alice: User) -> None:
        chat = chat_of(bring(alice, FILE))
        assert "Sit down." in client_of(alice).get(f"/chats/{chat.id}/").content.decode()

    def test_its_report_says_what_came_and_leads_there(self, alice: User) -> None:
        row = bring(alice, FILE + b"\n{broken")
        page = client_of(alice).get(f"{PAGE}{row.id}/").content.decode()
        for words in ("SillyTavern", "1 chat", "6 messages", "Line 5 cannot be read; it was left out."):
            assert words in page
        assert f'href="/chats/{chat_of(row).id}/"' in page

    def test_the_page_lists_the_last_ones_and_the_list_of_chats_leads_to_it(self, alice: User) -> None:
        bring(alice, FILE, "one.jsonl")
        bring(alice, b"nothing", "two.jsonl")
        page = client_of(alice).get(PAGE).content.decode()
        assert "one.jsonl" in page
        assert "two.jsonl" in page
        assert f'href="{PAGE}"' in client_of(alice).get("/chats/").content.decode()

    def test_the_same_file_twice_is_two_chats(self, alice: User) -> None:
        assert chat_of(bring(alice, FILE)) != chat_of(bring(alice, FILE))

    def test_an_archive_of_chatgpt_becomes_a_chat_for_each(self, alice: User) -> None:
        nodes = [
            node("root", None, "system", "", ["a"]),
            node("a", "root", "user", "Question", ["b", "c"]),
            node("b", "a", "assistant", "First answer"),
            node("c", "a", "assistant", "Second answer", ["d"]),
            node("d", "c", "user", "Thanks"),
        ]
        export = [chatgpt(nodes, "d", f"Talk {number}") for number in range(3)]
        row = bring(alice, zipped({"conversations.json": json.dumps(export).encode(), "chat.html": b"x"}), "gpt.zip")
        assert (row.chats.count(), row.format) == (3, "chatgpt")
        assert {chat.character.name for chat in row.chats.all()} == {"gpt-4o"}
        chat = row.chats.get(title="Talk 1")
        assert texts_of(chat) == ["Question", "Second answer", "Thanks"]
        assert beside(path_of(chat)[1]) == ["First answer", "Second answer"]
        assert codes(row) == {"left_out"}

    def test_a_long_chat_is_written_in_batches(self, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(arriving, "BATCH", 3)
        said = [line(f"{number}", user=number % 2 == 1) for number in range(20)]
        chat = chat_of(bring(alice, jsonl(said)))
        assert texts_of(chat) == [str(number) for number in range(20)]
        assert [one.replies_before for one in path_of(chat)][-1] == 10


class TestWhoTheyAre:
    def test_the_one_that_was_chosen(self, alice: User, azera: Character) -> None:
        chat = chat_of(bring(alice, FILE, character=azera))
        assert chat.character == azera
        assert not Character.objects.filter(owner=alice).exists()

    def test_one_of_theirs_with_that_name(self, alice: User) -> None:
        maren = create_character(alice, Card("maren"))
        assert chat_of(bring(alice, FILE)).character == maren

    def test_a_built_in_one_with_that_name(self, alice: User, azera: Character) -> None:
        assert chat_of(bring(alice, jsonl(TALK, {"character_name": azera.name, "user_name": "x"}))).character == azera

    def test_a_new_private_one_otherwise(self, alice: User, charlie: User) -> None:
        create_character(charlie, Card("Maren"))
        row = bring(alice, FILE)
        character = chat_of(row).character
        assert (character.owner, character.name, row.made) == (alice, "Maren", [character.id])

    def test_one_that_was_deleted_since_is_not_talked_to(self, alice: User) -> None:
        maren = create_character(alice, Card("Maren"))
        row = actions.start_import(alice, "x.jsonl", [FILE], maren.id)
        delete_character(alice, maren.id)
        assert chat_of(carried_out(row)).character.deleted_at is None

    def test_all_that_speak_in_a_group_sit_there_from_its_beginning(
        self, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(arriving, "BATCH", 1)
        said = [
            line("One"),
            line("Hello", user=True),
            line("Two", name="Bo"),
            line("Night.", name="System", is_system=True),
        ]
        row = bring(alice, jsonl(said))
        chat = chat_of(row)
        names = {seat.character.name: seat.character_id for seat in CastMember.objects.filter(chat=chat)}
        assert list(names) == ["Maren", "Bo"]
        assert all(set(one.witnesses) == set(names.values()) for one in chat.messages.all())
        assert [one.character.name for one in path_of(chat)] == ["Maren", "Maren", "Bo", "Maren"]
        assert [one.is_hidden for one in path_of(chat)] == [False, False, False, True]
        assert codes(row) == {"narrated"}

    def test_more_than_fit_are_told_by_the_first(self, alice: User) -> None:
        row = bring(alice, jsonl([line(str(number), name=f"N{number}") for number in range(12)]))
        assert CastMember.objects.filter(chat=chat_of(row)).count() == arriving.MOST_CHARACTERS
        assert codes(row) == {"crowded"}

    def test_who_spoke_is_the_persona_of_that_name_or_the_usual_one(self, alice: User) -> None:
        anna = create_persona(alice, PersonaChanges(name="Anna"))
        said = [line("a", user=True), line("b", user=True, name="Somebody")]
        path = path_of(chat_of(bring(alice, jsonl(said))))
        assert (path[0].persona, path[1].persona.is_default) == (anna, True)


class TestTheDoor:
    def test_without_scripts_the_form_leads_to_the_report(self, alice: User) -> None:
        client = client_of(alice)
        answer = client.post(PAGE, {"file": SimpleUploadedFile("x.jsonl", FILE), "character": ""})
        assert answer.status_code == 302
        assert "data-live" in client.get(answer["Location"]).content.decode()

    def test_several_files_are_several_imports(self, alice: User) -> None:
        several = [SimpleUploadedFile(f"{number}.jsonl", FILE) for number in range(3)]
        assert client_of(alice).post(PAGE, {"file": several}).status_code == 302
        assert ChatImport.objects.filter(owner=alice).count() == 3

    @pytest.mark.parametrize("accept", ["text/html", "application/json"])
    def test_a_form_without_a_file_or_with_an_empty_one_is_refused(self, alice: User, accept: str) -> None:
        for sent in ({}, {"file": SimpleUploadedFile("x.jsonl", b"")}):
            assert client_of(alice).post(PAGE, sent, headers={"accept": accept}).status_code == 400
        assert not ChatImport.objects.exists()

    def test_a_form_of_another_site_brings_nothing(self, alice: User, quarantine: Path) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(alice)
        for path in (PAGE, "/api/v2/chats/imports"):
            assert client.post(path, {"file": SimpleUploadedFile("x.jsonl", FILE)}).status_code == 403
        assert (ChatImport.objects.count(), files_below(quarantine)) == (0, set())

    def test_what_is_too_large_is_refused_by_its_header(self, alice: User) -> None:
        for path in (PAGE, "/api/v2/chats/imports"):
            kind = "multipart/form-data; boundary=x"
            answer = client_of(alice).generic("POST", path, b"--x", kind, CONTENT_LENGTH=str(2**30))
            assert answer.status_code == 413

    def test_what_is_too_large_is_refused_while_it_comes(
        self, alice: User, quarantine: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chats.uploads.NamelessAndLarge.most", 100_000)
        answer = upload(client_of(alice), bytes(150_000))
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
        assert (ChatImport.objects.count(), files_below(quarantine)) == (0, set())

    def test_nobody_fills_the_quarantine(self, alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch) -> None:
        for _one in range(actions.MOST_LIVE):
            waiting(alice, b"x")
        with pytest.raises(LimitReached):
            waiting(alice, b"x")
        monkeypatch.setattr(actions, "MOST_LIVE_BYTES", 3)
        waiting(charlie, b"xxxx")
        with pytest.raises(LimitReached):
            waiting(charlie, b"x")

    def test_the_api_brings_lists_tells_and_cancels(self, alice: User) -> None:
        client = client_of(alice)
        answer = client.post("/api/v2/chats/imports", {"file": SimpleUploadedFile("x.jsonl", FILE)})
        assert (answer.status_code, answer.json()["status"]) == (202, "queued")
        row = carried_out(ChatImport.objects.get(id=answer.json()["id"]))
        said = client.get(f"/api/v2/chats/imports/{row.id}").json()
        assert (said["status"], said["chat_ids"], said["messages"]) == ("done", [str(chat_of(row).id)], 6)
        assert client.get("/api/v2/chats/imports").json()["imports"] == [said]
        assert client.post(f"/api/v2/chats/imports/{waiting(alice).id}/cancel").status_code == 202
        assert client.post("/api/v2/chats/imports", {}).status_code == 400

    def test_a_failure_has_its_code_and_its_sentence(self, alice: User) -> None:
        row = bring(alice, b"once upon a time")
        failure = client_of(alice).get(f"/api/v2/chats/imports/{row.id}").json()["failure"]
        assert (failure["code"], "known here" in failure["message"]) == ("unknown_file", True)


class TestNothingHalf:
    """Whatever stops it, there is neither a chat nor a message nor a character of it."""

    @pytest.fixture(autouse=True)
    def _often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importing, "BEAT_SECONDS", 0.0)
        monkeypatch.setattr(arriving, "BATCH", 2)

    def nothing(self, quarantine: Path) -> bool:
        rows = (Chat.objects.count(), Message.objects.count(), Participant.objects.count(), Character.objects.count())
        return rows == (0, 0, 0, 0) and files_below(quarantine) == set()

    def meanwhile(self, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
        """Once, between two batches, when the character has been made."""
        before = arriving.Arrival._flush
        done: list[int] = []

        def flush(arrival: arriving.Arrival) -> None:
            before(arrival)
            if not done:
                done.append(1)
                act()

        monkeypatch.setattr(arriving.Arrival, "_flush", flush)

    def test_one_that_waits_is_gone_at_once(self, alice: User, quarantine: Path) -> None:
        row = waiting(alice)
        assert client_of(alice).post(f"{PAGE}{row.id}/cancel/").status_code == 302
        assert (carried_out(row).status, self.nothing(quarantine)) == (Status.CANCELLED, True)

    def test_one_that_runs_stops_between_two_batches(
        self, alice: User, quarantine: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = waiting(alice)
        self.meanwhile(monkeypatch, lambda: elsewhere(lambda: actions.cancel_import(alice, row.id)))
        assert (carried_out(row).status, self.nothing(quarantine)) == (Status.CANCELLED, True)

    def test_nobody_sees_any_of_it_before_all_is_there(self, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        row, seen = waiting(alice), []

        def look() -> None:
            answer = elsewhere(lambda: (Chat.objects.count(), Message.objects.count()))
            seen.append(answer)

        self.meanwhile(monkeypatch, look)
        assert carried_out(row).status == Status.DONE
        assert seen == [(0, 0)]

    def test_a_mistake_of_ours_ends_the_import_and_not_the_worker(
        self, alice: User, quarantine: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = waiting(alice)
        self.meanwhile(monkeypatch, lambda: 1 / 0)
        row = carried_out(row)
        assert (row.status, row.failure_code, self.nothing(quarantine)) == (Status.FAILED, "our_fault", True)

    def test_a_worker_that_lost_its_row_writes_nothing_and_the_next_one_all(
        self, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = waiting(alice)

        def overtaken() -> None:
            taken = ChatImport.objects.filter(id=row.id)
            elsewhere(lambda: taken.update(attempt=2, status=Status.QUEUED))

        with monkeypatch.context() as patched:
            self.meanwhile(patched, overtaken)
            row = carried_out(row)
        assert (row.status, Chat.objects.count(), Message.objects.count()) == (Status.QUEUED, 0, 0)
        assert (carried_out(row).status, Character.objects.count()) == (Status.DONE, 1)

    def test_too_many_characters_end_it_politely(self, alice: User, settings: Settings) -> None:
        settings.CHARACTERS_PER_USER = 1
        create_character(alice, Card("Other"))
        row = bring(alice, FILE)
        assert (row.status, row.failure_code, row.failure_details) == (Status.FAILED, "limit_reached", {"most": 1})
        assert "Choose one of yours" in client_of(alice).get(f"{PAGE}{row.id}/").content.decode()

    def test_a_character_that_was_edited_meanwhile_stays(self, alice: User, quarantine: Path) -> None:
        row = waiting(alice)
        assert row.claim()
        kept, other = create_character(alice, Card("Maren")), create_character(alice, Card("Bo"))
        ChatImport.objects.filter(id=row.id).update(made=[kept.id, other.id])
        chat = Chat.objects.create(owner=alice, character=kept)
        importing.finish(row, Status.FAILED, "gone")
        assert list(Character.objects.all()) == [kept]
        assert chat.character == kept


class TestDyingWorkers:
    def silent(self, row: ChatImport) -> ChatImport:
        """As its worker left it, who was not heard of since."""
        assert row.claim()
        jobs.forget_queued(row.id)
        long_ago = now() - timedelta(seconds=resuming.SILENT_SECONDS + 1)
        ChatImport.objects.filter(id=row.id).update(started_at=long_ago, steps_done=1, heard_at=long_ago)
        row.refresh_from_db()
        return row

    def test_another_worker_takes_over_and_brings_it_in_once(self, alice: User, quarantine: Path) -> None:
        row = self.silent(waiting(alice))
        assert resuming.run_resuming() == [row.id]
        row.refresh_from_db()
        assert (row.status, row.attempt) == (Status.QUEUED, 2)
        assert carried_out(row).status == Status.DONE
        importing.run_import(row.id)
        assert (Chat.objects.count(), Message.objects.count(), files_below(quarantine)) == (1, 6, set())

    def test_one_that_took_two_workers_along_is_given_up(self, alice: User, quarantine: Path) -> None:
        row = waiting(alice)
        for _time in range(MOST_ATTEMPTS):
            self.silent(row)
            resuming.run_resuming()
            row.refresh_from_db()
        assert (row.status, row.failure_code, files_below(quarantine)) == (Status.FAILED, "gone", set())

    def test_one_that_somebody_stopped_meanwhile_is_stopped(self, alice: User, quarantine: Path) -> None:
        row = self.silent(waiting(alice))
        actions.cancel_import(alice, row.id)
        resuming.run_resuming()
        row.refresh_from_db()
        assert (row.status, files_below(quarantine)) == (Status.CANCELLED, set())

    def test_one_that_is_stopped_before_its_second_attempt_leaves_no_character(self, alice: User) -> None:
        row = self.silent(waiting(alice))
        made = create_character(alice, Card("Maren"))
        ChatImport.objects.filter(id=row.id).update(made=[made.id])
        resuming.run_resuming()
        actions.cancel_import(alice, row.id)
        assert not Character.objects.filter(id=made.id).exists()

    def test_one_whose_file_is_gone_says_so(self, alice: User) -> None:
        row = waiting(alice)
        files.QUARANTINE.release(row.id)
        assert carried_out(row).failure_code == "lost_file"

    def test_no_more_than_a_few_run_at_once_and_the_next_is_named(self, alice: User) -> None:
        rows = [waiting(alice) for _one in range(4)]
        for row in rows[:IMPORTS_AT_ONCE]:
            assert row.claim()
        assert importing.run_import(rows[2].id) == []
        assert ChatImport.objects.get(id=rows[2].id).status == Status.QUEUED
        importing.finish(rows[0], Status.FAILED, "gone")
        assert importing.run_import(rows[2].id) == [rows[3].id]

    def test_what_no_import_names_leaves_the_quarantine(
        self, alice: User, quarantine: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = waiting(alice)
        files.QUARANTINE.put(uuid4(), [b"x"])
        monkeypatch.setattr(resuming, "FORGOTTEN_SECONDS", -1)
        resuming.run_collecting()
        assert {file.name for file in files_below(quarantine)} == {str(row.id)}


class TestStrangers:
    def test_an_import_is_its_owners_alone(self, alice: User, charlie: User) -> None:
        row, stranger = waiting(alice), client_of(charlie)
        for missing in (row.id, uuid4()):
            for path in (f"{PAGE}{missing}/", f"{PAGE}{missing}/report/", f"/api/v2/chats/imports/{missing}"):
                assert stranger.get(path).status_code == 404
            for path in (f"{PAGE}{missing}/cancel/", f"/api/v2/chats/imports/{missing}/cancel"):
                assert stranger.post(path).status_code == 404
        row.refresh_from_db()
        assert (row.status, row.cancel_requested) == (Status.QUEUED, False)
        assert str(row.id) not in stranger.get(PAGE).content.decode()
        assert stranger.get("/api/v2/chats/imports").json() == {"imports": []}

    def test_another_persons_character_cannot_be_chosen(self, alice: User, charlie: User, quarantine: Path) -> None:
        hers = create_character(alice, Card("Secret"))
        assert upload(client_of(charlie), FILE, character=hers).status_code == 404
        assert "Secret" not in client_of(charlie).get(PAGE).content.decode()
        assert files_below(quarantine) == set()

    def test_a_file_cannot_name_another_persons_character(self, alice: User, charlie: User) -> None:
        hers = create_character(alice, Card("Secret"))
        chat: JsonObject = {"title": "x", "characters": [{"id": str(hers.id), "name": "Secret"}], "leaf": None}
        said: JsonObject = {"id": "1", "role": "character", "text": "Hi", "character": str(hers.id)}
        content = json.dumps({"spec": "cognitia_chat", "spec_version": 1, "chat": chat, "messages": [said]}).encode()
        assert chat_of(bring(charlie, content, "x.json")).character.owner == charlie

    def test_nobody_who_is_signed_out_brings_anything(self, quarantine: Path) -> None:
        assert Client().get(PAGE).status_code == 302
        assert upload(Client(), FILE).status_code == 302
        answer = Client().post("/api/v2/chats/imports", {"file": SimpleUploadedFile("x.jsonl", FILE)})
        assert answer.status_code in {401, 403}
        assert files_below(quarantine) == set()
