"""Bringing chats in, and taking them out."""

from collections.abc import AsyncGenerator
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from chats import access, exporting, uploads
from chats.actions import importing as actions
from chats.exporting import Exported, Kind
from chats.forms.importing import ACCEPT, ImportForm
from chats.pages import importing as importing_page
from core.database import in_thread
from core.errors import BadInput, CognitiaError, NotFound
from core.forms import parsed
from core.middleware import wants_json

SHOWN = 30


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
def import_detail(request: HttpRequest, chat_import_id: UUID) -> HttpResponse:
    return render(request, "chats/import_detail.html", _context(request, chat_import_id))


@login_required
@require_GET
def import_report(request: HttpRequest, chat_import_id: UUID) -> HttpResponse:
    """The report alone, for a page that is open and follows it."""
    return render(request, "chats/_import.html", _context(request, chat_import_id))


@login_required
@require_POST
def import_cancel(request: HttpRequest, chat_import_id: UUID) -> HttpResponse:
    actions.cancel_import(signed_in(request.user), chat_import_id)
    return redirect("chats:import_detail", chat_import_id)


@login_required
@require_GET
async def export(request: HttpRequest, chat_id: UUID, kind: str) -> StreamingHttpResponse:
    """The chat as a file, read while it is sent."""
    user = signed_in(await request.auser())
    if kind not in set(Kind):
        raise NotFound
    return as_attachment(await in_thread(exporting.export)(user, chat_id, Kind(kind)))


def as_attachment(exported: Exported) -> StreamingHttpResponse:
    """To be saved, and by no browser shown or run."""
    response = StreamingHttpResponse(_pieces(exported), content_type=exported.media_type)
    response.headers["Content-Disposition"] = exported.disposition
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    # nginx would otherwise collect it.
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _pieces(exported: Exported) -> AsyncGenerator[str, None]:
    """Async to the end: of a synchronous stream all would be collected before anything is sent."""
    following = in_thread(lambda: next(exported.pieces, None))
    while (piece := await following()) is not None:
        yield piece


@csrf_protect
def _brought(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    form = parsed(ImportForm(request.POST, request.FILES))
    files, character_id = form.cleaned_data["file"], form.cleaned_data["character"]
    # Before any of them has begun: who sends them again would have the first ones twice.
    if any(not file.size for file in files):
        raise BadInput(_("The file is empty."))
    rows = [actions.start_import(user, file.name or "", uploads.chunks(file), character_id) for file in files]
    if wants_json(request):
        found = [{"id": str(row.id), "report": reverse("chats:import_report", args=[row.id])} for row in rows]
        return JsonResponse({"imports": found}, status=202)
    return redirect("chats:import_detail", rows[0].id) if len(rows) == 1 else redirect("chats:import")


def _context(request: HttpRequest, chat_import_id: UUID) -> dict[str, importing_page.Arrival]:
    user = signed_in(request.user)
    return {"arrival": importing_page.arrival(user, access.get_chat_import_for(user, chat_import_id))}


def _page(request: HttpRequest, error: CognitiaError | None = None) -> HttpResponse:
    user = signed_in(request.user)
    context = {
        "arrivals": [importing_page.arrival(user, row) for row in access.chat_imports_for(user)[:SHOWN]],
        "characters": importing_page.choices(user),
        "accept": ACCEPT,
        "most_mib": uploads.MOST_FILE_BYTES // 2**20,
        "error": error.message if error else "",
    }
    return render(request, "chats/import.html", context, status=error.status if error else 200)
