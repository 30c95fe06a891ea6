"""The moderators' door: what they see, what they decide, and what they never get to see."""

import io
from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from PIL import Image

from accounts.models import User
from characters import files, pictures
from characters.actions import moderation, publishing
from characters.actions.characters import create_character, save_card
from characters.actions.market import take
from characters.cards.card import Asset as CardAsset
from characters.cards.card import with_changes
from characters.models import Asset, Character, Decision, Draft, Persona, Publication, Report, Submission, Verb
from characters.tests.moderating import approve, edit, fit_card, moderator, sent, waiting
from chats import company
from chats.actions import starting
from chats.models import Message
from chats.tests.acting import at_once
from core.errors import BadInput, Conflict, NotFound

pytestmark = pytest.mark.django_db
ADMIN = "/admin/characters"
# What moderators may open; everything else in the admin is shut.
OPEN = {"submission", "publication", "report", "decision"}


@pytest.fixture
def mo(db: None) -> User:
    return moderator()


@pytest.fixture
def submission(alice: User) -> Submission:
    return sent(alice)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, where: str) -> str:
    answer = client_of(user).get(ADMIN + where)
    assert answer.status_code == 200, where
    return answer.content.decode()


def reported(publication: Publication, by: User, text: str = "Look at this.") -> Report:
    return Report.objects.create(
        owner=by, publication=publication, version=publication.version, kind=Report.Kind.PERSON, text=text
    )


def decided() -> list[tuple[str, str]]:
    return [(row.verb, row.reason) for row in Decision.objects.order_by("id")]


class TestGroup:
    def test_it_is_made_once_and_keeps_what_an_operator_added(self) -> None:
        group = moderation.ensure_moderators()
        assert {row.codename for row in group.permissions.all()} == set(moderation.PERMISSIONS)
        moderation.ensure_moderators()
        assert Group.objects.filter(name="Moderators").count() == 1

    def test_the_permission_alone_is_not_enough(self, charlie: User, submission: Submission) -> None:
        charlie.groups.add(moderation.ensure_moderators())
        with pytest.raises(NotFound):
            approve(submission, charlie)

    def test_staff_alone_is_not_enough(self, charlie: User, submission: Submission) -> None:
        charlie.is_staff = True
        charlie.save()
        with pytest.raises(NotFound):
            approve(submission, charlie)


