"""The shelf and its pictures: what lies there, who sees it, and when it goes."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from characters import files, pictures, portrayal, recovery
from characters.actions.characters import create_character, save_card
from characters.actions.faces import set_face
from characters.cards.card import Card, with_changes
from characters.cards.tests.made import as_json, text, v2, v3
from characters.models import Asset, Character, Draft, Persona, Publication
from characters.models.character import card_text
from characters.pictures import Box
from characters.tests.bringing import bring, character_of, client_of, files_below, rooms
from characters.tests.corpus import SOUND, asset, data, drawn, dressed
from core.errors import BadInput, Conflict, NotFound

pytestmark = pytest.mark.django_db
LONG_AGO = 0.0


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> tuple[Path, Path]:
    return rooms(settings, tmp_path)


def aged(*folders: Path) -> None:
    """As if nobody had touched any of it for two days."""
    then = time.time() - 2 * recovery.UNNAMED_SECONDS
    for file in files_below(*folders):
        os.utime(file, (then, then))


def listed(character: Character) -> Publication:
    assert character.version is not None
    publication, _created = Publication.objects.update_or_create(
        character=character,
        defaults={
            "owner": character.owner,
            "version": character.version,
            "author": "Alice",
            "name": character.name,
            "face": character.face,
            "is_listed": True,
        },
    )
    return publication


def brought(user: User) -> Character:
    """With a face, an emotion and a sound."""
    joy = asset(data(drawn("JPEG", (0, 120, 60)), "image/jpeg"), "joy", "emotion", "jpeg")
    hum = asset(data(SOUND, "audio/mpeg"), "hum", "x_sound", "mp3")
    return character_of(bring(user, dressed(drawn(), text("ccv3", v3(assets=[asset("ccdefault:"), joy, hum])))))


def seen(user: User, character: Character, digest: str, width: int = 96) -> int:
    return client_of(user).get(f"/characters/{character.id}/pictures/{digest}/{width}.webp").status_code


class TestFiles:
    def test_the_same_bytes_lie_there_once(self, folders: tuple[Path, Path]) -> None:
        assert files.put(b"a") == files.put(b"a")
        assert len(files_below(folders[0])) == 1
        assert files.read(files.put(b"a")) == b"a"

    @pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 63 + "\n"])
    def test_what_is_no_digest_is_no_path(self, digest: str) -> None:
        for ask in (files.path, files.read):
            with pytest.raises(NotFound):
                ask(digest)

    def test_many_who_write_the_same_do_not_disturb_each_other(self, folders: tuple[Path, Path]) -> None:
        gate = threading.Barrier(8)

        def write(_number: int) -> str:
            gate.wait()
            return files.put(b"x" * 100_000)

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(write, range(8)))) == 1
        assert len(files_below(folders[0])) == 1

    def test_a_write_that_fails_leaves_nothing(
        self, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("characters.files.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            files.put(b"a")
        assert files_below(folders[0]) == set()

    def test_a_small_one_that_was_lost_is_made_again(self, folders: tuple[Path, Path]) -> None:
        digest = files.put_picture(pictures.re_encode(drawn()))
        before = files.variant(digest, 96)
        files.path(digest).with_name(f"{digest}-96.webp").unlink()
        assert files.variant(digest, 96) == before


class TestCollecting:
    def test_what_no_row_names_goes_after_a_day(self, alice: User, folders: tuple[Path, Path]) -> None:
        shelf = folders[0]
        character = brought(alice)
        kept = files_below(shelf)
        persona = Persona.objects.create(owner=alice, picture=files.put(b"a persona's"))
        files.put_picture(pictures.re_encode(drawn(colour=(1, 2, 3))))
        (shelf / "ab").mkdir(exist_ok=True)
        (shelf / "ab" / ".part-x").write_bytes(b"half")
        assert recovery.run_collecting() == 0
        aged(shelf)
        assert recovery.run_collecting() == 1
        assert files_below(shelf) == kept | {files.path(persona.picture)}
        assert seen(alice, character, character.face) == 200

    def test_what_is_wanted_again_stays(self, folders: tuple[Path, Path]) -> None:
        digest = files.put(b"a")
        aged(folders[0])
        assert list(files.stale(time.time() - 60)) == [digest]
        files.put(b"a")
        assert not files.remove_stale(digest, time.time() - 60)
        assert files.read(digest) == b"a"

    def test_quarantine_is_swept_too(self, folders: tuple[Path, Path]) -> None:
        files.QUARANTINE.put(uuid4(), [b"of a process that died"])
        recovery.run_collecting()
        assert len(files_below(folders[1])) == 1
        aged(folders[1])
        recovery.run_collecting()
        assert files_below(folders[1]) == set()


class TestPictures:
    def test_its_owner_sees_every_picture_and_no_sealed_file(self, alice: User) -> None:
        character = brought(alice)
        for kept in Asset.objects.filter(character=character):
            for width in (96, 480, 0):
                assert seen(alice, character, kept.digest, width) == (404 if kept.is_sealed else 200)
        assert seen(alice, character, character.face, 97) == 404
        assert seen(alice, character, "0" * 64) == 404

    def test_it_may_stay_in_a_browser_and_is_what_it_says(self, alice: User) -> None:
        character = brought(alice)
        answer = client_of(alice).get(portrayal.portrait(character))
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert pictures.re_encode(answer.content).width == 64
        assert answer.content == files.variant(character.face, 96)

    def test_a_stranger_sees_nothing_until_it_is_listed(self, alice: User, charlie: User) -> None:
        character = brought(alice)
        assert seen(charlie, character, character.face) == 404
        publication = listed(character)
        assert seen(charlie, character, character.face) == 200
        publication.is_listed = False
        publication.save(update_fields=["is_listed"])
        assert seen(charlie, character, character.face) == 404
        answer = Client().get(portrayal.portrait(character))
        assert answer.status_code == 302

    def test_of_a_listed_one_a_stranger_sees_the_listed_version_only(self, alice: User, charlie: User) -> None:
        character = brought(alice)
        listed(character)
        joy = Asset.objects.get(character=character, media_type="image/jpeg")
        hum = Asset.objects.get(character=character, is_sealed=True)
        assert seen(charlie, character, joy.digest) == 200
        assert seen(charlie, character, hum.digest, 0) == 404
        old = character.face
        set_face(alice, character.id, drawn(colour=(9, 9, 200)), None, 1)
        character.refresh_from_db()
        assert character.face != old
        assert seen(alice, character, character.face) == 200
        assert seen(charlie, character, character.face) == 404
        assert seen(charlie, character, old) == 200

    def test_anothers_picture_is_not_reached_by_ones_own_character(self, alice: User, charlie: User) -> None:
        secret = brought(alice)
        mine = create_character(charlie, Card("Mine"))
        assert seen(charlie, mine, secret.face) == 404


class TestFaces:
    def test_a_new_face_is_a_new_version(self, alice: User) -> None:
        character = create_character(alice, Card("Maren"))
        version = set_face(alice, character.id, drawn(size=(200, 100)), Box(0.5, 0.0, 0.5, 1.0), 1)
        character.refresh_from_db()
        assert (version.number, character.version) == (2, version)
        kept = Asset.objects.get(character=character)
        assert (character.face, kept.width, kept.height) == (kept.digest, 100, 100)
        assert [(one.type, one.name, one.uri) for one in version.card.assets] == [("icon", "main", kept.uri)]

    def test_other_files_of_the_card_stay(self, alice: User) -> None:
        character = brought(alice)
        before = character.card.assets
        version = set_face(alice, character.id, drawn(colour=(0, 0, 255)), None, 1)
        assert version.card.assets[1:] == before[1:]
        assert version.card.raw["data"]["extensions"] == character.card.raw["data"]["extensions"]  # type: ignore[call-overload,index]

    def test_the_same_picture_again_is_no_new_version(self, alice: User) -> None:
        character = create_character(alice, Card("Maren"))
        first = set_face(alice, character.id, drawn(), None, 1)
        assert set_face(alice, character.id, drawn(), None, 2) == first

    def test_a_draft_stays_and_shows_it_too(self, alice: User) -> None:
        character = create_character(alice, Card("Maren"))
        assert character.version is not None
        text_ = card_text(with_changes(character.card, scenario="not saved yet"))
        Draft.objects.create(character=character, owner=alice, base=character.version, text=text_)
        version = set_face(alice, character.id, drawn(), None, 1)
        draft = Draft.objects.get(character=character)
        assert (draft.base, draft.card.scenario) == (version, "not saved yet")
        assert draft.card.assets == version.card.assets
        assert version.card.scenario == ""

    def test_what_is_no_picture_or_no_part_of_it_is_refused(self, alice: User) -> None:
        character = create_character(alice, Card("Maren"))
        for content, box in ((b"<svg/>", None), (drawn("GIF"), None), (drawn(), Box(0.5, 0.5, 0.9, 0.1))):
            with pytest.raises(BadInput):
                set_face(alice, character.id, content, box, 1)
        assert character.versions.count() == 1

    def test_a_version_that_was_saved_meanwhile_is_not_undone(self, alice: User) -> None:
        character = create_character(alice, Card("Maren"))
        save_card(alice, character.id, with_changes(character.card, scenario="new"), 1)
        with pytest.raises(Conflict):
            set_face(alice, character.id, drawn(), None, 1)
        assert not Asset.objects.exists()

    def test_nobody_else_gives_it_a_face(self, alice: User, charlie: User, azera: Character) -> None:
        character = create_character(alice, Card("Maren"))
        for missing in (character.id, azera.id, uuid4()):
            with pytest.raises(NotFound):
                set_face(charlie, missing, drawn(), None, 1)

    def test_an_imported_card_of_version_2_keeps_its_keys(self, alice: User) -> None:
        character = character_of(bring(alice, as_json(v2(ours={"a": 1}))))
        version = set_face(alice, character.id, drawn(), None, 1)
        assert version.card.raw["data"]["ours"] == {"a": 1}  # type: ignore[call-overload,index]
