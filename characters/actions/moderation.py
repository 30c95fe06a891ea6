"""Verbs of moderators. Each writes down who decided what, in the same transaction.

Whoever calls one must be staff and hold the permission, or gets `NotFound`. Moderators do not decide on what is their
own; a superuser may, because on a server of one's own there is often nobody else.
"""

from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from characters.actions import market, publishing
from characters.models import Character, Decision, Publication, Report, Submission, Verb, Version
from core.errors import BadInput, Conflict, NotFound

MODERATORS = "Moderators"
PERMISSIONS = (
    "view_submission",
    "change_submission",
    "view_report",
    "change_report",
    "view_publication",
    "change_publication",
    "view_decision",
)
SUBJECT_LENGTH = 80
LONGEST_REASON = 2_000


def ensure_moderators() -> Group:
    """The group whose members moderate, once they are staff. What an operator added to it stays."""
    group, _is_new = Group.objects.get_or_create(name=MODERATORS)
    group.permissions.add(
        *Permission.objects.filter(content_type__app_label="characters", codename__in=PERMISSIONS),
    )
    return group


def approve(submission_id: UUID, digest: str, moderator: User) -> Publication:
    """Everybody sees the version from now on. `digest` is that of the version that was looked at.

    Raises `Conflict` if it is not what waits: its author has saved a newer one, or somebody has decided.
    """
    with transaction.atomic():
        submission = _waiting(submission_id, digest, moderator)
        publication, version = submission.publication, submission.version
        _decide(submission, Submission.State.APPROVED, "", moderator)
        publishing.put_up(publication, version)
        _write_down(moderator, Verb.APPROVE, publication, version)
        market.follow_updates(publication)
    return publication


def reject(submission_id: UUID, digest: str, reason: str, moderator: User) -> Submission:
    """What was approved before stays. The author sees `reason`. Raises `BadInput` without one, `Conflict` as above."""
    with transaction.atomic():
        reason = _reason(reason)
        submission = _waiting(submission_id, digest, moderator)
        _decide(submission, Submission.State.REJECTED, reason, moderator)
        _write_down(moderator, Verb.REJECT, submission.publication, submission.version, reason)
    return submission


def take_down(publication_id: UUID, reason: str, moderator: User) -> Publication:
    """Out of the marketplace; what its author has sent since does not wait any more. The author sees `reason`.

    Copies that were taken stay with those who took them. Raises `BadInput` without a reason, or `Conflict` if it is
    not out.
    """
    _require(moderator, "change_publication")
    with transaction.atomic():
        reason = _reason(reason)
        publication = _locked(publication_id)
        if not publication.is_listed:
            raise Conflict(_("It is not published any more."))
        publishing.take_back(publication.character)
        publication.is_listed = False
        _write_down(moderator, Verb.UNPUBLISH, publication, publication.version, reason)
    return publication


def uphold(report_id: UUID, note: str, moderator: User) -> Report:
    """The report is right; what is published stays. Raises `Conflict` if somebody has decided."""
    return _close(report_id, Report.State.UPHELD, note, moderator)


def uphold_and_take_down(report_id: UUID, reason: str, moderator: User) -> Report:
    """Every open report of the same publication is right with it, for there is nothing left to decide on."""
    _require(moderator, "change_report")
    with transaction.atomic():
        report = _report(report_id)
        publication = take_down(report.publication_id, reason, moderator)
        for other in publication.reports.filter(state=Report.State.OPEN):
            _close(other.pk, Report.State.UPHELD, reason, moderator)
        report.refresh_from_db(fields=["state"])
    return report


def dismiss(report_id: UUID, note: str, moderator: User) -> Report:
    """There is nothing wrong. Raises `Conflict` if somebody has decided."""
    return _close(report_id, Report.State.DISMISSED, note, moderator)


def may(moderator: User, permission: str) -> bool:
    return moderator.is_active and moderator.is_staff and moderator.has_perm(f"characters.{permission}")


def _require(moderator: User, permission: str) -> None:
    if not may(moderator, permission):
        raise NotFound


def _not_ones_own(moderator: User, owner_id: UUID | None) -> None:
    if owner_id == moderator.pk and not moderator.is_superuser:
        raise Conflict(_("This is your own. Somebody else has to decide."))


def _waiting(submission_id: UUID, digest: str, moderator: User) -> Submission:
    """The submission, held with its character until the transaction ends."""
    _require(moderator, "change_submission")
    found = Submission.objects.filter(pk=submission_id).values_list("publication_id", flat=True).first()
    if found is None:
        raise NotFound
    publication = _locked(found)
    submission = publication.submissions.select_related("version").filter(pk=submission_id).first()
    if submission is None:
        raise NotFound
    _not_ones_own(moderator, submission.owner_id)
    if submission.state == Submission.State.WITHDRAWN:
        raise Conflict(_("Its author has changed it since, or taken it back. Look again."))
    if submission.state != Submission.State.PENDING:
        raise Conflict(_("Somebody has decided already."))
    if submission.version.digest != digest:
        raise Conflict(_("This is not the version that you looked at. Look again."))
    submission.publication = publication
    return submission


def _locked(publication_id: UUID) -> Publication:
    """The publication, while nobody saves a version of its character: in the order in which saving takes them."""
    of_it = Character.objects.filter(publication=publication_id, deleted_at=None).values("pk")
    character = Character.objects.select_for_update(no_key=True).filter(pk__in=of_it).first()
    if character is None:
        raise NotFound
    publication = Publication.objects.select_for_update(no_key=True).get(pk=publication_id)
    publication.character = character
    return publication


def _decide(submission: Submission, state: Submission.State, reason: str, moderator: User) -> None:
    if not submission.decide(state, reason, moderator.pk):
        raise Conflict(_("Somebody has decided already."))


def _report(report_id: UUID) -> Report:
    report = Report.objects.filter(pk=report_id).select_related("publication", "version").first()
    if report is None:
        raise NotFound
    return report


def _close(report_id: UUID, state: Report.State, note: str, moderator: User) -> Report:
    _require(moderator, "change_report")
    verb = Verb.UPHOLD if state == Report.State.UPHELD else Verb.DISMISS
    with transaction.atomic():
        report = _report(report_id)
        _not_ones_own(moderator, report.publication.owner_id)
        if not report.decide(state, moderator.pk):
            raise Conflict(_("Somebody has decided already."))
        _write_down(
            moderator, verb, report.publication, report.version, note.replace("\r\n", "\n").strip()[:LONGEST_REASON]
        )
    return report


def _reason(text: str) -> str:
    # Browsers send two characters for each line break that they counted as one.
    reason = text.replace("\r\n", "\n").strip()
    if not reason:
        raise BadInput(_("Say why, in words that the author will read."))
    if len(reason) > LONGEST_REASON:
        raise BadInput(_("Say why in %(most)d characters or fewer.") % {"most": LONGEST_REASON})
    return reason


def _write_down(
    moderator: User, verb: Verb, publication: Publication, version: Version | None, reason: str = ""
) -> None:
    name = version.card.name if version is not None else publication.name
    Decision.objects.create(
        actor=moderator,
        actor_name=moderator.email,
        verb=verb,
        publication=publication,
        subject=" ".join(name.split())[:SUBJECT_LENGTH],
        digest=version.digest if version is not None else "",
        reason=reason,
    )
