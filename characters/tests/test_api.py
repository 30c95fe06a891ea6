"""The REST door to characters, personas and tags."""

import json
from typing import Protocol
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from rest_framework.test import APIRequestFactory, force_authenticate

from accounts.models import User
from characters.access import default_persona_for, get_own_character_for
from characters.actions import fields, personas, tags
from characters.actions.characters import create_character
from characters.actions.fields import CharacterChanges
from characters.actions.personas import PersonaChanges
from characters.cards.card import Card, read_card
from characters.models import Character, Draft, Persona, Tag, Version
from characters.models.character import card_text
from chats.api.chats import Tags as ChatTags
from chats.models import Chat
from core.json import Json, JsonObject

pytestmark = pytest.mark.django_db

MAYBE = st.none() | st.text(max_size=20)
FORGED = {
    "spec": "chara_card_v3", "spec_version": "3.0", "colour": "unknown at the top",
    "data": {"name": "Mira", "description": "# Mira", "first_mes": "Hello", "mine": {"deep": [1, 2]},
             "extensions": {"cognitia": {"hue": 12, "later": True}, "somebody/else": 5}},
}  # fmt: skip


@pytest.fixture
def signed_in(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def mira(alice: User) -> Character:
    return create_character(alice, read_card(json.dumps(FORGED).encode())[0])


class Answer(Protocol):
    @property
    def status_code(self) -> int: ...

    @property
    def content(self) -> bytes: ...


def post(client: Client, path: str, body: Json) -> Answer:
    return client.post(f"/api/v2/{path}", json.dumps(body), content_type="application/json")


def patch(client: Client, path: str, body: Json) -> Answer:
    return client.patch(f"/api/v2/{path}", json.dumps(body), content_type="application/json")


def said(answer: Answer) -> JsonObject:
    body: JsonObject = json.loads(answer.content)
    return body


def code(answer: Answer) -> tuple[int, Json]:
    error = said(answer)["error"]
    assert isinstance(error, dict)
    assert set(error) == {"code", "message", "details"}
    assert error["message"]
    return answer.status_code, error["code"]


class TestCharacters:
    def test_one_is_made_as_the_requirements_say(self, alice: User, signed_in: Client) -> None:
        body: JsonObject = {
            "name": "Mira",
            "system_prompt": "You are Mira.",
            "voice_model": "af_bella",
            "prompt_template": "pygmalion",
        }
        answer = post(signed_in, "characters/", body)
        made = Character.objects.get(owner=alice)
        assert (answer.status_code, said(answer)["id"]) == (201, str(made.id))
        assert said(answer) | body == said(answer) | {"prompt_template": "pygmalion"}
        assert (made.prompt_format, made.card.system_prompt) == ("metharme", "You are Mira.")
        assert said(answer)["prompt_template"] == "metharme"

    def test_all_of_it_comes_back(self, signed_in: Client) -> None:
        body: JsonObject = {
            "name": "Mira", "system_prompt": "a", "voice_model": "v", "prompt_template": "chatml",
            "description": " b\n", "tagline": "t", "personality": "c", "scenario": "d", "first_message": "e",
            "alternate_greetings": ["f", "g"], "example_dialogue": "h", "post_history_instructions": "i",
            "tags": ["One", "two"], "creator_notes": "j", "hue": 0, "rating": "teen", "language": "pt-br",
        }  # fmt: skip
        made = said(post(signed_in, "characters/", body))
        assert {name: made[name] for name in body} == body
        assert (made["version"], made["is_own"], made["state"]) == (1, True, "private")
        assert said(signed_in.get(f"/api/v2/characters/{made['id']}")) == made

    def test_ones_own_and_the_built_in_are_listed_page_by_page(
        self, alice: User, charlie: User, azera: Character, signed_in: Client
    ) -> None:
        for number in range(5):
            create_character(alice, Card(f"Hers {number}"))
        create_character(charlie, Card("His"))
        names: list[Json] = []
        after = ""
        while True:
            page = said(signed_in.get(f"/api/v2/characters/?limit=2{after}"))
            rows = page["characters"]
            assert isinstance(rows, list)
            assert 0 < len(rows) <= 2
            names += [row["name"] for row in rows if isinstance(row, dict)]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert names == ["Azera", "Areza", *(f"Hers {number}" for number in range(5))]
        assert code(signed_in.get("/api/v2/characters/?limit=0")) == (400, "bad_input")
        assert signed_in.get(f"/api/v2/characters/?after={uuid4()}").status_code == 404

    def test_what_is_sent_changes_and_nothing_else(self, alice: User, mira: Character, signed_in: Client) -> None:
        answer = patch(signed_in, f"characters/{mira.id}", {"personality": "Stern", "hue": 99})
        assert (answer.status_code, said(answer)["version"]) == (200, 2)
        raw = get_own_character_for(alice, mira.id).card.raw
        data = raw["data"]
        assert isinstance(data, dict)
        assert raw["colour"] == "unknown at the top"
        assert data["mine"] == {"deep": [1, 2]}
        assert data["extensions"] == {"cognitia": {"hue": 99, "later": True}, "somebody/else": 5}
        assert (data["description"], data["personality"]) == ("# Mira", "Stern")

    @pytest.mark.parametrize("body", [{}, {"name": "Mira"}, {"prompt_template": "alpaca"}, {"hue": 12}])
    def test_without_a_change_there_is_no_version(self, mira: Character, signed_in: Client, body: JsonObject) -> None:
        assert said(patch(signed_in, f"characters/{mira.id}", body))["version"] == 1
        assert Version.objects.filter(character=mira).count() == 1

    def test_an_older_version_is_not_written_over(self, mira: Character, signed_in: Client) -> None:
        url = f"characters/{mira.id}"
        assert patch(signed_in, url, {"scenario": "one", "version": 1}).status_code == 200
        assert code(patch(signed_in, url, {"scenario": "two", "version": 1})) == (409, "conflict")
        assert said(signed_in.get(f"/api/v2/{url}"))["scenario"] == "one"

    def test_a_draft_of_the_editors_stays(self, alice: User, mira: Character, signed_in: Client) -> None:
        base = mira.versions.get()
        Draft.objects.create(character=mira, owner=alice, base=base, text=card_text(Card("Half written")))
        patch(signed_in, f"characters/{mira.id}", {"scenario": "one"})
        assert Draft.objects.get(character=mira).card.name == "Half written"

    def test_it_is_deleted_and_gone(self, mira: Character, signed_in: Client) -> None:
        assert signed_in.delete(f"/api/v2/characters/{mira.id}").status_code == 204
        assert signed_in.get(f"/api/v2/characters/{mira.id}").status_code == 404
        mira.refresh_from_db()
        assert mira.deleted_at is not None

    def test_its_versions_are_listed_newest_first(self, alice: User, mira: Character, signed_in: Client) -> None:
        for number in range(4):
            fields.change_character(alice, mira.id, CharacterChanges(scenario=f"{number}"))
        page = said(signed_in.get(f"/api/v2/characters/{mira.id}/versions?limit=3"))
        rows = page["versions"]
        assert isinstance(rows, list)
        assert [row["number"] for row in rows if isinstance(row, dict)] == [5, 4, 3]
        rest = said(signed_in.get(f"/api/v2/characters/{mira.id}/versions?before={page['next']}"))
        assert isinstance(rest["versions"], list)
        assert (len(rest["versions"]), rest["next"]) == (2, None)

    @pytest.mark.parametrize(
        "body",
        [{}, {"name": ""}, {"name": "x" * 81}, {"name": "a\0b"}, {"name": "\ud800"}, {"name": None}, {"name": []}, [],
         "x", 5, None, {"name": "A", "hue": 360}, {"name": "A", "hue": "red"}, {"name": "A", "rating": "x"},
         {"name": "A", "tags": "a"}, {"name": "A", "tags": ["a"] * 101}, {"name": "A", "description": "x" * 200_001},
         {"name": "A", "description": "\ud800"}, {"name": "A", "first_message": "\0"},
         {"name": "A", "alternate_greetings": ["\udfff"]}, {"name": "A", "alternate_greetings": [{}]},
         {"name": "A", "language": "English!"}, {"name": "A", "voice_model": "x" * 81},
         {"name": "A", "description": "a", "sheet": "b"}, {"name": "A", "tagline": "x" * 161}],
    )  # fmt: skip
    def test_what_cannot_be_is_refused_in_one_shape(self, alice: User, signed_in: Client, body: Json) -> None:
        assert code(post(signed_in, "characters/", body)) == (400, "bad_input")
        assert not Character.objects.filter(owner=alice).exists()

    def test_a_template_that_is_not_known_is_answered_with_those_that_are(self, signed_in: Client) -> None:
        answer = post(signed_in, "characters/", {"name": "A", "prompt_template": "vicuna"})
        assert code(answer) == (400, "bad_input")
        for name in ("alpaca", "chatml", "metharme", "pygmalion"):
            assert name.encode() in answer.content

    def test_the_limit_says_so(self, mira: Character, signed_in: Client, settings: Settings) -> None:
        settings.CHARACTERS_PER_USER = 1
        assert code(post(signed_in, "characters/", {"name": "A"})) == (429, "limit_reached")

    def test_a_built_in_one_can_be_read_and_not_written(self, azera: Character, signed_in: Client) -> None:
        found = said(signed_in.get(f"/api/v2/characters/{azera.id}"))
        assert (found["is_own"], found["state"]) == (False, "built_in")
        assert patch(signed_in, f"characters/{azera.id}", {"name": "Mine"}).status_code == 404
        assert signed_in.delete(f"/api/v2/characters/{azera.id}").status_code == 404

    def test_alices_is_nothing_to_charlie(self, mira: Character, charlie: User, client: Client) -> None:
        client.force_login(charlie)
        url = f"/api/v2/characters/{mira.id}"
        for answer in (
            client.get(url),
            patch(client, f"characters/{mira.id}", {"name": "Mine"}),
            client.delete(url),
            client.get(f"{url}/versions"),
        ):
            assert code(answer) == (404, "not_found")
        assert b"Mira" not in client.get("/api/v2/characters/").content
        assert client.get(f"/api/v2/characters/?after={mira.id}").status_code == 404

    def test_it_is_for_those_who_are_signed_in(self, client: Client) -> None:
        assert code(client.get("/api/v2/characters/"))[0] in {401, 403}


@given(name=MAYBE, description=MAYBE, first_message=MAYBE)
def test_what_is_applied_is_what_is_said_and_the_rest_stays(
    name: str | None, description: str | None, first_message: str | None
) -> None:
    card = read_card(json.dumps(FORGED).encode())[0]
    changes = CharacterChanges(name=name, description=description, first_message=first_message)
    after = fields.applied(card, changes)
    for field in fields.OF_THE_CARD:
        wanted = getattr(changes, field)
        assert getattr(after, field) == (getattr(card, field) if wanted is None else wanted)
    assert fields.applied(after, CharacterChanges()).raw == after.raw


class TestPersonas:
    def test_they_are_made_changed_and_deleted(self, alice: User, signed_in: Client) -> None:
        default_persona_for(alice)
        made = said(post(signed_in, "personas", {"name": "Captain", "symbol": "⚓", "hue": 210}))
        assert (made["name"], made["symbol"], made["hue"], made["is_default"]) == ("Captain", "⚓", 210, False)
        url = f"personas/{made['id']}"
        changed = said(patch(signed_in, url, {"description": "At sea."}))
        assert changed == made | {"description": "At sea."}
        assert said(signed_in.get(f"/api/v2/{url}")) == changed
        listed = said(signed_in.get("/api/v2/personas/"))["personas"]
        assert isinstance(listed, list)
        assert [row["name"] for row in listed if isinstance(row, dict)] == ["Protag", "Captain"]
        assert signed_in.delete(f"/api/v2/{url}").status_code == 204
        assert Persona.objects.filter(owner=alice).count() == 1

    def test_the_default_changes_hands(self, alice: User, signed_in: Client) -> None:
        usual = default_persona_for(alice)
        made = said(post(signed_in, "personas", {"name": "Captain", "is_default": True}))
        assert str(default_persona_for(alice).id) == made["id"]
        assert code(patch(signed_in, f"personas/{made['id']}", {"is_default": False})) == (400, "bad_input")
        assert code(signed_in.delete(f"/api/v2/personas/{made['id']}")) == (409, "conflict")
        assert said(patch(signed_in, f"personas/{usual.id}", {"is_default": True}))["is_default"] is True
        assert default_persona_for(alice) == usual

    @pytest.mark.parametrize(
        "body",
        [{}, {"name": " "}, {"name": "x" * 81}, {"name": "A", "symbol": "AB"}, {"name": "A", "hue": -1},
         {"name": "A\0"}, {"name": "\ud800"}, {"name": "A", "description": "x" * 20_001}, []],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, alice: User, signed_in: Client, body: Json) -> None:
        assert code(post(signed_in, "personas", body)) == (400, "bad_input")
        assert not Persona.objects.filter(owner=alice).exists()

    def test_alices_is_nothing_to_charlie(self, alice: User, charlie: User, client: Client) -> None:
        hers = personas.create_persona(alice, PersonaChanges(name="Captain"))
        client.force_login(charlie)
        url = f"/api/v2/personas/{hers.id}"
        for answer in (client.get(url), patch(client, f"personas/{hers.id}", {"name": "Mine"}), client.delete(url)):
            assert code(answer) == (404, "not_found")
        assert b"Captain" not in client.get("/api/v2/personas").content

    def test_the_sheet_to_begin_from_is_json_or_markdown(self, signed_in: Client) -> None:
        url = "/api/v2/personas/template"
        sheet = said(signed_in.get(url))["markdown"]
        assert isinstance(sheet, str)
        assert sheet.startswith("# Name\n")
        for answer in (signed_in.get(url, headers={"Accept": "text/markdown"}), signed_in.get(f"{url}?format=md")):
            assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
            assert answer.content.decode() == sheet
        assert signed_in.get(f"{url}?format=xml").status_code == 404


class TestTags:
    def test_they_are_made_changed_and_deleted(self, signed_in: Client) -> None:
        made = said(post(signed_in, "tags", {"name": "Work", "hue": 12}))
        assert (made["name"], made["hue"]) == ("Work", 12)
        assert code(post(signed_in, "tags/", {"name": "WORK"})) == (409, "conflict")
        assert said(patch(signed_in, f"tags/{made['id']}", {"hue": 0})) == made | {"hue": 0}
        assert said(signed_in.get("/api/v2/tags")) == {"tags": [made | {"hue": 0}]}
        assert signed_in.delete(f"/api/v2/tags/{made['id']}").status_code == 204
        assert not Tag.objects.exists()

    @pytest.mark.parametrize(
        "body", [{}, {"name": ""}, {"name": "x" * 41}, {"name": "a\0"}, {"name": "A", "hue": 999}]
    )
    def test_what_cannot_be_is_refused(self, signed_in: Client, body: JsonObject) -> None:
        assert code(post(signed_in, "tags", body)) == (400, "bad_input")
        assert not Tag.objects.exists()

    def test_they_are_put_on_characters_and_chats(
        self, alice: User, charlie: User, mira: Character, alices_chat: Chat, signed_in: Client
    ) -> None:
        hers, theirs = tags.create_tag(alice, "Hers"), tags.create_tag(charlie, "Theirs")
        url = f"/api/v2/characters/{mira.id}/tags"
        answer = signed_in.put(url, json.dumps({"tags": [str(hers.id)]}), content_type="application/json")
        assert (answer.status_code, list(mira.tags.all())) == (200, [hers])
        for body, status in (({"tags": [str(theirs.id)]}, 404), ({"tags": ["x"]}, 400), ({}, 400)):
            refused = signed_in.put(url, json.dumps(body), content_type="application/json")
            assert code(refused)[0] == status
        assert list(mira.tags.all()) == [hers]
        assert self.put_on(alices_chat, alice, [hers]) == 200
        assert list(alices_chat.tags.all()) == [hers]
        assert self.put_on(alices_chat, alice, [theirs]) == 404
        assert self.put_on(alices_chat, charlie, [theirs]) == 404
        assert list(alices_chat.tags.all()) == [hers]

    def put_on(self, chat: Chat, user: User, chosen: list[Tag]) -> int:
        request = APIRequestFactory().put("/", {"tags": [str(tag.id) for tag in chosen]}, format="json")
        force_authenticate(request, user)
        return ChatTags.as_view()(request, chat_id=chat.id).status_code

    def test_alices_is_nothing_to_charlie(self, alice: User, charlie: User, mira: Character, client: Client) -> None:
        hers = tags.create_tag(alice, "Hers")
        client.force_login(charlie)
        url = f"/api/v2/tags/{hers.id}"
        for answer in (client.get(url), patch(client, f"tags/{hers.id}", {"name": "Mine"}), client.delete(url)):
            assert code(answer) == (404, "not_found")
        body = json.dumps({"tags": []})
        answer = client.put(f"/api/v2/characters/{mira.id}/tags", body, content_type="application/json")
        assert code(answer) == (404, "not_found")
        assert b"Hers" not in client.get("/api/v2/tags").content
