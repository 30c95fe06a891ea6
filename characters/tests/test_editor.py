"""The editor through its doors: what is saved, kept, refused, and found differing."""

import io
from pathlib import Path
from typing import cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import User
from characters.actions.characters import create_character, save_card
from characters.cards.card import Card, with_changes
from characters.cards.extras import Extras, extras, with_extras
from characters.models import Character, Draft, Persona
from characters.tests.writing import Fields, address, shown
from chats.actions.starting import start_chat
from chats.company import host_persona
from weights.models import LanguageModel

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}
SHEET = "# Mira\n\n## Intent\nKeeps the lamp.\n\n## Quirks\nLikes *brass*.\n"


@pytest.fixture
def mira(alice: User) -> Character:
    card = Card("Mira", description=SHEET, first_message="You came.", alternate_greetings=("Again?",), tags=("sea",))
    odd = with_extras(card, Extras("Keeper.", 248, openers=("Hello",)))
    data = cast(dict[str, object], odd.raw["data"])
    data["odd"] = {"kept": True}
    return create_character(alice, odd)


@pytest.fixture
def page(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def now(character: Character) -> Card:
    return Character.objects.get(id=character.id).card


class TestSaving:
    @pytest.mark.parametrize("view", ["form", "markdown"])
    def test_a_page_that_nobody_touched_makes_no_version(self, page: Client, mira: Character, view: str) -> None:
        answer = page.post(address("edit", mira), shown(page, mira, view))
        assert answer.status_code == 302
        assert mira.versions.count() == 1
        assert not Draft.objects.exists()

    def test_every_field_is_saved_as_the_next_version(self, page: Client, mira: Character) -> None:
        fields = shown(page, mira) | {
            "name": "Mira Vale",
            "nickname": "Mir",
            "tagline": "Keeper of the last lighthouse.",
            "sheet": "# Mira Vale\r\n\r\nAll new.",
            "hue": "12",
            "scenario": "A storm.",
            "personality": "dry",
            "first_message": "Shut the door.",
            "greeting": ["One", "", "Two"],
            "group_greeting": ["All of you?"],
            "example_dialogue": "<START>\r\n{{user}}: Hi",
            "opener": ["Who are you?", "", ""],
            "system_prompt": "{{original}} Be brief.",
            "post_history_instructions": "Stay.",
            "rating": "teen",
            "language": "EN",
            "tags": "sea,  calm , sea",
            "creator_notes": "for a *test*",
            "creator": "us",
            "character_version": "2",
        }
        assert page.post(address("edit", mira), fields).status_code == 302
        card = now(mira)
        assert (card.name, card.nickname, card.description) == ("Mira Vale", "Mir", "# Mira Vale\n\nAll new.")
        assert (card.scenario, card.personality, card.first_message) == ("A storm.", "dry", "Shut the door.")
        assert (card.alternate_greetings, card.group_only_greetings) == (("One", "Two"), ("All of you?",))
        assert (card.system_prompt, card.post_history_instructions) == ("{{original}} Be brief.", "Stay.")
        assert card.example_dialogue == "<START>\n{{user}}: Hi"
        assert (card.tags, card.creator_notes, card.creator) == (("sea", "calm"), "for a *test*", "us")
        assert card.character_version == "2"
        own = extras(card)
        assert (own.tagline, own.hue, own.rating, own.language) == (
            "Keeper of the last lighthouse.", 12, "teen", "en",
        )  # fmt: skip
        assert own.openers == ("Who are you?",)
        assert cast(dict[str, object], card.raw["data"])["odd"] == {"kept": True}
        row = Character.objects.get(id=mira.id)
        assert (row.name, row.hue, row.version and row.version.number) == ("Mira Vale", 12, 2)

    def test_the_form_view_writes_the_sections_into_the_sheet(self, page: Client, mira: Character) -> None:
        fields = shown(page, mira, "form") | {
            "section_title": ["Quirks", "Intent", "New"],
            "section_body": ["Likes *brass*.", "Keeps the lamp.", "Said\r\ntwice."],
        }
        page.post(address("edit", mira), fields)
        assert now(mira).description == (
            "# Mira\n\n## Quirks\nLikes *brass*.\n\n## Intent\nKeeps the lamp.\n\n## New\nSaid\ntwice.\n"
        )

    def test_how_it_is_told_is_saved_beside_the_card(self, page: Client, mira: Character, alice: User) -> None:
        sailor = Persona.objects.create(owner=alice, name="Sailor")
        fields = shown(page, mira) | {
            "temperature": "1.2", "top_p": "0.8", "max_tokens": "300", "prompt_format": "chatml",
            "persona": str(sailor.id),
        }  # fmt: skip
        page.post(address("edit", mira), fields)
        row = Character.objects.get(id=mira.id)
        assert (row.temperature, row.top_p, row.max_tokens, row.prompt_format) == (1.2, 0.8, 300, "chatml")
        assert row.persona == sailor
        assert row.versions.count() == 1
        assert host_persona(start_chat(alice, row)) == sailor

    def test_what_is_not_theirs_to_choose_is_as_if_nothing_were_chosen(
        self, page: Client, mira: Character, charlie: User
    ) -> None:
        theirs = Persona.objects.create(owner=charlie, name="Charlie's")
        half = LanguageModel.objects.create(name="half", source="file")
        fields = shown(page, mira) | {"persona": str(theirs.id), "language_model": str(half.id)}
        assert page.post(address("edit", mira), fields).status_code == 302
        row = Character.objects.get(id=mira.id)
        assert (row.persona, row.language_model) == (None, None)

    def test_a_script_is_told_the_number(self, page: Client, mira: Character) -> None:
        answer = page.post(address("edit", mira), shown(page, mira) | {"scenario": "A storm."}, headers=JSON)
        assert answer.json() == {"number": 2, "name": "Mira"}


class TestRefusing:
    WRONG = (
        ("name", " ", "The character needs a name."),
        ("temperature", "2.1", "less than or equal to 2"),
        ("top_p", "0", "greater than or equal to 0.01"),
        ("max_tokens", "0", "greater than or equal to 1"),
        ("language", "english!", "A language is written as"),
        ("hue", "360", "less than or equal to 359"),
        ("tagline", "x" * 161, "at most 160"),
    )

    @pytest.mark.parametrize(("field", "text", "sentence"), WRONG)
    def test_it_says_why_beside_the_field_and_loses_nothing(
        self, page: Client, mira: Character, field: str, text: str, sentence: str
    ) -> None:
        fields = shown(page, mira) | {field: text, "scenario": "Typed for an hour.", "greeting": ["Typed, too."]}
        answer = page.post(address("edit", mira), fields)
        assert answer.status_code == 400
        said = answer.content.decode()
        assert sentence in said
        assert "Typed for an hour." in said
        assert "Typed, too." in said
        assert mira.versions.count() == 1
        told = page.post(address("edit", mira), fields, headers=JSON)
        assert told.status_code == 400
        assert sentence in told.json()["fields"][field]

    def test_a_form_without_its_version_is_refused(self, page: Client, mira: Character) -> None:
        fields = shown(page, mira)
        del fields["base"]
        assert page.post(address("edit", mira), fields).status_code == 400
        assert page.post(address("edit", mira), fields | {"base": "7"}).status_code == 404


class TestDrafts:
    def test_a_draft_is_kept_shown_and_discarded(self, page: Client, mira: Character) -> None:
        fields = shown(page, mira) | {"scenario": "Not saved yet."}
        assert page.post(address("draft", mira), fields).status_code == 204
        assert now(mira).scenario == ""
        again = page.get(address("edit", mira)).content.decode()
        assert "You have unsaved changes from" in again
        assert "Not saved yet." in again
        assert page.post(address("discard", mira)).status_code == 302
        assert "Not saved yet." not in page.get(address("edit", mira)).content.decode()

    def test_a_draft_that_says_what_is_saved_is_none(self, page: Client, mira: Character) -> None:
        page.post(address("draft", mira), shown(page, mira) | {"scenario": "x"})
        assert page.post(address("draft", mira), shown(page, mira) | {"scenario": ""}).status_code == 204
        assert not Draft.objects.exists()

    def test_what_may_not_be_saved_may_be_kept(self, page: Client, mira: Character) -> None:
        fields = shown(page, mira) | {"name": "", "hue": "900", "scenario": "Halfway."}
        assert page.post(address("draft", mira), fields).status_code == 204
        kept = Draft.objects.get()
        assert (kept.card.name, kept.card.scenario, extras(kept.card).hue) == ("", "Halfway.", 248)
        assert page.get(address("edit", mira)).status_code == 200

    def test_saving_ends_the_draft(self, page: Client, mira: Character) -> None:
        fields = shown(page, mira) | {"scenario": "A storm."}
        page.post(address("draft", mira), fields)
        page.post(address("edit", mira), fields)
        assert not Draft.objects.exists()
        assert now(mira).scenario == "A storm."


class TestConflict:
    @pytest.fixture
    def late(self, page: Client, mira: Character, alice: User) -> Fields:
        """What somebody wrote while the character was saved elsewhere."""
        fields = shown(page, mira) | {"scenario": "Mine."}
        save_card(alice, mira.id, with_changes(now(mira), personality="Theirs."), base=1)
        return fields

    def test_both_are_shown_and_nothing_is_lost(self, page: Client, mira: Character, late: Fields) -> None:
        answer = page.post(address("edit", mira), late | {"temperature": "1.5"})
        assert answer.status_code == 409
        said = answer.content.decode()
        assert "Version 2 was saved elsewhere" in said
        assert "Mine." in said
        assert "Theirs." in said
        assert 'value="1.5"' in said
        assert Draft.objects.get().card.scenario == "Mine."
        assert now(mira).scenario == ""

    def test_saving_once_more_puts_it_on_top(self, page: Client, mira: Character, late: Fields) -> None:
        page.post(address("edit", mira), late)
        again = shown(page, mira)
        assert (again["base"], again["scenario"]) == ("2", "Mine.")
        assert page.post(address("edit", mira), again).status_code == 302
        assert mira.versions.count() == 3
        assert now(mira).scenario == "Mine."
        assert not Draft.objects.exists()

    def test_a_script_gets_the_status_and_finds_the_draft(self, page: Client, mira: Character, late: Fields) -> None:
        answer = page.post(address("edit", mira), late, headers=JSON)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
        assert "Version 2 was saved elsewhere" in page.get(address("edit", mira)).content.decode()


class TestFace:
    @pytest.fixture(autouse=True)
    def _shelf(self, settings: Settings, tmp_path: Path) -> None:
        settings.MEDIA_ROOT = tmp_path

    def picture(self, width: int = 80, height: int = 100) -> SimpleUploadedFile:
        drawn = io.BytesIO()
        Image.new("RGB", (width, height), "teal").save(drawn, "PNG")
        return SimpleUploadedFile("../face.png", drawn.getvalue(), "image/png")

    def test_a_picture_becomes_the_face_in_a_version_of_its_own(self, page: Client, mira: Character) -> None:
        page.post(address("draft", mira), shown(page, mira) | {"scenario": "Not saved yet."})
        part = {"x": "0.25", "y": "0", "width": "0.5", "height": "1"}
        answer = page.post(address("face", mira), {"picture": self.picture(), "base": "1", **part}, headers=JSON)
        assert (answer.status_code, answer.json()["number"]) == (201, 2)
        face = Character.objects.get(id=mira.id).assets.get()
        assert (face.width, face.height) == (40, 100)
        assert answer.json()["portrait"].endswith(f"/pictures/{face.digest}/480.webp")
        assert Draft.objects.get().card.scenario == "Not saved yet."
        assert now(mira).scenario == ""

    def test_without_scripts_it_is_taken_whole(self, page: Client, mira: Character) -> None:
        answer = page.post(
            address("face", mira),
            {"picture": self.picture(), "base": "1", "x": "", "y": "", "width": "", "height": ""},
        )
        assert answer.headers["Location"] == address("edit", mira)
        assert Character.objects.get(id=mira.id).assets.get().width == 80

    @pytest.mark.parametrize(
        ("wrong", "status"),
        [
            ({"picture": SimpleUploadedFile("a.png", b"<svg onload=alert(1)>")}, 400),
            ({"picture": ""}, 400),
            ({"x": "0.9", "y": "0", "width": "0.5", "height": "1"}, 400),
            ({"x": "nan", "y": "0", "width": "0.5", "height": "1"}, 400),
            ({"base": "9"}, 409),
            ({"base": ""}, 400),
        ],
    )
    def test_what_is_no_picture_changes_nothing(
        self, page: Client, mira: Character, wrong: dict[str, str], status: int
    ) -> None:
        answer = page.post(address("face", mira), {"picture": self.picture(), "base": "1", **wrong}, headers=JSON)
        assert answer.status_code == status
        assert answer.json()["error"]["message"]
        assert mira.versions.count() == 1


class TestPreview:
    def test_it_is_sanitised_counted_and_in_the_names_of_both(self, page: Client) -> None:
        text = "# Mira\n\n## Intent\n{{char}} and {{user}} <script>alert(1)</script>\n\n## Quirks\n**brass**\n"
        shown = page.post("/characters/preview/", {"text": text, "name": "Mira"}).json()
        assert "<script" not in shown["html"]
        assert "Mira and Protag" in shown["html"]
        assert "<strong>brass</strong>" in shown["html"]
        assert [one["title"] for one in shown["sections"]] == ["Intent", "Quirks"]
        assert 0 < shown["sections"][1]["tokens"] < shown["tokens"]

    def test_a_text_without_an_end_is_refused(self, page: Client) -> None:
        assert page.post("/characters/preview/", {"text": "x" * 400_001}).status_code == 400


class TestBeginning:
    def test_from_the_template_with_the_name_in_it(self, page: Client, alice: User) -> None:
        answer = page.post("/characters/new/", {"name": "Mira Vale", "start": "template"})
        made = Character.objects.get(owner=alice)
        assert answer.headers["Location"] == address("edit", made)
        assert made.card.description.startswith("# Mira Vale\n\n## Intent")
        assert "You are Mira Vale," in made.card.description
        assert page.get(address("edit", made)).status_code == 200

    def test_from_scratch(self, page: Client, alice: User) -> None:
        page.post("/characters/new/", {"name": "Mira", "start": "scratch"})
        assert Character.objects.get(owner=alice).card.description == ""

    def test_a_name_is_needed(self, page: Client) -> None:
        answer = page.post("/characters/new/", {"name": " ", "start": "scratch"})
        assert (answer.status_code, Character.objects.filter(owner__isnull=False).count()) == (400, 0)
        assert "The character needs a name." in answer.content.decode()

    def test_no_more_than_there_may_be(self, page: Client, mira: Character, settings: Settings) -> None:
        settings.CHARACTERS_PER_USER = 1
        answer = page.post("/characters/new/", {"name": "One more", "start": "scratch"})
        assert answer.status_code == 429
        assert "Delete one to make room." in answer.content.decode()
        assert "One more" in answer.content.decode()


ROUTES = ("edit", "draft", "discard", "face", "delete", "undelete", "versions", "version", "restore")


class TestStrangers:
    @pytest.mark.parametrize("route", ROUTES)
    @pytest.mark.parametrize("verb", ["get", "post"])
    def test_there_is_nothing_for_charlie(
        self, client: Client, charlie: User, alice: User, mira: Character, route: str, verb: str
    ) -> None:
        client.force_login(alice)
        fields = shown(client, mira) | {"scenario": "Charlie was here."}
        client.force_login(charlie)
        more = [1] if route in ("version", "restore") else []
        answer = getattr(client, verb)(address(route, mira, *more), fields)
        assert answer.status_code in (404, 405)
        assert (now(mira).scenario, Draft.objects.count(), mira.versions.count()) == ("", 0, 1)

    def test_nobody_edits_a_built_in_one(self, page: Client, azera: Character) -> None:
        assert page.get(address("edit", azera)).status_code == 404
        assert page.post(address("edit", azera), {"base": "1"}).status_code == 404

    def test_whoever_is_not_signed_in_is_asked_to(self, client: Client, mira: Character) -> None:
        for route in ("edit", "versions"):
            assert "/account/login/" in client.get(address(route, mira)).headers["Location"]
        assert "/account/login/" in client.post("/characters/preview/").headers["Location"]
