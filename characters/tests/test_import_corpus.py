"""The corpus through the door: each card with its fields, and with the report it should have."""

from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from characters.models import Asset, Character, Lorebook
from characters.tests.bringing import bring, character_of, client_of, codes, facts, files_below, rooms
from characters.tests.corpus import Case, cases
from core.jobs import Status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> tuple[Path, Path]:
    return rooms(settings, tmp_path)


def test_it_is_large_enough_and_names_nothing_twice() -> None:
    assert len(cases()) >= 60
    assert len({case.name for case in cases()}) == len(cases())


@pytest.mark.parametrize("case", [case for case in cases() if not case.failure], ids=lambda case: case.name)
def test_it_comes_in_as_expected(case: Case, alice: User, folders: tuple[Path, Path]) -> None:
    shelf, quarantine = folders
    row = bring(alice, case.content, case.file_name)
    assert (row.status, row.failure_code, row.container) == (Status.DONE, "", case.container)
    assert codes(row) == case.report
    assert tuple(row.links) == case.links
    assert files_below(quarantine) == set()
    assert facts(row)["entries"] == case.entries
    if row.lorebook is not None:
        assert row.lorebook.name == case.fields["name"]
        assert len(row.lorebook.book.entries) == case.entries
        return
    character = character_of(row)
    card = character.card
    assert {name: getattr(card, name) for name in case.fields} == dict(case.fields)
    assert (facts(row)["version"], facts(row)["greetings"]) == (case.version, case.greetings)
    assert bool(character.face) == case.has_face
    assets = Asset.objects.filter(character=character)
    assert (facts(row)["files"], assets.count()) == (case.files, case.files)
    assert not any(asset.uri.lower().startswith("data:") for asset in card.assets)
    kept = {file.name for file in files_below(shelf) if "-" not in file.name}
    assert kept == set(assets.values_list("digest", flat=True))
    assert client_of(alice).get(f"/characters/import/{row.id}/").status_code == 200


@pytest.mark.parametrize("case", [case for case in cases() if case.failure], ids=lambda case: case.name)
def test_what_is_no_card_becomes_nothing_and_its_report_says_why(
    case: Case, alice: User, folders: tuple[Path, Path]
) -> None:
    row = bring(alice, case.content, case.file_name)
    assert (row.status, row.failure_code) == (Status.FAILED, case.failure)
    assert not Character.objects.filter(owner=alice).exists()
    assert not Lorebook.objects.exists()
    assert files_below(*folders) == set()
    assert 'data-tone="danger"' in client_of(alice).get(f"/characters/import/{row.id}/").content.decode()
