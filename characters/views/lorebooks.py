"""The pages of lorebooks: the shelf, the table of one, its files, and the test box."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from accounts.models import User
from characters import access
from characters.actions import lorebooks as actions
from characters.forms.lorebooks import (
    BaseForm,
    BookForm,
    GlobalForm,
    NewForm,
    Sent,
    TrialForm,
    book_form,
    book_from_post,
)
from characters.lore.entry import Book
from characters.models import Lorebook
from characters.pages import book_table, book_trial
from characters.pages import lorebooks as lorebooks_page
from characters.views.importing import as_attachment
from core.errors import BadInput, CognitiaError, Conflict, NotFound
from core.forms import parsed
from core.middleware import wants_json


@login_required
@require_GET
def lorebooks(request: HttpRequest) -> HttpResponse:
    context = {"books": lorebooks_page.shelf(signed_in(request.user))}
    return render(request, "lorebooks/lorebooks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    form = NewForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            said = form.cleaned_data
            try:
                row = actions.create_lorebook(user, Book(name=said["name"], description=said["description"] or None))
            except CognitiaError as error:
                form.add_error(None, error.message)
                status = error.status
            else:
                return redirect("characters:lorebook", row.id)
    return render(request, "lorebooks/new.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def lorebook(request: HttpRequest, lorebook_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    row = access.get_lorebook_for(user, lorebook_id)
    source = lorebooks_page.source_of_lorebook(row.id)
    if request.method == "POST":
        return _saved(request, user, row, book_from_post(request.POST, row.book, source=source))
    form = book_form(row.book, opened=request.GET.get("entry", ""), like=request.GET.get("like", ""), source=source)
    return _page(request, row, form)


@login_required
@require_POST
def delete(request: HttpRequest, lorebook_id: UUID) -> HttpResponse:
    actions.delete_lorebook(signed_in(request.user), lorebook_id)
    return redirect("characters:lorebooks")


@login_required
@require_POST
def set_global(request: HttpRequest, lorebook_id: UUID) -> HttpResponse:
    form = GlobalForm(request.POST)
    form.is_valid()
    actions.set_global(signed_in(request.user), lorebook_id, wanted=form.cleaned_data["wanted"])
    return redirect("characters:lorebooks")


@login_required
@require_GET
def export(request: HttpRequest, lorebook_id: UUID, kind: str) -> HttpResponse:
    row = access.get_lorebook_for(signed_in(request.user), lorebook_id)
    if kind not in set(lorebooks_page.Kind):
        raise NotFound
    return as_attachment(lorebooks_page.export(row, lorebooks_page.Kind(kind)))


@login_required
@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """How the entry that the form has open is understood, as it stands there."""
    signed_in(request.user)
    form = book_from_post(request.POST, None).form
    if form.entry is None:
        raise BadInput(_("The form has no entry open."))
    return render(request, "lorebooks/_reading.html", {"reading": form.entry.reading})


@login_required
@require_POST
def trial(request: HttpRequest) -> HttpResponse:
    """What the text of the test box brings up of the book as the form has it, saved or not.

    A page by itself; with `?part`, what a page that is open puts below its box.
    """
    user = signed_in(request.user)
    said = parsed(TrialForm(request.POST)).cleaned_data
    source = lorebooks_page.sourced(user, said["source"])
    sent = book_from_post(request.POST, source.book)
    if sent.form.refusal:
        raise BadInput(sent.form.refusal)
    speaker = access.default_persona_for(user).name
    context = {
        "trial": book_trial.tried(
            sent.book or Book(),
            book_trial.messages(said["text"], speaker),
            character=source.character,
            user=speaker,
            budget=lorebooks_page.lore_budget(),
            seed=said["seed"] or 0,
        ),
        "wrong": len(sent.errors),
    }
    return render(request, "lorebooks/_trial.html" if "part" in request.GET else "lorebooks/trial.html", context)


def _saved(request: HttpRequest, user: User, row: Lorebook, sent: Sent) -> HttpResponse:
    form = BaseForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("The form does not say when it was made. Go back and send it again."))
    if sent.errors:
        return _refused(request, row, sent, form.cleaned_data["base"])
    try:
        saved = actions.save_lorebook(user, row.id, sent.book or Book(), form.cleaned_data["base"])
    except Conflict as error:
        if wants_json(request):
            raise
        # What was written stands on top of what was saved elsewhere; saving again keeps both.
        return _page(request, row, sent.form, error=error)
    if wants_json(request):
        return JsonResponse({"base": saved.updated_at.isoformat(), "name": saved.name})
    return redirect("characters:lorebook", saved.id)


def _refused(request: HttpRequest, row: Lorebook, sent: Sent, base: datetime) -> HttpResponse:
    """Nothing is saved; each sentence stands beside its field."""
    error = BadInput(next(iter(sent.errors.values())))
    if wants_json(request):
        return JsonResponse({"error": error.body(), "fields": dict(sent.errors)}, status=400)
    return _page(request, row, sent.form, base=base, error=error)


def _page(
    request: HttpRequest,
    row: Lorebook,
    form: BookForm,
    *,
    base: datetime | None = None,
    error: CognitiaError | None = None,
) -> HttpResponse:
    context = {
        "lorebook": lorebooks_page.shelved(row),
        "book": form,
        "base": (base or row.updated_at).isoformat(),
        "kinds": list(lorebooks_page.Kind),
        "positions": book_table.PLACES,
        "error": error.message if error else "",
    }
    return render(request, "lorebooks/lorebook.html", context, status=error.status if error else 200)