class TestApproving:
    def test_everybody_sees_that_version(self, alice: User, mo: User, submission: Submission) -> None:
        answer = client_of(mo).post(
            f"{ADMIN}/submission/{submission.pk}/approve/", {"digest": submission.version.digest}
        )
        assert answer.status_code == 302
        publication = Publication.objects.get()
        assert publication.is_listed
        assert publication.version == submission.version
        said = (publication.name, publication.tagline, publication.hue, publication.rating, publication.language)
        assert said == ("Mira", "Keeper of the light.", 200, "teen", "en")
        assert publication.listed_at is not None
        row = Decision.objects.get()
        assert (row.verb, row.actor, row.subject, row.digest) == (
            Verb.APPROVE,
            mo,
            "Mira",
            submission.version.digest,
        )

    def test_what_was_not_looked_at_is_not_approved(self, mo: User, submission: Submission) -> None:
        looked_at = submission.version.digest
        edit(submission.publication.character, fit_card(first_message="Something else altogether."))
        answer = client_of(mo).post(f"{ADMIN}/submission/{submission.pk}/approve/", {"digest": looked_at})
        assert answer.status_code == 409
        # The page is the one to look at now.
        assert "Something else altogether." in answer.content.decode()
        assert str(waiting(submission.publication).pk) in answer.content.decode()
        newer = client_of(mo).post(
            f"{ADMIN}/submission/{waiting(submission.publication).pk}/approve/", {"digest": looked_at}
        )
        assert newer.status_code == 409
        assert not Publication.objects.get().is_listed
        assert not Decision.objects.exists()

    def test_only_one_decides(self, mo: User, submission: Submission) -> None:
        approve(submission, mo)
        digest = submission.version.digest
        answer = client_of(moderator()).post(
            f"{ADMIN}/submission/{submission.pk}/reject/", {"digest": digest, "reason": "No."}
        )
        assert answer.status_code == 409
        assert decided() == [("approve", "")]

    @pytest.mark.django_db(transaction=True)
    def test_only_one_decides_also_at_once(self, alice: User) -> None:
        one, by = sent(alice), [moderator(f"Mo {n}") for n in range(4)]
        outcomes = at_once([partial(moderation.approve, one.pk, one.version.digest, somebody) for somebody in by])
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3
        assert Decision.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_saving_and_approving_at_once_never_shows_what_nobody_looked_at(self, alice: User) -> None:
        by, one = moderator(), sent(alice)
        for n in range(8):
            one = waiting(one.publication)
            card = fit_card(first_message=f"Evening {n}")
            both: list[Callable[[], object]] = [
                partial(moderation.approve, one.pk, one.version.digest, by),
                partial(save_card, alice, one.publication.character_id, card, one.version.number),
            ]
            at_once(both)
            publication = Publication.objects.get()
            approved = set(Decision.objects.values_list("digest", flat=True))
            assert publication.version is None or publication.version.digest in approved
            assert waiting(publication).version.card.first_message == f"Evening {n}"

    def test_copies_that_follow_get_it(self, charlie: User, mo: User, submission: Submission) -> None:
        publication = approve(submission, mo)
        copy = take(charlie, publication.pk, follows=True)
        edit(publication.character, fit_card(first_message="The second evening."))
        assert Character.objects.get(pk=copy.pk).card.first_message == "The lamp is lit."
        approve(waiting(publication), mo)
        assert Character.objects.get(pk=copy.pk).card.first_message == "The second evening."

    def test_the_counts_are_left_alone(self, mo: User, submission: Submission) -> None:
        publication = approve(submission, mo)
        first = publication.listed_at
        Publication.objects.update(takes=7, favourites=9)
        edit(publication.character, fit_card(first_message="The second evening."))
        approve(waiting(publication), mo)
        publication.refresh_from_db()
        assert (publication.takes, publication.favourites, publication.listed_at) == (7, 9, first)


class TestRejecting:
    def test_without_a_reason_nothing_happens(self, mo: User, submission: Submission) -> None:
        fields = {"digest": submission.version.digest, "reason": "  "}
        answer = client_of(mo).post(f"{ADMIN}/submission/{submission.pk}/reject/", fields)
        assert answer.status_code == 400
        assert waiting(submission.publication) == submission
        assert not Decision.objects.exists()

    def test_with_a_reason_that_is_too_long_what_was_typed_is_kept(self, mo: User, submission: Submission) -> None:
        fields = {"digest": submission.version.digest, "reason": "why " * 600}
        answer = client_of(mo).post(f"{ADMIN}/submission/{submission.pk}/reject/", fields)
        assert answer.status_code == 400
        assert "why why why" in answer.content.decode()

    def test_as_many_lines_as_the_page_allows_are_allowed(self, mo: User, submission: Submission) -> None:
        reason = "a\r\n" * 1000
        assert moderation.reject(submission.pk, submission.version.digest, reason, mo).reason.count("\n") == 999

    def test_what_was_approved_stays(self, mo: User, submission: Submission) -> None:
        publication = approve(submission, mo)
        edit(publication.character, fit_card(first_message="Worse."))
        newer = waiting(publication)
        fields = {"digest": newer.version.digest, "reason": "This is worse."}
        assert client_of(mo).post(f"{ADMIN}/submission/{newer.pk}/reject/", fields).status_code == 302
        publication.refresh_from_db()
        assert (publication.is_listed, publication.version) == (True, submission.version)
        assert decided() == [("approve", ""), ("reject", "This is worse.")]


class TestOnesOwn:
    def test_a_moderator_does_not_decide_on_it(self, mo: User) -> None:
        own = sent(mo)
        with pytest.raises(Conflict, match="your own"):
            approve(own, mo)
        with pytest.raises(Conflict, match="your own"):
            moderation.reject(own.pk, own.version.digest, "Modesty.", mo)
        publication = approve(own, moderator())
        report = reported(publication, User.objects.create_user("c@example.org"))
        with pytest.raises(Conflict, match="your own"):
            moderation.dismiss(report.pk, "", mo)

    def test_a_superuser_may(self) -> None:
        root = User.objects.create_superuser("root@example.org", "a long password")
        assert approve(sent(root), root).is_listed


