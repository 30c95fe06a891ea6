"""Forgetting: what would go, that it shall go, and the receipt of what went."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from accounts.models import User
from core.errors import BadInput, NotFound
from core.forms import ids
from core.middleware import wants_json
from memory.actions import forgetting as actions
from memory.forms.forgetting import ForgetForm
from memory.models import Forgetting
from memory.pages import forgetting as page
from memory.pages.entries import Face, whose
from memory.pages.timeline import chats


@login_required
@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest, character_id: UUID) -> HttpResponse:
    """GET: what can be forgotten at once; with a scope, what would go. POST: it goes, and the receipt is shown."""
    user = signed_in(request.user)
    face = whose(user, character_id)
    if request.method == "POST":
        return _forgotten(request, _forget(user, character_id, request))
    if "scope" not in request.GET:
        return _choosing(request, user, face)
    form = ForgetForm(request.GET)
    if not form.is_valid():
        return _choosing(request, user, face, form)
    scope = form.cleaned_data["scope"]
    context = {
        "whose": face,
        "scope": scope,
        "label": page.scope_label(scope),
        "form": form,
        "preview": _preview(user, character_id, form, request),
        "is_chosen_one_by_one": scope in {"memory", "topic"},
    }
    return render(request, "memory/forget_preview.html", context)


@login_required
@require_POST
def forget_one(request: HttpRequest, memory_id: UUID) -> HttpResponse:
    return _forgotten(request, actions.forget_memory(signed_in(request.user), memory_id))


@login_required
@require_GET
def receipts(request: HttpRequest) -> HttpResponse:
    return render(request, "memory/receipts.html", {"receipts": page.receipts(signed_in(request.user))})


@login_required
@require_GET
def receipt(request: HttpRequest, forgetting_id: UUID) -> HttpResponse:
    return render(request, "memory/receipt.html", {"receipt": page.receipt(signed_in(request.user), forgetting_id)})


def _preview(user: User, character_id: UUID, form: ForgetForm, request: HttpRequest) -> page.Preview:
    match form.cleaned_data["scope"]:
        case "memory":
            return page.by_ids(user, character_id, ids(request.GET, "memory"))
        case "topic":
            return page.by_topic(user, character_id, form.cleaned_data["q"].strip())
        case "range" if form.starts is not None and form.ends is not None:
            return page.by_range(user, character_id, form.starts, form.ends)
        case "chat":
            return page.by_chat(user, form.cleaned_data["chat"])
        case _:
            return page.everything(user, character_id)


def _forget(user: User, character_id: UUID, request: HttpRequest) -> Forgetting:
    # What was found for a topic is sent as what was seen of it, and not looked for again.
    if request.POST.get("scope") in {"memory", "topic"}:
        chosen = ids(request.POST, "memory")
        if not chosen:
            raise BadInput(_("Choose what shall be forgotten."))
        if len(chosen) == 1:
            return actions.forget_memory(user, chosen[0])
        return actions.forget_topic(user, character_id, chosen)
    form = ForgetForm(request.POST)
    if not form.is_valid():
        raise BadInput(" ".join(str(line) for lines in form.errors.values() for line in lines))
    match form.cleaned_data["scope"]:
        case "range" if form.starts is not None and form.ends is not None:
            return actions.forget_range(user, character_id, form.starts, form.ends)
        case "chat":
            return actions.forget_chat(user, form.cleaned_data["chat"])
        case "character":
            return actions.forget_character(user, character_id)
    raise NotFound


def _choosing(request: HttpRequest, user: User, face: Face, form: ForgetForm | None = None) -> HttpResponse:
    context = {
        "whose": face,
        "chats": chats(user, face.id),
        "form": form or ForgetForm(),
        "error": " ".join(str(line) for lines in form.errors.values() for line in lines) if form else "",
    }
    return render(request, "memory/forget.html", context, status=BadInput.status if form else 200)


def _forgotten(request: HttpRequest, row: Forgetting) -> HttpResponse:
    if wants_json(request):
        total = sum(row.counts.values())
        said = ngettext("%(n)d memory is forgotten.", "%(n)d memories are forgotten.", total) % {"n": total}
        address = reverse("memory:receipt", args=[row.id])
        return JsonResponse({"message": said, "receipt": address, "counts": row.counts})
    return redirect("memory:receipt", row.id)
