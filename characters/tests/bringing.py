"""Files brought through the door, and what a worker makes of them."""

from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from characters import importing
from characters.models import Character, Import
from characters.models.character import card_text

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

PAGE = "/characters/import/"


def rooms(settings: Settings, where: Path) -> tuple[Path, Path]:
    """A shelf and a quarantine of the test's own."""
    settings.MEDIA_ROOT, settings.QUARANTINE_DIR = where / "media", where / "quarantine"
    return where / "media" / "shelf", where / "quarantine"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, content: bytes, name: str = "card.png") -> "_MonkeyPatchedWSGIResponse":
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)}, headers={"accept": "application/json"})


def bring(user: User, content: bytes, name: str = "card.png") -> Import:
    """Through the door, and then as a worker does it."""
    answer = upload(client_of(user), content, name)
    assert answer.status_code == 202, answer.content
    return carried_out(Import.objects.get(id=answer.json()["imports"][0]["id"]))


def carried_out(row: Import) -> Import:
    importing.run_import(row.id)
    row.refresh_from_db()
    return row


def character_of(row: Import) -> Character:
    assert row.character is not None, (row.status, row.failure_code, row.failure_details)
    return row.character


def codes(row: Import) -> set[tuple[str, str]]:
    """What its report says: fate and code."""
    return {(notice["fate"], notice["code"]) for notice in row.notices if notice["code"] != "facts"}


def facts(row: Import) -> dict[str, int]:
    found: dict[str, int] = next(notice["details"] for notice in row.notices if notice["code"] == "facts")
    return found


def said(character: Character) -> str:
    return card_text(character.card)


def files_below(*folders: Path) -> set[Path]:
    """All but the lock of the shelf."""
    return {file for folder in folders for file in folder.rglob("*") if file.is_file() and file.name != ".lock"}