class TestQueue:
    def test_the_oldest_is_first_and_each_state_says_how_many(self, alice: User, mo: User) -> None:
        first, second = sent(alice, fit_card("First")), sent(alice, fit_card("Second"))
        third = sent(alice, fit_card("Third"))
        moderation.reject(third.pk, third.version.digest, "No.", mo)
        text = page(mo, "/submission/")
        assert text.index("First") < text.index("Second")
        assert "Third" not in text
        assert "Waiting for a moderator (2)" in text
        assert "Rejected (1)" in text
        assert "Third" in page(mo, "/submission/?state=rejected")
        assert "First time" in text
        assert {first.state, second.state} == {"pending"}

    def test_an_update_says_so(self, mo: User, submission: Submission) -> None:
        publication = approve(submission, mo)
        edit(publication.character, fit_card(first_message="The second evening."))
        assert "Update" in page(mo, "/submission/")

    def test_what_was_taken_back_is_not_there(self, alice: User, mo: User, submission: Submission) -> None:
        publishing.unpublish(alice, submission.publication.character_id)
        assert "Mira" not in page(mo, "/submission/?state=all")
        assert client_of(mo).get(f"{ADMIN}/submission/{submission.pk}/change/").status_code == 404

    def test_what_was_deleted_is_not_there(self, mo: User, submission: Submission) -> None:
        publication = approve(submission, mo)
        Character.objects.filter(pk=publication.character_id).update(deleted_at=publication.created_at)
        for where in ("submission", "publication"):
            assert "Mira" not in page(mo, f"/{where}/?state=all" if where == "submission" else f"/{where}/")

    def test_nothing_is_decided_in_bulk(self, mo: User, submission: Submission) -> None:
        answer = client_of(mo).post(
            f"{ADMIN}/submission/", {"action": "delete_selected", "_selected_action": str(submission.pk)}
        )
        assert answer.status_code in {200, 302, 403}
        assert Submission.objects.filter(pk=submission.pk, state="pending").exists()
        assert 'name="action"' not in page(mo, "/submission/")


class TestLooking:
    def test_all_that_it_says_is_there_as_text(self, alice: User, mo: User) -> None:
        card = with_changes(
            fit_card(description="# Mira\n\n<script>alert(1)</script> **bold** keeper of the light"),
            alternate_greetings=("Another greeting.", "A third one."),
            system_prompt="You are <b>Mira</b>.",
            creator_notes="From https://notes.example/page.",
            book={"entries": [{"keys": ["lamp"], "content": "It burns whale oil.", "extensions": {}}]},
        )
        text = page(mo, f"/submission/{sent(alice, card).pk}/change/")
        for said in ("Another greeting.", "A third one.", "It burns whale oil.", "https://notes.example/page"):
            assert said in text
        assert escape("You are <b>Mira</b>.") in text
        assert "<strong>bold</strong>" in text
        assert "<script>alert" not in text
        assert 'href="https://notes.example' not in text

    def test_the_digest_is_shown_and_goes_with_the_form(self, mo: User, submission: Submission) -> None:
        text = page(mo, f"/submission/{submission.pk}/change/")
        assert f'name="digest" value="{submission.version.digest}"' in text

    def test_an_update_shows_what_is_different_with_signs(self, mo: User, submission: Submission) -> None:
        publication = approve(submission, mo)
        edit(publication.character, fit_card(first_message="The lamp is broken."))
        text = page(mo, f"/submission/{waiting(publication).pk}/change/")
        assert '<ins><span class="moderated-sign">+</span>broken</ins>' in text
        assert '<del><span class="moderated-sign">−</span>lit</del>' in text

    def test_looking_changes_nothing_and_posting_there_neither(self, mo: User, submission: Submission) -> None:
        answer = client_of(mo).post(f"{ADMIN}/submission/{submission.pk}/change/", {"state": "approved"})
        assert answer.status_code == 405
        assert client_of(mo).get(f"{ADMIN}/submission/{submission.pk}/approve/").status_code == 405
        submission.refresh_from_db()
        assert submission.state == "pending"

    def test_a_decision_needs_the_forms_token(self, mo: User, submission: Submission) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(mo)
        fields = {"digest": submission.version.digest}
        assert client.post(f"{ADMIN}/submission/{submission.pk}/approve/", fields).status_code == 403
        assert not Decision.objects.exists()


