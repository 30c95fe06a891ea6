"""Files and file names that mean harm: nothing falls over, and nothing lies where it should not."""

import json
import random
import time
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from characters import files
from characters.cards.tests.made import text, v3
from characters.models import Asset, Character, Import, Lorebook
from characters.tests.bringing import PAGE, bring, carried_out, client_of, files_below, rooms
from characters.tests.corpus import cases, drawn, dressed
from characters.tests.hostile import bombs, mutated
from core.jobs import Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]
CARD = dressed(drawn(), text("ccv3", v3()))
MUTATIONS, SEED = 300, 20_26
# Refusing takes a second at most; twice of that where the machine is busy with other tests.
MOST_SECONDS = 2.0

NAMES = [
    *(up + end for up in ("../", "..\\", "..%2f", "%2e%2e/", "....//", "\u2025/") for end in ("x.png", "../x.png")),
    *("/etc/passwd", "/etc/cron.d/x", "C:\\x.png", "C:x.png", "\\\\host\\share\\x.png", "//host/x.png", "~/x.png"),
    *("file:///etc/passwd", "http://example.org/x.png", "x.png/", "x.png/.", "./x.png", ".", "..", "...", ".htaccess"),
    *("x\0.png", "x.png\0.exe", "\0", "x\r\nSet-Cookie: a=b.png", "x\n.png", "x\t.png", "\x1b[2J.png", "\x7f.png"),
    *("CON.png", "NUL", "aux.json", "COM1", "x.png:stream", "x.png::$DATA", "x. ", "x.png ", " x.png"),
    *("\uff0e\uff0e\uff0fx.png", "\u2024\u2024\u2215x.png", "x\u202egnp.exe", "x\u200b.png", "\ud55c\uad6d\uc5b4.png"),
    *("\U0001f5ff" * 80 + ".png", "a" * 10_000 + ".png", "a" * 255, "a/" * 2_000 + "x.png", "-rf"),
    *("$(touch x).png", "`touch x`.png", "x;rm -rf x.png", "|x.png", "x'\"<b>.png", "~root/.ssh/x", "x.png\\"),
    "--help",
    "x.png" + "\u0301" * 5_000,
    *("{{7*7}}.png", "{% debug %}.png", "%s%s%n.png", "%(file)s.png", "<script>alert(1)</script>.png", "..;/x.png"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> tuple[Path, Path]:
    return rooms(settings, tmp_path)


def test_no_name_reaches_the_disk(alice: User, folders: tuple[Path, Path], tmp_path: Path) -> None:
    client = client_of(alice)
    assert len(NAMES) >= 60
    for name in NAMES:
        answer = client.post(PAGE, _named(name))
        assert answer.status_code in {302, 400}, name
        for row in Import.objects.filter(owner=alice, status=Status.QUEUED):
            assert {file.name for file in files_below(folders[1])} == {str(row.id)}, name
            carried_out(row)
            page = client.get(f"{PAGE}{row.id}/")
            assert (page.status_code, b"<script>alert" in page.content) == (200, False), name
        digests = set(Asset.objects.values_list("digest", flat=True))
        assert {file.name[:64] for file in files_below(tmp_path)} == digests, name


def test_no_name_in_a_hand_written_form_reaches_the_disk(alice: User, folders: tuple[Path, Path]) -> None:
    """As no client of ours would send it: nothing is escaped."""
    client = client_of(alice)
    for name in NAMES:
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        sent = head.encode("utf-8", "replace") + CARD + b"\r\n--x--\r\n"
        answer = client.generic("POST", PAGE, sent, "multipart/form-data; boundary=x")
        assert answer.status_code in {302, 400}, name
        live = {str(row.id) for row in Import.objects.filter(status=Status.QUEUED)}
        assert {file.name for file in files_below(*folders)} == live, name
        for import_id in live:
            files.QUARANTINE.release(UUID(import_id))
        Import.objects.all().delete()


@pytest.mark.parametrize("name", list(bombs()))
def test_a_bomb_is_refused_within_a_second(name: str, alice: User, folders: tuple[Path, Path], tmp_path: Path) -> None:
    content = bombs()[name]
    row = Import.objects.get(id=_upload(client_of(alice), content))
    begun = time.monotonic()
    row = carried_out(row)
    assert time.monotonic() - begun < MOST_SECONDS
    assert not row.is_live
    # A card whose picture is a bomb may come in without it; the picture never does.
    assert not Asset.objects.filter(is_sealed=False).exists()
    digests = set(Asset.objects.values_list("digest", flat=True))
    assert {file.name for file in files_below(tmp_path)} == digests


def test_files_that_were_damaged_at_random_end_one_way_or_the_other(alice: User, tmp_path: Path) -> None:
    rng = random.Random(SEED)
    sound = [case.content for case in cases() if len(case.content) < 2**18]
    ended: dict[str, int] = {}
    for _number in range(MUTATIONS):
        row = bring(alice, mutated(rng, sound) or b"x")
        assert row.status in {Status.DONE, Status.FAILED}
        assert row.failure_code != "our_fault"
        ended[row.failure_code] = ended.get(row.failure_code, 0) + 1
        assert (row.status == Status.DONE) == (row.character_id is not None or row.lorebook_id is not None)
    assert ended[""] > MUTATIONS // 20
    assert len(ended) > 3
    named = set(Asset.objects.values_list("digest", flat=True))
    assert named <= {file.name[:64] for file in files_below(tmp_path)}
    assert {file.parent.parent for file in files_below(tmp_path)} == {tmp_path / "media" / "shelf"}
    for character in Character.objects.filter(owner=alice):
        assert character.card.name.strip()
        json.dumps(character.card.raw)
    for lorebook in Lorebook.objects.filter(owner=alice):
        assert lorebook.book is not None


def _named(name: str) -> dict[str, SimpleUploadedFile]:
    """Django's own class would make the name harmless before it is sent."""
    file = SimpleUploadedFile("placeholder", CARD)
    file._name = name  # type: ignore[attr-defined]
    return {"file": file}


def _upload(client: Client, content: bytes) -> str:
    answer = client.post(
        PAGE, {"file": SimpleUploadedFile("card.png", content)}, headers={"accept": "application/json"}
    )
    assert answer.status_code == 202
    found: str = answer.json()["imports"][0]["id"]
    return found
