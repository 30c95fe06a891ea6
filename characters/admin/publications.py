from uuid import UUID

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from characters.actions import moderation
from characters.admin import showing
from characters.admin.looking import Act, LookOnly
from characters.models import Character, Publication, Report, Version


@admin.register(Publication)
class PublicationAdmin(LookOnly[Publication]):
    """What is out, and what was. Never approved: nobody has to see it here."""

    list_display = ("picture_cell", "name", "author", "rating", "is_listed", "open_reports", "listed_at")
    list_display_links = ("name",)
    list_filter = ("is_listed", "rating")
    search_fields = ("name", "author", "tagline")
    ordering = ("-is_listed", "-listed_at")
    page_template = "admin/characters/publication.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publication]:
        found: QuerySet[Publication] = super().get_queryset(request).filter(version__isnull=False)
        found = found.filter(character__deleted_at=None).annotate(
            open_count=Count("reports", filter=Q(reports__state=Report.State.OPEN))
        )
        return found.select_related("character", "version")

    def acts(self) -> dict[str, tuple[Act, str]]:
        return {"unpublish": (_take_down, str(_("Taken down. Its author sees your reason.")))}

    def looked_at(self, row: Publication) -> tuple[Character, Version] | None:
        return (row.character, row.version) if row.version is not None else None

    def values(self, row: Publication) -> dict[str, object]:
        version = row.version
        return {
            "title": row.name,
            "shown": showing.shown(row.character, version) if version is not None else None,
            "publication": row,
            "decisions": showing.decisions_on(row),
            "reports": list(row.reports.order_by("-created_at")[:50]),
        }

    @admin.display(description=_("portrait"))
    def picture_cell(self, row: Publication) -> SafeString:
        return super().picture_cell(row)

    @admin.display(description=_("open reports"), ordering="open_count")
    def open_reports(self, row: Publication) -> int:
        count: int = getattr(row, "open_count", 0)
        return count


def _take_down(row_id: UUID, digest: str, reason: str, moderator: User) -> object:
    return moderation.take_down(row_id, reason, moderator)