class TestPictures:
    @pytest.fixture
    def pictured(self, alice: User) -> Submission:
        """Alice's, with a face that the sent version shows and a picture that it does not."""
        digests = [files.put_picture(pictures.re_encode(_png(colour))) for colour in ("red", "blue")]
        uris = [files.address(digest, "png") for digest in digests]
        card = with_changes(fit_card(), assets=(CardAsset("icon", uris[0], "main", "png"),))
        character = create_character(alice, card)
        for uri, digest in zip(uris, digests, strict=True):
            Asset.objects.create(
                owner=alice, character=character, uri=uri, digest=digest, media_type="image/png", size_bytes=1
            )
        return waiting(publishing.publish(alice, character.pk))

    def test_those_of_the_version_are_shown(self, mo: User, pictured: Submission) -> None:
        shown = Asset.objects.order_by("created_at")[0]
        where = f"{ADMIN}/submission/{pictured.pk}/picture/{shown.digest}/"
        assert where in page(mo, f"/submission/{pictured.pk}/change/")
        assert where in page(mo, "/submission/")
        for query, kind in (("", "image/png"), ("?width=96", "image/webp"), ("?width=7", "image/png")):
            answer = client_of(mo).get(where + query)
            assert (answer.status_code, answer["Content-Type"]) == (200, kind)
            assert "sandbox" in answer["Content-Security-Policy"]

    def test_others_of_the_same_character_are_not(self, mo: User, pictured: Submission) -> None:
        hidden = Asset.objects.order_by("created_at")[1]
        for digest in (hidden.digest, "0" * 64, "nonsense"):
            assert client_of(mo).get(f"{ADMIN}/submission/{pictured.pk}/picture/{digest}/").status_code == 404

    def test_sealed_ones_are_named_and_never_served(self, mo: User, pictured: Submission) -> None:
        Asset.objects.update(is_sealed=True)
        digest = Asset.objects.order_by("created_at")[0].digest
        assert client_of(mo).get(f"{ADMIN}/submission/{pictured.pk}/picture/{digest}/").status_code == 404
        assert files.address(digest, "png") in page(mo, f"/submission/{pictured.pk}/change/")

    def test_approved_they_are_its_face(self, mo: User, pictured: Submission) -> None:
        assert approve(pictured, mo).face == Asset.objects.order_by("created_at")[0].digest


class TestTakingDown:
    def test_with_a_reason_it_is_gone(self, alice: User, mo: User, submission: Submission) -> None:
        publication = approve(submission, mo)
        edit(publication.character, fit_card(first_message="This waited."))
        where = f"{ADMIN}/publication/{publication.pk}/unpublish/"
        assert client_of(mo).post(where, {"reason": ""}).status_code == 400
        assert client_of(mo).post(where, {"reason": "It is somebody real."}).status_code == 302
        publication.refresh_from_db()
        assert not publication.is_listed
        assert not publication.submissions.filter(state=Submission.State.PENDING).exists()
        assert decided()[-1] == ("unpublish", "It is somebody real.")
        assert client_of(mo).post(where, {"reason": "Again."}).status_code == 409


