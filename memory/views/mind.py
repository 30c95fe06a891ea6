"""What a person may do to how a character feels about them, and the bars alone."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import signed_in
from core.errors import BadInput
from core.forms import parsed
from core.middleware import wants_json
from memory.actions import mapping, minding
from memory.forms.mind import BoundsForm, FreezeForm
from memory.pages import mind as page
from memory.pages.entries import whose


@login_required
@require_GET
def vitals(request: HttpRequest, character_id: UUID) -> HttpResponse:
    """The bars alone, for a page that has heard that they moved."""
    user = signed_in(request.user)
    whose(user, character_id)
    return render(request, "memory/_vitals.html", {"vitals": page.vitals(user, character_id)})


@login_required
@require_POST
def freeze(request: HttpRequest, character_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    whose(user, character_id)
    if parsed(FreezeForm(request.POST)).cleaned_data["frozen"]:
        minding.freeze_mind(user, character_id)
    else:
        minding.thaw_mind(user, character_id)
    return _done(request, character_id)


@login_required
@require_POST
def bound(request: HttpRequest, character_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    whose(user, character_id)
    try:
        minding.set_bounds(user, character_id, parsed(BoundsForm(request.POST)).bounds())
    except BadInput as error:
        if wants_json(request):
            raise
        messages.error(request, error.message)
    return _done(request, character_id)


@login_required
@require_POST
def undo_event(request: HttpRequest, character_id: UUID, event_id: UUID) -> HttpResponse:
    minding.undo_event(signed_in(request.user), character_id, event_id)
    if not wants_json(request):
        messages.success(request, _("That is undone, as if it had not moved them."))
    return _done(request, character_id)


@login_required
@require_POST
def draw_map(request: HttpRequest, character_id: UUID) -> HttpResponse:
    mapping.draw_map(signed_in(request.user), character_id)
    if not wants_json(request):
        messages.info(request, _("The map is being drawn anew. Open this page again in a moment."))
    return _done(request, character_id)


def _done(request: HttpRequest, character_id: UUID) -> HttpResponse:
    return HttpResponse(status=204) if wants_json(request) else redirect("memory:character", character_id)
