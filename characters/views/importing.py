"""Bringing characters in, and taking them out."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from characters import access, exporting, uploads
from characters.actions import importing as actions
from characters.exporting import Exported, Kind
from characters.forms.importing import ACCEPT, ImportForm
from characters.pages import imports as imports_page
from core.errors import BadInput, CognitiaError, NotFound
from core.forms import parsed
from core.middleware import wants_json

SHOWN = 20


@csrf_exempt  # the token stands in a body that nobody has measured yet; `_brought` looks for it
@login_required
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """GET: where files are dropped, and the last imports. POST: each file becomes an import."""
    if request.method != "POST":
        return _page(request)
    try:
        uploads.expect_files(request)
        return _brought(request)
    except CognitiaError as error:
        if wants_json(request):
            raise
        return _page(request, error)


@login_required
@require_GET
def import_detail(request: HttpRequest, import_id: UUID) -> HttpResponse:
    row = access.get_import_for(signed_in(request.user), import_id)
    return render(request, "characters/import_detail.html", {"arrival": imports_page.arrival(row)})


@login_required
@require_GET
def import_report(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """The report alone, for a page that is open and follows it."""
    row = access.get_import_for(signed_in(request.user), import_id)
    return render(request, "characters/_import.html", {"arrival": imports_page.arrival(row)})


@login_required
@require_POST
def import_cancel(request: HttpRequest, import_id: UUID) -> HttpResponse:
    actions.cancel_import(signed_in(request.user), import_id)
    return redirect("characters:import_detail", import_id)


@login_required
@require_GET
def export(request: HttpRequest, character_id: UUID, kind: str) -> HttpResponse:
    character = access.get_character_for(signed_in(request.user), character_id)
    if kind not in set(Kind):
        raise NotFound
    return as_attachment(exporting.export(character, Kind(kind)))


def as_attachment(exported: Exported) -> HttpResponse:
    """To be saved, and by no browser shown or run."""
    response = HttpResponse(exported.content, content_type=exported.media_type)
    response.headers["Content-Disposition"] = exported.disposition
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@csrf_protect
def _brought(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    form = parsed(ImportForm(request.POST, request.FILES))
    # Before any of them has begun: who sends them again would have the first ones twice.
    if any(not file.size for file in form.cleaned_data["file"]):
        raise BadInput(_("The file is empty."))
    rows = [actions.start_import(user, file.name or "", uploads.chunks(file)) for file in form.cleaned_data["file"]]
    if wants_json(request):
        found = [{"id": str(row.id), "report": reverse("characters:import_report", args=[row.id])} for row in rows]
        return JsonResponse({"imports": found}, status=202)
    return redirect("characters:import_detail", rows[0].id) if len(rows) == 1 else redirect("characters:import")


def _page(request: HttpRequest, error: CognitiaError | None = None) -> HttpResponse:
    found = access.imports_for(signed_in(request.user)).select_related("character__version", "lorebook")
    context = {
        "arrivals": [imports_page.arrival(row) for row in found[:SHOWN]],
        "accept": ACCEPT,
        "error": error.message if error else "",
    }
    return render(request, "characters/import.html", context, status=error.status if error else 200)