class TestReports:
    @pytest.fixture
    def report(self, charlie: User, mo: User, submission: Submission) -> Report:
        return reported(approve(submission, mo), charlie, "She is my neighbour.")

    def test_those_on_one_publication_stand_together_and_open_ones_first(
        self, alice: User, charlie: User, mo: User
    ) -> None:
        one, two = (approve(sent(alice, fit_card(name)), mo) for name in ("Aa", "Bb"))
        for n, publication in enumerate((two, one, two, one)):
            reporter = User.objects.create_user(f"r{n}@example.org", name=f"Reporter {n}")
            reported(publication, reporter)
        moderation.dismiss(Report.objects.get(owner__name="Reporter 1").pk, "", mo)
        text = page(mo, "/report/?state=all")
        places = [text.index(f"Reporter {n}") for n in (3, 0, 2, 1)]
        assert places == sorted(places)
        assert "@example.org" not in text.partition('id="changelist"')[2]

    def test_it_says_what_was_seen_then_and_what_is_there_now(self, mo: User, report: Report) -> None:
        edit(report.publication.character, fit_card(first_message="The lamp is broken."))
        newer = waiting(report.publication)
        approve(newer, mo)
        text = page(mo, f"/report/{report.pk}/change/")
        assert report.version is not None
        assert report.version.digest[:12] in text
        assert newer.version.digest[:12] in text
        assert "She is my neighbour." in text
        assert "broken</ins>" in text

    def test_dismissed_nothing_changes(self, mo: User, report: Report) -> None:
        where = f"{ADMIN}/report/{report.pk}/dismiss/"
        assert client_of(mo).post(where, {"reason": "She agreed."}).status_code == 302
        report.refresh_from_db()
        assert (report.state, report.decided_by) == ("dismissed", mo)
        assert Publication.objects.get().is_listed
        assert decided()[-1] == ("dismiss", "She agreed.")
        assert client_of(mo).post(where).status_code == 409

    def test_upheld_it_may_stay(self, mo: User, report: Report) -> None:
        assert client_of(mo).post(f"{ADMIN}/report/{report.pk}/uphold/").status_code == 302
        assert Publication.objects.get().is_listed
        assert decided()[-1] == ("uphold", "")

    def test_upheld_and_taken_down_every_open_report_is_settled(self, alice: User, mo: User, report: Report) -> None:
        other = reported(report.publication, User.objects.create_user("d@example.org"))
        where = f"{ADMIN}/report/{report.pk}/unpublish/"
        assert client_of(mo).post(where).status_code == 400
        assert client_of(mo).post(where, {"reason": "A neighbour."}).status_code == 302
        assert not Publication.objects.get().is_listed
        for row in (report, other):
            row.refresh_from_db()
            assert row.state == "upheld"
        assert [verb for verb, _reason in decided()] == ["approve", "unpublish", "uphold", "uphold"]
        with pytest.raises(BadInput):
            moderation.uphold_and_take_down(report.pk, "", mo)


