"""What goes out comes back as it was, however often, and is named so that every system can save it."""

import json
import random
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import User
from characters import exporting
from characters.actions.characters import create_character
from characters.cards import containers, png
from characters.cards.card import Card, to_v3
from characters.cards.tests.made import as_json, text, v2, v3, zipped
from characters.exporting import Exported, Kind
from characters.models import Asset, Character
from characters.report import Notices
from characters.tests.bringing import bring, character_of, client_of, rooms
from characters.tests.corpus import DESCRIPTION, SOUND, asset, data, drawn, dressed
from core.json import Json, JsonObject

TRIPS = 5
WHOLE = [Kind.PNG, Kind.JSON, Kind.V2_JSON, Kind.CHARX]
SCRIPTS: JsonObject = {
    "regex_scripts": [{"findRegex": "/(a+)+$/", "runOnEdit": True}],
    "risuai": {"triggerscript": ["x"]},
}


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> tuple[Path, Path]:
    return rooms(settings, tmp_path)


def noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


def rich() -> bytes:
    """A picture with a card that has files of three kinds, scripts of others, and keys nobody knows on every level."""
    joy: Json = {**asset(data(drawn("JPEG"), "image/jpeg"), "joy", "emotion", "jpeg"), "theirs": {"a": [1]}}
    hum = asset(data(SOUND, "audio/mpeg"), "hum", "x_sound", "mp3")
    card = v3(assets=[asset("ccdefault:"), joy, hum], extensions={**SCRIPTS, "theirs": {"b": None}}, theirs=["c", 1.5])
    return dressed(drawn(), text("ccv3", {**card, "theirs": True}))


def content_of(character: Character) -> JsonObject:
    """All that a card says, with the digest of each file in place of its address, which a container chooses."""
    digests = dict(Asset.objects.filter(character=character).values_list("uri", "digest"))
    said: JsonObject = json.loads(json.dumps(to_v3(character.card)))
    inner = said["data"]
    assert isinstance(inner, dict)
    assets = inner.get("assets")
    # A card that names no files has the one its container is.
    for one in assets if isinstance(assets, list) else []:
        assert isinstance(one, dict)
        one["uri"] = digests.get(str(one["uri"]), one["uri"])
    return said


def extensions_of(character: Character) -> Json:
    inner = character.card.raw["data"]
    assert isinstance(inner, dict)
    return inner["extensions"]


def exported(client: Client, character: Character, kind: str) -> bytes:
    answer = client.get(f"/characters/{character.id}/export/{kind}/")
    assert answer.status_code == 200, answer.content[:300]
    return answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("kind", WHOLE)
def test_five_round_trips_keep_every_field_key_and_file(kind: Kind, alice: User) -> None:
    client = client_of(alice)
    character = character_of(bring(alice, rich()))
    before = content_of(character)
    assert character.face
    for _trip in range(TRIPS):
        row = bring(alice, exported(client, character, kind), f"card.{kind}")
        character = character_of(row)
        assert content_of(character) == before
    assert {**dict(character.card.raw)}["theirs"] is True


@pytest.mark.django_db
@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("made", [v2, v3])
def test_a_card_without_files_of_its_own_stays_as_it_is(kind: Kind, made: type, alice: User) -> None:
    client = client_of(alice)
    character = character_of(bring(alice, dressed(drawn(), text("chara", made()))))
    face, extensions = character.face, extensions_of(character)
    for _trip in range(TRIPS):
        character = character_of(bring(alice, exported(client, character, kind)))
        assert (character.face, character.hue, character.tagline) == (face, character.hue, character.tagline)
        without = [one for one in character.card.assets if not one.is_face]
        assert without == []
        assert extensions_of(character) == extensions
        assert character.card.description == DESCRIPTION


