"""The page of tags, and what puts them on characters."""

from dataclasses import asdict
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import signed_in
from characters import access
from characters.actions import tags as actions
from characters.forms.tags import TagForm
from characters.pages import tags as tags_page
from core.errors import CognitiaError, NotFound
from core.forms import ids, parsed
from core.middleware import wants_json


@login_required
@require_http_methods(["GET", "POST"])
def tags(request: HttpRequest) -> HttpResponse:
    """POST: make one."""
    user = signed_in(request.user)
    if request.method == "GET":
        return _page(request)
    form = TagForm(request.POST)
    try:
        changes = parsed(form).changes()
        actions.create_tag(user, changes.name or "", changes.hue)
    except CognitiaError as error:
        return _page(request, error, draft=request.POST.get("name", ""))
    return redirect("characters:tags")


@login_required
@require_POST
def change(request: HttpRequest, tag_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    access.get_tag_for(user, tag_id)
    form = TagForm(request.POST)
    try:
        actions.change_tag(user, tag_id, parsed(form).changes())
    except NotFound:
        raise
    except CognitiaError as error:
        return _page(request, error, refused=tag_id, draft=request.POST.get("name", ""))
    return redirect("characters:tags")


@login_required
@require_POST
def delete(request: HttpRequest, tag_id: UUID) -> HttpResponse:
    actions.delete_tag(signed_in(request.user), tag_id)
    return redirect("characters:tags")


@login_required
@require_POST
def character_tags(request: HttpRequest, character_id: UUID) -> HttpResponse:
    """Which tags a character of one's own has."""
    user = signed_in(request.user)
    access.get_own_character_for(user, character_id)
    tag_ids, new = ids(request.POST, "tag"), request.POST.get("new", "")
    tags = actions.tag_character(user, character_id, tag_ids, new)
    if wants_json(request):
        return JsonResponse({"tags": [asdict(mark) for mark in tags_page.marks(tags)]})
    return redirect("characters:yours")


def _page(
    request: HttpRequest, error: CognitiaError | None = None, *, refused: UUID | None = None, draft: str = ""
) -> HttpResponse:
    """`refused` is the tag that was not changed to `draft`; None: it was to be a new one."""
    context = {
        "tags": tags_page.tags(signed_in(request.user)),
        "error": error.message if error else "",
        "refused": refused,
        "draft": draft,
        "name_length": actions.NAME_LENGTH,
    }
    return render(request, "tags/tags.html", context, status=error.status if error else 200)