class TestLog:
    def test_nobody_changes_it(self, mo: User, submission: Submission) -> None:
        approve(submission, mo)
        row = Decision.objects.get()
        root = User.objects.create_superuser("root@example.org", "a long password")
        for user in (mo, root):
            client = client_of(user)
            assert client.get(f"{ADMIN}/decision/add/").status_code == 403
            assert client.post(f"{ADMIN}/decision/{row.pk}/change/", {"verb": "reject"}).status_code == 403
            assert client.post(f"{ADMIN}/decision/{row.pk}/delete/", {"post": "yes"}).status_code == 403
            client.post(
                f"{ADMIN}/decision/",
                {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"},
            )
        row.refresh_from_db()
        assert row.verb == Verb.APPROVE

    def test_it_can_be_searched(self, alice: User, mo: User, submission: Submission) -> None:
        approve(submission, mo)
        approve(sent(alice, fit_card("Somebody else")), mo)
        text = page(mo, "/decision/?q=Mira")
        assert "Mira" in text
        assert "Somebody else" not in text
        assert mo.email in page(mo, f"/decision/{Decision.objects.first().pk}/change/")  # type: ignore[union-attr]


class TestShutDoors:
    def test_moderators_get_into_nothing_else(self, alice: User, mo: User, submission: Submission) -> None:
        client = client_of(mo)
        for model in admin.site._registry:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            if model._meta.app_label == "characters" and model._meta.model_name in OPEN:
                continue
            row = model._default_manager.first()
            pk = row.pk if row is not None else uuid4()
            for view, ids in (("changelist", []), ("add", []), ("change", [pk]), ("delete", [pk]), ("history", [pk])):
                try:
                    where = reverse(f"{name}_{view}", args=ids)
                except NoReverseMatch:
                    continue
                assert client.get(where).status_code in {302, 403, 404}, where
                assert client.post(where, {"post": "yes"}).status_code in {302, 403, 404}, where
        assert User.objects.filter(pk=alice.pk).exists()

    def test_what_they_may_open_they_may_not_add_to_or_delete(self, mo: User, submission: Submission) -> None:
        client = client_of(mo)
        for path in ("add/", f"{submission.pk}/delete/", f"{submission.pk}/history/"):
            assert client.post(f"{ADMIN}/submission/{path}", {"post": "yes"}).status_code in {302, 403, 404, 405}
        assert Submission.objects.get() == submission

    @pytest.mark.parametrize("verb", ["get", "post"])
    def test_nobody_else_gets_in(self, charlie: User, mo: User, submission: Submission, verb: str) -> None:
        publication = approve(submission, mo)
        report = reported(publication, charlie)
        digest = submission.version.digest
        staff = User.objects.create_user("staff@example.org")
        User.objects.filter(pk=staff.pk).update(is_staff=True)
        staff.refresh_from_db()
        for where in _routes(submission.pk, publication.pk, report.pk, digest):
            for client in (Client(), client_of(charlie), client_of(staff)):
                answer = getattr(client, verb)(ADMIN + where, {"digest": digest, "reason": "Mine."})
                assert answer.status_code in {302, 403, 404, 405}, where
                if answer.status_code == 302:
                    assert "/login/" in answer["Location"]
        assert len(decided()) == 1
        assert Publication.objects.get().is_listed

    def test_no_page_of_theirs_holds_anything_private(self, alice: User, azera: Character, mo: User) -> None:
        """Chats, drafts, personas, private characters and versions that were never sent."""
        secret = "xyzzy-secret"
        one = sent(alice)
        publication = approve(one, mo)
        report = reported(publication, alice)
        create_character(alice, fit_card(f"Private {secret}", first_message=secret))
        unsent = create_character(alice, fit_card("Taken back", first_message=secret))
        withdrawn = waiting(publishing.publish(alice, unsent.pk))
        publishing.unpublish(alice, unsent.pk)
        edit(unsent, fit_card(f"Renamed {secret}"))
        assert one.publication.character.version is not None
        Draft.objects.create(
            character=one.publication.character, owner=alice, base=one.version, text=one.version.text + secret
        )
        Persona.objects.create(owner=alice, name=secret, description=secret)
        chat = starting.start_chat(alice, azera)
        Message.objects.create(
            chat=chat,
            owner=alice,
            role="user",
            text=secret,
            persona=company.host_persona(chat),
            character=azera,
            status="done",
        )
        client = client_of(mo)
        gone = [f"/submission/{withdrawn.pk}/change/", f"/publication/{withdrawn.publication_id}/change/"]
        queries = ("", "?state=all", f"?q={secret[:5]}")
        lists = [f"/{name}/{query}" for name in sorted(OPEN - {"decision"}) for query in queries] + ["/decision/"]
        for where in ["/", *lists, *gone, *_routes(one.pk, publication.pk, report.pk, one.version.digest)]:
            answer = client.get(ADMIN + where)
            assert secret not in answer.content.decode(errors="replace"), where
        assert secret not in client.get("/admin/").content.decode()
        assert [client.get(ADMIN + where).status_code for where in gone] == [404, 404]

    def test_they_see_no_mail_address_of_an_author(self, alice: User, mo: User, submission: Submission) -> None:
        for where in ("/submission/", f"/submission/{submission.pk}/change/"):
            assert alice.email not in page(mo, where)


def _routes(submission: UUID, publication: UUID, report: UUID, digest: str) -> list[str]:
    return [
        *(f"/submission/{submission}/{end}" for end in ("change/", "approve/", "reject/", f"picture/{digest}/")),
        *(f"/publication/{publication}/{end}" for end in ("change/", "unpublish/", f"picture/{digest}/")),
        *(f"/report/{report}/{end}" for end in ("change/", "uphold/", "dismiss/", "unpublish/", f"picture/{digest}/")),
    ]


def _png(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 80), colour).save(file, "PNG")
    return file.getvalue()
