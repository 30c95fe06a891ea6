"""What the moderators' pages have in common: a list, one page to look at a row, and decisions by POST only."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import signed_in
from accounts.models import User
from characters import files
from characters.admin.showing import pictures_of
from characters.forms.moderation import DecisionForm
from characters.models import Character, Version
from core.errors import BadInput, CognitiaError, Conflict, NotFound

RowT = TypeVar("RowT", bound=models.Model)
Act = Callable[[UUID, str, str, User], object]


class LookOnly(admin.ModelAdmin, Generic[RowT]):  # type: ignore[type-arg]
    """`acts` are the verbs that a page offers: each is given the row's id, the digest that was looked at, the reason
    and the moderator. What they raise is shown on the page, with the reason that was typed.
    """

    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    page_template = ""

    class Media:
        css = {"all": ("css/admin.css",)}

    def acts(self) -> dict[str, tuple[Act, str]]:
        """By the last part of their address: the action, and what is said when it is done."""
        raise NotImplementedError

    def looked_at(self, row: RowT) -> tuple[Character, Version] | None:
        """Whose pictures the page shows."""
        raise NotImplementedError

    def values(self, row: RowT) -> dict[str, object]:
        """For the page's template."""
        raise NotImplementedError

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        name, guarded = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        own = [
            path(f"<uuid:row_id>/{verb}/", guarded(self._decide), {"verb": verb}, name=f"{name}_{verb}")
            for verb in self.acts()
        ]
        own.append(path("<uuid:row_id>/picture/<str:digest>/", guarded(self._picture), name=f"{name}_picture"))
        # Without a history or a form of Django's: the log of decisions is the history, and rows are not edited.
        kept = [pattern for pattern in super().get_urls() if str(pattern.name).endswith(("_changelist", "_change"))]
        return own + kept

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, str] | None = None) -> HttpResponse:
        title = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return self._page(request, self._found(request, object_id))

    def newest_instead(self, row_id: UUID) -> RowT | None:
        """What to look at if the row itself has nothing to look at any more."""
        return None

    def picture_cell(self, row: RowT) -> SafeString:
        """A small face for the list."""
        found = self.looked_at(row)
        if found is None:
            return SafeString("")
        first = next(iter(pictures_of(*found)), None)
        if first is None:
            return format_html('<span class="moderated-face" aria-hidden="true">{}</span>', found[1].card.name[:1])
        where = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_picture", args=[row.pk, first])
        return format_html('<img class="moderated-face" src="{}?width=96" alt="" width="40" height="40">', where)

    def _picture(self, request: HttpRequest, row_id: UUID, digest: str) -> HttpResponse:
        """Whole, or `?width=` one of the shelf's widths. Only what the version shows, and never a sealed file."""
        found = self.looked_at(self._found(request, str(row_id)))
        asset = pictures_of(*found).get(digest) if found is not None else None
        if asset is None:
            raise NotFound
        widths = {str(width): width for width in files.WIDTHS}
        width = widths.get(request.GET.get("width", ""))
        if width is None:
            response = HttpResponse(files.read(digest), content_type=asset.media_type)
        else:
            response = HttpResponse(files.variant(digest, width), content_type="image/webp")
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _decide(self, request: HttpRequest, row_id: UUID, verb: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        act, done = self.acts()[verb]
        form = DecisionForm(request.POST)
        reason = request.POST.get("reason", "")
        try:
            if not form.is_valid():
                raise BadInput(_("There is something in the reason that cannot be stored."))
            act(row_id, form.cleaned_data["digest"], form.cleaned_data["reason"], signed_in(request.user))
        except NotFound:
            raise
        except CognitiaError as error:
            return self._refused(request, row_id, error, reason)
        messages.success(request, done)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _refused(self, request: HttpRequest, row_id: UUID, error: CognitiaError, reason: str) -> HttpResponse:
        try:
            row = self._found(request, str(row_id))
        except NotFound:
            instead = self.newest_instead(row_id)
            if instead is None or not isinstance(error, Conflict):
                raise error from None
            row = instead
        return self._page(request, row, error, reason)

    def _found(self, request: HttpRequest, object_id: str) -> RowT:
        """Raises `NotFound`, or `PermissionDenied`."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row: RowT | None = self.get_object(request, object_id)
        if row is None:
            raise NotFound
        return row

    def _page(
        self, request: HttpRequest, row: RowT, error: CognitiaError | None = None, reason: str = ""
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "row": row,
            "may_decide": self.has_change_permission(request),
            "error": error.message if error else "",
            "reason": reason,
            "picture_url": f"admin:{self.opts.app_label}_{self.opts.model_name}_picture",
            **self.values(row),
        }
        return TemplateResponse(request, self.page_template, context, status=error.status if error else 200)


class StateFilter(admin.SimpleListFilter):
    """Those that wait are shown unless others are asked for. Each state says how many there are."""

    parameter_name = "state"
    title = gettext_lazy("state")
    first = ""
    states: Iterable[tuple[str, object]] = ()

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[models.Model]") -> list[tuple[str, str]]:
        rows = model_admin.get_queryset(request).order_by().values_list("state").annotate(models.Count("pk"))
        counts = {str(state): int(number) for state, number in rows}
        said = [(value, f"{label} ({counts.get(value, 0)})") for value, label in self.states]
        return [*said, ("all", f"{_('All')} ({sum(counts.values())})")]

    def choices(self, changelist: object) -> list[dict[str, object]]:  # type: ignore[override]
        chosen = self.value() or self.first
        return [
            {
                "selected": value == chosen,
                "query_string": changelist.get_query_string({self.parameter_name: value}),  # type: ignore[attr-defined]
                "display": label,
            }
            for value, label in self.lookup_choices
        ]

    def queryset(self, request: HttpRequest, queryset: "models.QuerySet[RowT]") -> "models.QuerySet[RowT]":
        chosen = self.value() or self.first
        return queryset if chosen == "all" else queryset.filter(state=chosen)


def since(moment: object) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), timesince(moment))  # type: ignore[attr-defined,arg-type]
