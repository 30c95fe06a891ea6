from uuid import UUID

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from characters.actions import moderation
from characters.admin import showing
from characters.admin.looking import Act, LookOnly, StateFilter, since
from characters.cards.extras import extras
from characters.models import Character, Submission, Version
from characters.models.character import Rating


class SubmissionState(StateFilter):
    first = Submission.State.PENDING
    states = tuple(choice for choice in Submission.State.choices if choice[0] != Submission.State.WITHDRAWN)


@admin.register(Submission)
class SubmissionAdmin(LookOnly[Submission]):
    """The queue. What an author took back before anybody decided is the author's own again, and not here."""

    list_display = ("picture_cell", "name", "author", "rating", "waiting_since", "kind", "state")
    list_display_links = ("name",)
    list_filter = (SubmissionState,)
    search_fields = ("publication__author", "publication__name")
    ordering = ("created_at",)
    page_template = "admin/characters/submission.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        found: QuerySet[Submission] = super().get_queryset(request).filter(publication__character__deleted_at=None)
        found = found.exclude(state=Submission.State.WITHDRAWN)
        earlier = Submission.objects.filter(
            publication=OuterRef("publication"), state=Submission.State.APPROVED, created_at__lt=OuterRef("created_at")
        )
        found = found.annotate(is_update=Exists(earlier))
        return found.select_related("publication__character", "publication__version", "version", "decided_by")

    def acts(self) -> dict[str, tuple[Act, str]]:
        return {
            "approve": (_approve, str(_("Approved. Everybody sees this version now."))),
            "reject": (_reject, str(_("Not approved. Its author sees your reason."))),
        }

    def looked_at(self, row: Submission) -> tuple[Character, Version]:
        return row.publication.character, row.version

    def newest_instead(self, row_id: UUID) -> Submission | None:
        of_the_same = Submission.objects.filter(publication__submissions=row_id, state=Submission.State.PENDING)
        return of_the_same.select_related("publication__character", "publication__version", "version").first()

    def values(self, row: Submission) -> dict[str, object]:
        before = row.publication.version if row.state == Submission.State.PENDING else None
        return {
            "title": row.version.card.name,
            "shown": showing.shown(row.publication.character, row.version, before),
            "publication": row.publication,
            "decisions": showing.decisions_on(row.publication),
            "is_waiting": row.state == Submission.State.PENDING,
        }

    @admin.display(description=_("portrait"))
    def picture_cell(self, row: Submission) -> SafeString:
        return super().picture_cell(row)

    @admin.display(description=_("name"))
    def name(self, row: Submission) -> str:
        return row.version.card.name

    @admin.display(description=_("author"))
    def author(self, row: Submission) -> str:
        return row.publication.author

    @admin.display(description=_("rating"))
    def rating(self, row: Submission) -> str:
        return str(Rating(extras(row.version.card).rating or Rating.EVERYONE).label)

    @admin.display(description=_("since"), ordering="created_at")
    def waiting_since(self, row: Submission) -> SafeString:
        return since(row.created_at)

    @admin.display(description=_("kind"))
    def kind(self, row: Submission) -> str:
        return str(_("Update") if getattr(row, "is_update", False) else _("First time"))


def _approve(row_id: UUID, digest: str, reason: str, moderator: User) -> object:
    return moderation.approve(row_id, digest, moderator)


def _reject(row_id: UUID, digest: str, reason: str, moderator: User) -> object:
    return moderation.reject(row_id, digest, reason, moderator)
