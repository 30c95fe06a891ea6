"""Whose characters are whose, and how the built-in ones come to be."""

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command

from accounts.models import User
from characters.access import characters_for, default_persona_for, get_character_for
from characters.actions import seeding
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.cards.extras import extras
from characters.models import Character, Persona
from chats.tests.acting import at_once
from core.errors import NotFound

pytestmark = pytest.mark.django_db


def built_in() -> list[Mapping[str, object]]:
    rows = Character.objects.filter(owner=None).order_by("slug")
    return [*rows.values("id", "slug", "name", "version", "tagline", "hue", "portrait", "created_at")]


class TestSeeding:
    def test_it_makes_azera_and_areza(self) -> None:
        assert [character.name for character in seeding.seed_characters()] == ["Azera", "Areza"]
        assert all(len(extras(character.card).openers) == 3 for character in Character.objects.all())

    def test_twice_changes_nothing(self) -> None:
        seeding.seed_characters()
        before = built_in()
        call_command("seed", verbosity=0)
        assert built_in() == before
        assert len(before) == 2

    def test_an_edited_sheet_is_brought_up_to_date(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        azera, areza = seeding.seed_characters()
        shutil.copytree(seeding.SHEETS, tmp_path, dirs_exist_ok=True)
        monkeypatch.setattr(seeding, "SHEETS", tmp_path)
        sheet = (tmp_path / "azera.md").read_text().replace("# Azera", "# Azera the Second", 1)
        (tmp_path / "azera.md").write_text(sheet)
        again, _ = seeding.seed_characters()
        assert (again.id, again.name, again.card.description) == (azera.id, "Azera the Second", sheet)
        assert Character.objects.get(id=areza.id).version == areza.version

    def test_a_character_of_somebodys_own_is_left_alone(self, alice: User) -> None:
        hers = create_character(alice, Card("My Azera", description="mine"))
        Character.objects.filter(id=hers.id).update(slug="azera")
        seeding.seed_characters()
        hers.refresh_from_db()
        assert (hers.name, hers.card.description) == ("My Azera", "mine")
        assert Character.objects.filter(slug="azera").count() == 2


class TestAccess:
    @pytest.fixture
    def hers(self, alice: User) -> Character:
        return create_character(alice, Card("Hers", description="# Hers"))

    def test_ones_own_and_the_built_in_are_there(self, alice: User, azera: Character, hers: Character) -> None:
        assert get_character_for(alice, hers.id) == hers
        assert get_character_for(alice, azera.id) == azera
        assert [character.name for character in characters_for(alice)] == ["Azera", "Areza", "Hers"]

    def test_a_strangers_is_not_there_like_one_that_never_was(
        self, charlie: User, azera: Character, hers: Character
    ) -> None:
        assert get_character_for(charlie, azera.id) == azera
        said = []
        for character_id in (hers.id, uuid4()):
            with pytest.raises(NotFound) as refused:
                get_character_for(charlie, character_id)
            said.append(refused.value.body())
        assert said[0] == said[1]
        assert hers not in characters_for(charlie)


class TestDefaultPersona:
    def test_it_is_protag(self, alice: User) -> None:
        persona = default_persona_for(alice)
        assert (persona.name, persona.symbol, persona.owner) == ("Protag", "⚡", alice)

    def test_it_is_made_once(self, alice: User, charlie: User) -> None:
        assert default_persona_for(alice) == default_persona_for(alice)
        assert default_persona_for(charlie) != default_persona_for(alice)

    def test_another_one_can_be_chosen(self, alice: User) -> None:
        default_persona_for(alice)
        Persona.objects.filter(owner=alice).update(is_default=False)
        chosen = Persona.objects.create(owner=alice, name="Captain", symbol="⚓", is_default=True)
        assert default_persona_for(alice) == chosen

    @pytest.mark.django_db(transaction=True)
    def test_asked_for_in_the_same_moment_it_is_made_once(self, alice: User) -> None:
        found = at_once([partial(default_persona_for, alice)] * 8)
        assert set(found) == {Persona.objects.get(owner=alice)}
