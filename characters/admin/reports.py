from uuid import UUID

from django.contrib import admin
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from characters.actions import moderation
from characters.admin import showing
from characters.admin.looking import Act, LookOnly, StateFilter, since
from characters.models import Character, Report, Version

OPEN_FIRST = Case(When(state=Report.State.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())


class ReportState(StateFilter):
    first = Report.State.OPEN
    states = tuple(Report.State.choices)


@admin.register(Report)
class ReportAdmin(LookOnly[Report]):
    """Those on the same publication stand together, the one reported first at the top."""

    list_display = ("name", "kind", "who", "reported", "seen_then", "seen_now", "state")
    list_filter = (ReportState, "kind")
    search_fields = ("publication__name", "publication__author", "text")
    page_template = "admin/characters/report.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        found: QuerySet[Report] = super().get_queryset(request).filter(publication__character__deleted_at=None)
        return found.select_related("publication__character", "publication__version", "version", "owner")

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        return [OPEN_FIRST, "publication__name", "publication_id", "created_at"]

    def acts(self) -> dict[str, tuple[Act, str]]:
        return {
            "uphold": (_uphold, str(_("Upheld. What is published stays."))),
            "unpublish": (_take_down, str(_("Upheld, and taken down. Its author sees your reason."))),
            "dismiss": (_dismiss, str(_("Dismissed."))),
        }

    def looked_at(self, row: Report) -> tuple[Character, Version] | None:
        return (row.publication.character, row.version) if row.version is not None else None

    def values(self, row: Report) -> dict[str, object]:
        then, now = row.version, row.publication.version
        character = row.publication.character
        changed = showing.shown(character, now, then).changes if then and now and then != now else None
        return {
            "title": row.publication.name,
            "shown": showing.shown(character, then) if then is not None else None,
            "publication": row.publication,
            "now": now,
            "changed_since": changed,
            "reporter": reporter(row),
            "others": [other for other in row.publication.reports.order_by("-created_at")[:50] if other != row],
            "decisions": showing.decisions_on(row.publication),
            "is_open": row.state == Report.State.OPEN,
        }

    @admin.display(description=_("name"))
    def name(self, row: Report) -> str:
        return row.publication.name

    @admin.display(description=_("reported by"))
    def who(self, row: Report) -> str:
        return reporter(row)

    @admin.display(description=_("since"))
    def reported(self, row: Report) -> SafeString:
        return since(row.created_at)

    @admin.display(description=_("seen then"))
    def seen_then(self, row: Report) -> str:
        return version_name(row.version)

    @admin.display(description=_("published now"))
    def seen_now(self, row: Report) -> str:
        return version_name(row.publication.version) if row.publication.is_listed else str(_("Nothing"))


def reporter(row: Report) -> str:
    """Never the mail address."""
    return row.owner.name or str(_("Somebody"))


def version_name(version: Version | None) -> str:
    return f"{version.number} · {version.digest[:12]}" if version is not None else "–"


def _uphold(row_id: UUID, digest: str, reason: str, moderator: User) -> object:
    return moderation.uphold(row_id, reason, moderator)


def _take_down(row_id: UUID, digest: str, reason: str, moderator: User) -> object:
    return moderation.uphold_and_take_down(row_id, reason, moderator)


def _dismiss(row_id: UUID, digest: str, reason: str, moderator: User) -> object:
    return moderation.dismiss(row_id, reason, moderator)
