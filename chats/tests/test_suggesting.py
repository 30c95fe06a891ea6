"""What the model would call a chat, and what it would say in somebody's place."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from accounts.models import User
from characters.access import persona_for_talking
from characters.actions.personas import PersonaChanges, create_persona
from characters.models import Character
from chats import suggesting
from chats.actions import branching, starting
from chats.actions import settings as chat_settings
from chats.actions import suggesting as actions
from chats.models import Chat, Part, Participant, Suggestion, SuggestionKind
from chats.tests.acting import send, tell
from core import jobs
from core.errors import Conflict, LimitReached, NotAllowed
from core.jobs import Status
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]

TITLE, WORDS = SuggestionKind.TITLE, SuggestionKind.WORDS
JSON = {"Accept": "application/json"}


@pytest.fixture
def talked(alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> Chat:
    """They have talked about a harbour."""
    text_engine.script("It lies ", "to the east.")
    tell(send(alice, alices_chat, "Where is the harbour?").reply)
    alices_chat.refresh_from_db()
    return alices_chat


@pytest.fixture
def signed_in(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


def told(suggestion: Suggestion | UUID) -> Suggestion:
    """What a worker does with it, here and now."""
    suggestion_id = suggestion.id if isinstance(suggestion, Suggestion) else suggestion
    suggesting.run_suggestion(suggestion_id)
    return Suggestion.objects.get(id=suggestion_id)


class TestTitles:
    @pytest.mark.parametrize(
        ("said", "title"),
        [
            ("The harbour in the east", "The harbour in the east"), ('"The Harbour."\n\nIt is about', "The Harbour"),
            ("**A very " + "long " * 30, "A very long long long long long long long long long long lo"),
            ("\n „Der Hafen“", "Der Hafen"),
        ],
    )  # fmt: skip
    def test_it_is_one_short_line(
        self, alice: User, talked: Chat, text_engine: ScriptedBackend, said: str, title: str
    ) -> None:
        text_engine.script(said)
        suggestion = told(actions.suggest(alice, talked.id, TITLE))
        assert suggestion.status == Status.DONE
        assert suggestion.text.rstrip("…").startswith(title[:55])
        assert len(suggestion.text) <= 60
        assert "\n" not in suggestion.text
        talked.refresh_from_db()
        assert talked.title == "Where is the harbour?"

    def test_it_is_made_of_how_the_chat_began(self, alice: User, talked: Chat, text_engine: ScriptedBackend) -> None:
        told(actions.suggest(alice, talked.id, TITLE))
        assert "Protag: Where is the harbour?" in text_engine.prompts[-1]
        assert "Azera: It lies to the east." in text_engine.prompts[-1]

    def test_whoever_was_let_in_later_gets_one_of_what_they_may_read(
        self, alice: User, charlie: User, talked: Chat, text_engine: ScriptedBackend
    ) -> None:
        persona = persona_for_talking(charlie, talked.character)
        Participant.objects.create(chat=talked, user=charlie, part=Part.WRITER, persona=persona, since=now())
        tell(send(alice, talked, "And the lighthouse?").reply)
        told(actions.suggest(charlie, talked.id, TITLE))
        assert "lighthouse" in text_engine.prompts[-1]
        assert "harbour" not in text_engine.prompts[-1]

    def test_a_model_that_says_nothing_has_failed(
        self, alice: User, talked: Chat, text_engine: ScriptedBackend
    ) -> None:
        text_engine.script(' "" ')
        suggestion = told(actions.suggest(alice, talked.id, TITLE))
        assert (suggestion.status, suggestion.text, suggestion.failure_code) == (Status.FAILED, "", "failed")


class TestWords:
    def test_the_model_is_the_persona_and_hears_the_others(
        self, alice: User, talked: Chat, text_engine: ScriptedBackend
    ) -> None:
        elias = create_persona(alice, PersonaChanges(name="Elias", description="A patient man, says {{user}}."))
        chat_settings.choose_persona(alice, talked.id, elias.id)
        text_engine.script("Elias: Then I ", "shall walk.\nAzera: Do.")
        suggestion = told(actions.suggest(alice, talked.id, WORDS))
        assert suggestion.text == "Then I shall walk."
        prompt = text_engine.prompts[-1]
        assert "You are Elias" in prompt
        assert "A patient man, says Elias." in prompt
        assert "Azera: It lies to the east." in prompt
        assert prompt.index("Where is the harbour?") < prompt.index("It lies to the east.")
        # What a character's card says is that character's own.
        assert "twenty years" not in prompt

    def test_what_the_characters_may_not_know_stays_out(
        self, alice: User, talked: Chat, text_engine: ScriptedBackend
    ) -> None:
        assert talked.leaf is not None
        branching.hide_message(alice, talked.leaf.id, True)
        told(actions.suggest(alice, talked.id, WORDS))
        assert "to the east" not in text_engine.prompts[-1]

    def test_nothing_enters_the_chat(self, alice: User, talked: Chat) -> None:
        before = talked.messages.count()
        told(actions.suggest(alice, talked.id, WORDS))
        assert talked.messages.count() == before

    def test_there_is_none_while_a_reply_is_on_its_way_or_before_anything_was_said(
        self, alice: User, azera: Character, text_engine: ScriptedBackend
    ) -> None:
        chat = starting.start_chat(alice, azera)
        Chat.objects.filter(id=chat.id).update(leaf=None)
        with pytest.raises(Conflict, match="Say the first thing"):
            actions.suggest(alice, chat.id, WORDS)
        send(alice, chat)
        with pytest.raises(Conflict, match="on its way"):
            actions.suggest(alice, chat.id, WORDS)


class TestLimits:
    def test_a_double_click_is_one(self, alice: User, talked: Chat) -> None:
        one, two = (actions.suggest(alice, talked.id, TITLE) for _ in range(2))
        assert one.id == two.id

    def test_a_few_may_be_on_their_way(self, alice: User, talked: Chat, azera: Character, settings: Settings) -> None:
        settings.LIVE_REPLIES_PER_USER = 1
        actions.suggest(alice, talked.id, TITLE)
        with pytest.raises(LimitReached, match="in a few seconds"):
            actions.suggest(alice, talked.id, WORDS)

    def test_whoever_reads_along_asks_for_nothing(self, charlie: User, talked: Chat) -> None:
        persona = persona_for_talking(charlie, talked.character)
        Participant.objects.create(chat=talked, user=charlie, part=Part.READER, persona=persona)
        with pytest.raises(NotAllowed):
            actions.suggest(charlie, talked.id, WORDS)


class TestEndings:
    def test_twice_is_once(self, alice: User, talked: Chat, text_engine: ScriptedBackend) -> None:
        suggestion = actions.suggest(alice, talked.id, TITLE)
        first = told(suggestion)
        prompts = len(text_engine.prompts)
        assert told(suggestion).text == first.text
        assert len(text_engine.prompts) == prompts

    def test_one_that_nobody_wants_any_more_is_not_told(
        self, alice: User, talked: Chat, text_engine: ScriptedBackend
    ) -> None:
        suggestion = actions.suggest(alice, talked.id, TITLE)
        actions.cancel(alice, suggestion.id)
        prompts = len(text_engine.prompts)
        assert told(suggestion).status == Status.CANCELLED
        assert len(text_engine.prompts) == prompts

    def test_a_model_that_breaks_ends_it(
        self, alice: User, talked: Chat, text_engine: ScriptedBackend, signed_in: Client
    ) -> None:
        text_engine.fail("no")
        suggestion = told(actions.suggest(alice, talked.id, TITLE))
        assert (suggestion.status, suggestion.failure_code) == (Status.FAILED, "engine_failed")
        said = signed_in.get(f"/chats/{talked.id}/suggestions/{suggestion.id}/").json()
        assert (said["status"], said["text"]) == ("failed", "")
        assert "Try again" in said["message"]

    def test_one_whose_worker_died_ends_and_one_whose_task_was_lost_is_queued(
        self, alice: User, talked: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dead = actions.suggest(alice, talked.id, TITLE)
        lost = actions.suggest(alice, talked.id, WORDS)
        later = now() + timedelta(minutes=3)
        Suggestion.objects.filter(id=dead.id).update(status=Status.RUNNING, started_at=now())
        monkeypatch.setattr(suggesting, "now", lambda: later)
        jobs.forget_queued(lost.id)
        assert suggesting.run_resuming() == [lost.id]
        dead.refresh_from_db()
        assert (dead.status, dead.failure_code) == (Status.FAILED, "worker_lost")

    def test_open_pages_are_told(self, alice: User, talked: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
        heard: list[tuple[str, str]] = []
        monkeypatch.setattr(suggesting, "publish", lambda group, event: heard.append((group, event.type)))
        told(actions.suggest(alice, talked.id, TITLE))
        assert heard == [(f"person.{alice.id}", "suggestion.ready")]


class TestDoors:
    def test_the_page_asks_and_looks(self, talked: Chat, signed_in: Client, text_engine: ScriptedBackend) -> None:
        answer = signed_in.post(f"/chats/{talked.id}/suggestions/", {"kind": "title"}, headers=JSON)
        assert (answer.status_code, answer.json()["status"]) == (202, "queued")
        text_engine.script("The harbour")
        told(UUID(answer.json()["id"]))
        url = f"/chats/{talked.id}/suggestions/{answer.json()['id']}/"
        assert signed_in.get(url).json() == {**answer.json(), "status": "done", "text": "The harbour"}
        assert signed_in.post(f"{url}cancel/").status_code == 204

    def test_so_does_a_program(self, talked: Chat, signed_in: Client) -> None:
        url = f"/api/v2/chats/{talked.id}/suggestions"
        answer = signed_in.post(url, json.dumps({"kind": "words"}), content_type="application/json")
        assert (answer.status_code, answer.json()["status"]) == (202, "queued")
        one = f"{url}/{answer.json()['id']}"
        assert signed_in.get(one).json()["status"] == "queued"
        assert signed_in.delete(one).status_code == 204
        assert signed_in.get(one).json()["status"] == "cancelled"

    @pytest.mark.parametrize("kind", ["", "poem"])
    def test_another_kind_is_refused(self, talked: Chat, signed_in: Client, kind: str) -> None:
        assert signed_in.post(f"/chats/{talked.id}/suggestions/", {"kind": kind}, headers=JSON).status_code == 400

    def test_one_of_another_chat_is_nothing(
        self, alice: User, talked: Chat, azera: Character, signed_in: Client
    ) -> None:
        other = starting.start_chat(alice, azera)
        suggestion = actions.suggest(alice, talked.id, TITLE)
        assert signed_in.post(f"/chats/{other.id}/suggestions/{suggestion.id}/cancel/").status_code == 404
        for address in (
            f"/chats/{other.id}/suggestions/{suggestion.id}/",
            f"/api/v2/chats/{other.id}/suggestions/{suggestion.id}",
            f"/chats/{talked.id}/suggestions/{uuid4()}/",
        ):
            assert signed_in.get(address).status_code == 404
