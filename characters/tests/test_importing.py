"""A file that somebody brings, from the door to their character, and all that may happen to it on the way."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from accounts.models import User
from characters import files, importing, recovery
from characters.actions import importing as actions
from characters.actions.characters import create_character
from characters.cards.card import Card
from characters.cards.extras import Extras, Rating, extras, with_extras
from characters.cards.tests.made import as_json, text, v1, v2, v3
from characters.models import Asset, Character, Import, Version
from characters.opening import OpenedCard
from characters.tests.bringing import (
    PAGE,
    bring,
    carried_out,
    character_of,
    client_of,
    codes,
    facts,
    files_below,
    rooms,
    upload,
)
from characters.tests.corpus import drawn, dressed
from core.bringing import IMPORTS_AT_ONCE, MOST_ATTEMPTS
from core.errors import LimitReached
from core.jobs import Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_db")]
CARD = dressed(drawn(), text("ccv3", v3()))


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> tuple[Path, Path]:
    return rooms(settings, tmp_path)


def waiting(user: User, content: bytes = CARD) -> Import:
    """Brought, and not looked at yet."""
    return actions.start_import(user, "card.png", [content])


class TestComingIn:
    def test_a_png_becomes_a_character_with_its_picture(self, alice: User, folders: tuple[Path, Path]) -> None:
        shelf, quarantine = folders
        row = bring(alice, CARD)
        assert (row.status, row.container, row.steps_done) == (Status.DONE, "png", row.steps)
        character = character_of(row)
        assert (character.name, character.owner, character.versions.count()) == ("Maren", alice, 1)
        assert facts(row) == {"version": 3, "greetings": 4, "entries": 1, "files": 1}
        assert files_below(quarantine) == set()
        assert len(files_below(shelf)) == 3

    def test_its_report_names_what_came_was_kept_and_was_left_out(self, alice: User) -> None:
        row = bring(alice, CARD + b"more", "Maren of the coast.png")
        page = client_of(alice).get(f"{PAGE}{row.id}/").content.decode()
        for words in (
            "PNG, card version 3",
            "4 greetings",
            "1 lore entry",
            "Kept as it was, and not used: fav, world",
        ):
            assert words in page
        assert "What follows the picture&#x27;s end was left out." in page
        assert f"/characters/{character_of(row).id}/edit/" in page

    def test_an_address_on_another_server_is_a_text_and_no_link(self, alice: User) -> None:
        card = v3(assets=[{"type": "icon", "name": "main", "ext": "png", "uri": "https://example.org/x.png?<b>"}])
        page = client_of(alice).get(f"{PAGE}{bring(alice, as_json(card)).id}/").content.decode()
        assert "<code>https://example.org/x.png?&lt;b&gt;</code>" in page
        assert not re.search(r'(?:src|href)="https?://example', page)

    def test_what_a_card_does_not_say_is_read_off_it(self, alice: User) -> None:
        notes = "<style>p {color: red}</style><p>A <b>quiet</b> keeper. [More](https://x.example)</p>"
        row = bring(alice, dressed(drawn(), text("chara", v2(tags=["Sea", "NSFW"], creator_notes=notes))))
        character = character_of(row)
        assert (character.rating, character.tagline, character.language) == (Rating.MATURE, "A quiet keeper.", "")
        red = character.hue
        blue = character_of(bring(alice, dressed(drawn(colour=(30, 60, 220)), text("chara", v2()))))
        assert red in range(30) or red in range(330, 360)
        assert blue.hue in range(230, 290)

    def test_what_a_card_says_itself_counts(self, alice: User) -> None:
        own = Extras(tagline="Hers", hue=99, rating=Rating.TEEN, language="de")
        card = with_extras(Card("Maren", creator_notes="Another.", tags=("nsfw",)), own)
        row = bring(alice, dressed(drawn(), text("ccv3", card.raw)))
        assert extras(character_of(row).card) == own

    def test_scripts_come_in_as_texts_and_are_told(self, alice: User) -> None:
        scripts: dict[str, object] = {"regex_scripts": [{"findRegex": "/(a+)+$/"}], "risuai": {"triggerscript": ["x"]}}
        row = bring(alice, as_json(v2(extensions=scripts)))  # type: ignore[arg-type]
        assert character_of(row).card.raw["data"]["extensions"].items() >= scripts.items()  # type: ignore[call-overload,index,union-attr]
        page = client_of(alice).get(f"{PAGE}{row.id}/").content.decode()
        assert "never run here: regex_scripts, risuai" in page

    def test_the_same_card_twice_is_two_characters_and_the_second_report_leads_to_the_first(self, alice: User) -> None:
        first, second = (character_of(bring(alice, CARD)) for _time in range(2))
        assert first != second
        row = Import.objects.filter(owner=alice).latest("created_at")
        assert (("imported", "again")) in codes(row)
        assert f'href="/characters/{first.id}/edit/"' in client_of(alice).get(f"{PAGE}{row.id}/").content.decode()

    def test_two_of_the_same_picture_are_one_file(
        self, alice: User, charlie: User, folders: tuple[Path, Path]
    ) -> None:
        faces = {character_of(bring(user, CARD)).face for user in (alice, charlie)}
        assert len(faces) == 1
        assert len(files_below(folders[0])) == 3

    def test_a_picture_loses_what_its_camera_wrote(self, alice: User, folders: tuple[Path, Path]) -> None:
        bring(alice, CARD)
        assert not any(
            b"ccv3" in file.read_bytes() or b"lighthouse" in file.read_bytes() for file in files_below(folders[0])
        )


class TestTheDoor:
    def test_without_scripts_the_form_leads_to_the_report(self, alice: User) -> None:
        client = client_of(alice)
        answer = client.post(PAGE, {"file": SimpleUploadedFile("card.png", CARD)})
        assert answer.status_code == 302
        assert "data-live" in client.get(answer["Location"]).content.decode()

    def test_several_files_are_several_imports(self, alice: User) -> None:
        several = [SimpleUploadedFile(f"{number}.png", CARD) for number in range(3)]
        assert client_of(alice).post(PAGE, {"file": several}).status_code == 302
        assert Import.objects.filter(owner=alice).count() == 3

    @pytest.mark.parametrize("accept", ["text/html", "application/json"])
    def test_a_form_without_a_file_or_with_an_empty_one_is_refused(self, alice: User, accept: str) -> None:
        for sent in ({}, {"file": SimpleUploadedFile("card.png", b"")}):
            answer = client_of(alice).post(PAGE, sent, headers={"accept": accept})
            assert answer.status_code == 400
        assert not Import.objects.exists()

    def test_a_form_of_another_site_brings_nothing(self, alice: User, folders: tuple[Path, Path]) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(alice)
        assert client.post(PAGE, {"file": SimpleUploadedFile("card.png", CARD)}).status_code == 403
        answer = client.post("/api/v2/characters/import", {"file": SimpleUploadedFile("card.png", CARD)})
        assert answer.status_code == 403
        assert (Import.objects.count(), files_below(*folders)) == (0, set())

    def test_what_is_too_large_is_refused_by_its_header(self, alice: User) -> None:
        for path in (PAGE, "/api/v2/characters/import"):
            answer = client_of(alice).generic(
                "POST", path, b"--x", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(2**30)
            )
            assert answer.status_code == 413

    def test_what_is_too_large_is_refused_while_it_comes(
        self, alice: User, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("characters.uploads.Nameless.most", 100_000)
        answer = upload(client_of(alice), bytes(150_000))
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
        assert (Import.objects.count(), files_below(*folders)) == (0, set())
        page = client_of(alice).post(PAGE, {"file": SimpleUploadedFile("card.png", bytes(150_000))})
        assert (page.status_code, b"data-drop" in page.content) == (413, True)

    def test_a_full_house_refuses_at_the_door(
        self, alice: User, settings: Settings, folders: tuple[Path, Path]
    ) -> None:
        settings.CHARACTERS_PER_USER = 1
        create_character(alice, Card("Maren"))
        answer = upload(client_of(alice), CARD)
        assert (answer.status_code, answer.json()["error"]["details"]) == (429, {"most": 1})
        assert files_below(*folders) == set()

    def test_one_that_filled_up_meanwhile_ends_politely(
        self, alice: User, settings: Settings, folders: tuple[Path, Path]
    ) -> None:
        settings.CHARACTERS_PER_USER = 1
        row = waiting(alice)
        create_character(alice, Card("Maren"))
        row = carried_out(row)
        assert (row.status, row.failure_code, row.failure_details) == (Status.FAILED, "limit_reached", {"most": 1})
        assert Character.objects.filter(owner=alice).count() == 1
        assert (Asset.objects.count(), files_below(folders[1])) == (0, set())

    def test_nobody_fills_the_quarantine(self, alice: User, charlie: User) -> None:
        for _one in range(actions.MOST_LIVE):
            waiting(alice, b"x")
        with pytest.raises(LimitReached):
            waiting(alice, b"x")
        assert waiting(charlie, b"x").status == Status.QUEUED

    def test_the_page_lists_the_last_ones(self, alice: User) -> None:
        bring(alice, CARD, "one.png")
        bring(alice, b"nothing", "two.txt")
        page = client_of(alice).get(PAGE).content.decode()
        assert "one.png" in page
        assert "two.txt" in page


class TestTheApi:
    def test_a_file_is_brought_and_its_import_followed(self, alice: User) -> None:
        client = client_of(alice)
        answer = client.post("/api/v2/characters/import", {"file": SimpleUploadedFile("card.png", CARD)})
        assert (answer.status_code, answer.json()["status"]) == (202, "queued")
        row = carried_out(Import.objects.get(id=answer.json()["id"]))
        said = client.get(f"/api/v2/imports/{row.id}").json()
        assert (said["status"], said["character_id"]) == ("done", str(row.character_id))
        assert {"fate": "kept unread", "code": "unknown"}.items() <= said["notices"][0].items()

    def test_a_failure_has_its_code_and_its_sentence(self, alice: User) -> None:
        row = bring(alice, drawn())
        failure = client_of(alice).get(f"/api/v2/imports/{row.id}").json()["failure"]
        assert failure == {"code": "no_card", "message": "The file holds no character card.", "details": {}}

    @pytest.mark.parametrize("sent", [{}, {"other": SimpleUploadedFile("x.png", CARD)}])
    def test_anything_but_one_file_is_refused(self, alice: User, sent: dict[str, SimpleUploadedFile]) -> None:
        assert client_of(alice).post("/api/v2/characters/import", sent).status_code == 400
        assert client_of(alice).post("/api/v2/characters/import", {}, "application/json").status_code in {400, 415}


class TestStopping:
    def test_one_that_waits_is_gone_at_once(self, alice: User, folders: tuple[Path, Path]) -> None:
        row = waiting(alice)
        assert client_of(alice).post(f"{PAGE}{row.id}/cancel/").status_code == 302
        assert carried_out(row).status == Status.CANCELLED
        assert (Character.objects.filter(owner=alice).count(), files_below(*folders)) == (0, set())

    def test_one_that_runs_stops_between_two_pictures(
        self, alice: User, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(importing, "BEAT_SECONDS", 0.0)
        row, drawn_before = waiting(alice), importing._Import._drawn

        def stopped_meanwhile(work: importing._Import, body: bytes, where: str, *, is_face: bool) -> importing._Kept:
            actions.cancel_import(alice, row.id)
            return drawn_before(work, body, where, is_face=is_face)

        monkeypatch.setattr(importing._Import, "_drawn", stopped_meanwhile)
        assert carried_out(row).status == Status.CANCELLED
        assert not Character.objects.filter(owner=alice).exists()
        assert files_below(folders[1]) == set()

    def test_one_that_has_ended_stays_as_it_ended(self, alice: User) -> None:
        row = bring(alice, CARD)
        assert client_of(alice).post(f"/api/v2/imports/{row.id}/cancel").status_code == 202
        row.refresh_from_db()
        assert row.status == Status.DONE


class TestDyingWorkers:
    def silent(self, row: Import) -> Import:
        """As its worker left it, who was not heard of since."""
        assert row.claim()
        long_ago = now() - timedelta(seconds=recovery.SILENT_SECONDS + 1)
        Import.objects.filter(id=row.id).update(started_at=long_ago, steps_done=1, heard_at=long_ago)
        row.refresh_from_db()
        return row

    def test_another_worker_takes_over_and_brings_it_in(self, alice: User, folders: tuple[Path, Path]) -> None:
        row = self.silent(waiting(alice))
        assert recovery.run_resuming() == [row.id]
        row.refresh_from_db()
        assert (row.status, row.attempt) == (Status.QUEUED, 2)
        assert carried_out(row).status == Status.DONE
        assert files_below(folders[1]) == set()

    def test_one_that_took_two_workers_along_is_given_up(self, alice: User, folders: tuple[Path, Path]) -> None:
        row = waiting(alice)
        for _time in range(MOST_ATTEMPTS):
            self.silent(row)
            recovery.run_resuming()
            row.refresh_from_db()
        assert (row.status, row.failure_code) == (Status.FAILED, "gone")
        assert (Character.objects.filter(owner=alice).count(), files_below(*folders)) == (0, set())

    def test_one_that_somebody_stopped_meanwhile_is_stopped(self, alice: User, folders: tuple[Path, Path]) -> None:
        row = self.silent(waiting(alice))
        actions.cancel_import(alice, row.id)
        recovery.run_resuming()
        row.refresh_from_db()
        assert (row.status, files_below(folders[1])) == (Status.CANCELLED, set())

    def test_a_worker_that_lost_its_row_writes_nothing(self, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        row, before = waiting(alice), importing._Import._keep_character

        def overtaken(work: importing._Import, found: OpenedCard) -> None:
            Import.objects.filter(id=row.id).update(attempt=2, status=Status.QUEUED)
            before(work, found)

        with monkeypatch.context() as patched:
            patched.setattr(importing._Import, "_keep_character", overtaken)
            row = carried_out(row)
        assert (row.status, row.attempt) == (Status.QUEUED, 2)
        assert not Character.objects.filter(owner=alice).exists()
        assert not Version.objects.filter(owner=alice).exists()
        assert carried_out(row).status == Status.DONE

    def test_one_whose_file_is_gone_says_so(self, alice: User) -> None:
        row = waiting(alice)
        files.QUARANTINE.release(row.id)
        assert carried_out(row).failure_code == "lost_file"

    def test_a_full_disk_leaves_nothing(
        self, alice: User, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_handle: int) -> None:
            raise OSError(28, "No space left on device")

        row = waiting(alice)
        monkeypatch.setattr("characters.files.os.fsync", full)
        row = carried_out(row)
        assert (row.status, row.failure_code) == (Status.FAILED, "not_written")
        assert (Character.objects.filter(owner=alice).count(), files_below(*folders)) == (0, set())

    def test_a_mistake_of_ours_ends_the_import_and_not_the_worker(
        self, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_arguments: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("characters.opening.opened", broken)
        row = bring(alice, CARD)
        assert (row.status, row.failure_code) == (Status.FAILED, "our_fault")

    def test_no_more_than_a_few_run_at_once_and_the_next_is_named(self, alice: User) -> None:
        rows = [waiting(alice) for _one in range(4)]
        for row in rows[:IMPORTS_AT_ONCE]:
            assert row.claim()
        assert importing.run_import(rows[2].id) == []
        assert Import.objects.get(id=rows[2].id).status == Status.QUEUED
        importing.finish(rows[0], Status.FAILED, "gone")
        assert importing.run_import(rows[2].id) == [rows[3].id]


class TestStrangers:
    def test_an_import_is_its_owners_alone(self, alice: User, charlie: User) -> None:
        row = waiting(alice)
        stranger = client_of(charlie)
        for missing in (row.id, uuid4()):
            for path in (f"{PAGE}{missing}/", f"{PAGE}{missing}/report/", f"/api/v2/imports/{missing}"):
                assert stranger.get(path).status_code == 404
            for path in (f"{PAGE}{missing}/cancel/", f"/api/v2/imports/{missing}/cancel"):
                assert stranger.post(path).status_code == 404
        row.refresh_from_db()
        assert (row.status, row.cancel_requested) == (Status.QUEUED, False)
        assert str(row.id) not in stranger.get(PAGE).content.decode()

    def test_nobody_who_is_signed_out_brings_anything(self, folders: tuple[Path, Path]) -> None:
        assert Client().get(PAGE).status_code == 302
        assert upload(Client(), CARD).status_code == 302
        answer = Client().post("/api/v2/characters/import", {"file": SimpleUploadedFile("card.png", CARD)})
        assert answer.status_code in {401, 403}
        assert files_below(*folders) == set()

    def test_that_somebody_else_has_the_card_already_is_not_told(self, alice: User, charlie: User) -> None:
        bring(alice, as_json(v1()))
        assert codes(bring(charlie, as_json(v1()))) == set()