@pytest.mark.django_db
def test_a_sheet_comes_back_letter_by_letter(alice: User, azera: Character) -> None:
    client = client_of(alice)
    sheet = exported(client, azera, "md")
    for _trip in range(TRIPS):
        character = character_of(bring(alice, sheet, "azera.md"))
        assert (character.name, character.card.description) == ("Azera", azera.card.description)
        sheet = exported(client, character, "md")


@pytest.mark.django_db
def test_a_description_without_a_heading_gets_one(alice: User) -> None:
    character = create_character(alice, Card("Maren", description="Keeps the lighthouse."))
    assert exported(client_of(alice), character, "md") == b"# Maren\n\nKeeps the lighthouse."


@pytest.mark.django_db
def test_a_picture_card_holds_both_versions_for_old_and_new_programs(alice: User) -> None:
    character = create_character(alice, Card("Maren"))
    written = exported(client_of(alice), character, "png")
    assert [one.keyword for one in png.read_texts(written, Notices())] == ["chara", "ccv3"]
    assert containers.read(written).card.name == "Maren"


@pytest.mark.django_db
def test_everybody_may_take_a_built_in_character_along(alice: User, azera: Character) -> None:
    character = character_of(bring(alice, exported(client_of(alice), azera, "png")))
    assert character.card.description == azera.card.description
    assert character.face
    assert character.owner == alice
    assert containers.read(exported(client_of(alice), azera, "charx")).picture is not None


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(Kind))
def test_it_is_saved_and_never_shown(kind: Kind, alice: User) -> None:
    character = create_character(alice, Card("Zoë / Ng", description="x"))
    answer = client_of(alice).get(f"/characters/{character.id}/export/{kind}/")
    ending = "v2.json" if kind is Kind.V2_JSON else kind.value
    said = answer.headers["Content-Disposition"]
    assert said == f"attachment; filename=\"Zoe-Ng.{ending}\"; filename*=UTF-8''Zo%C3%AB%20Ng.{ending}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@given(name=st.text(max_size=80))
def test_no_name_leaves_its_quotes(name: str) -> None:
    stem = exporting._file_stem(name)
    said = Exported(b"", "text/plain", f"{stem}.png").disposition
    assert said.isascii()
    assert said.isprintable()
    assert said.count('"') == 2
    assert "/" not in said
    assert unquote(said.partition("UTF-8''")[2]) == f"{stem}.png"


@pytest.mark.django_db
def test_what_would_be_too_large_is_refused_with_a_sentence(alice: User) -> None:
    hum = asset("embeded://hum.mp3", "hum", "x_sound", "mp3")
    character = character_of(
        bring(alice, zipped({"card.json": as_json(v3(assets=[hum])), "hum.mp3": noise(7 * 2**20)}))
    )
    answer = client_of(alice).get(f"/characters/{character.id}/export/json/", headers={"accept": "application/json"})
    assert answer.status_code == 409
    assert "8 MiB" in answer.json()["error"]["message"]
    assert containers.read(exported(client_of(alice), character, "charx")).assets


@pytest.mark.django_db
def test_the_api_exports_the_same(alice: User) -> None:
    character = create_character(alice, Card("Maren", description="x"))
    client = client_of(alice)
    for format_, kind in (("png", "png"), ("json", "json"), ("v2", "v2-json"), ("charx", "charx"), ("md", "md")):
        answer = client.get(f"/api/v2/characters/{character.id}/export?format={format_}")
        assert answer.content == exported(client, character, kind)
    assert client.get(f"/api/v2/characters/{character.id}/export?format=exe").status_code == 400
    assert client.get(f"/characters/{character.id}/export/exe/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(Kind))
def test_a_stranger_gets_nothing(kind: Kind, alice: User, charlie: User) -> None:
    character = create_character(alice, Card("Maren"))
    assert client_of(charlie).get(f"/characters/{character.id}/export/{kind}/").status_code == 404
    assert client_of(charlie).get(f"/api/v2/characters/{character.id}/export?format=png").status_code == 404
    assert Client().get(f"/characters/{character.id}/export/{kind}/").status_code == 302
