"""What a person may do to one memory: pin it, correct it, decide which of two is true."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import signed_in
from core.errors import CognitiaError, NotFound
from core.forms import parsed
from core.middleware import wants_json
from memory.actions import correcting, deciding, pinning
from memory.forms.entries import CorrectForm, DecideForm, PinForm
from memory.models import Decision
from memory.pages import timeline as page
from memory.pages.entries import Entry


@login_required
@require_POST
def pin(request: HttpRequest, memory_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    try:
        if parsed(PinForm(request.POST)).cleaned_data["pinned"]:
            memory = pinning.pin_memory(user, memory_id)
        else:
            memory = pinning.unpin_memory(user, memory_id)
    except NotFound:
        raise
    except CognitiaError as error:
        if wants_json(request):
            raise
        messages.error(request, error.message)
        return redirect("memory:memory", memory_id)
    if wants_json(request):
        return JsonResponse({"is_pinned": memory.is_pinned})
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(f"{back}#e-{memory_id}")
    return redirect("memory:memory", memory_id)


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, memory_id: UUID) -> HttpResponse:
    """GET: the form. POST: another memory stands in the place of this one, whose id is answered."""
    user = signed_in(request.user)
    entry = page.single(user, memory_id)
    if request.method == "GET":
        return _correcting(request, entry, entry.text)
    form = CorrectForm(request.POST)
    try:
        said = parsed(form).cleaned_data
        memory = correcting.correct_memory(user, memory_id, said["text"], was_never_true=said["never"])
    except CognitiaError as error:
        if wants_json(request):
            raise
        return _correcting(request, entry, request.POST.get("text", ""), error)
    if wants_json(request):
        return JsonResponse({"id": str(memory.id)})
    messages.success(request, _("That is remembered instead."))
    return redirect("memory:memory", memory.id)


@login_required
@require_POST
def decide(request: HttpRequest, contradiction_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    decision = Decision(parsed(DecideForm(request.POST)).cleaned_data["decision"])
    contradiction = deciding.decide_contradiction(user, contradiction_id, decision)
    if wants_json(request):
        return HttpResponse(status=204)
    messages.success(request, _("That is decided."))
    return redirect("memory:character", contradiction.character_id)


def _correcting(request: HttpRequest, entry: Entry, text: str, error: CognitiaError | None = None) -> HttpResponse:
    context = {"entry": entry, "whose": entry.character, "text": text, "error": error.message if error else ""}
    return render(request, "memory/correct.html", context, status=error.status if error else 200)
