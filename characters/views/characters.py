"""The pages around one's own characters: the shelf of them, a new one, and what each said before."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from characters import access, portrayal
from characters.actions.characters import delete_character, restore_version, undelete_character
from characters.actions.editing import begin
from characters.forms.characters import AgainstForm, NewForm, YoursForm
from characters.pages import own as own_page
from characters.pages import tags as tags_page
from core.errors import CognitiaError, NotFound


@login_required
@require_GET
def yours(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    form = YoursForm(request.GET)
    form.is_valid()
    search, tag = form.cleaned_data.get("q", ""), form.cleaned_data.get("tag")
    deleted = form.cleaned_data.get("deleted")
    context = {
        "tab": "yours",
        "characters": own_page.own_cards(user, search=search, tag=tag),
        "tags": tags_page.marks(access.tags_for(user)),
        "search": search,
        "tag": tag,
        "deleted": _just_deleted(request, deleted) if deleted else None,
    }
    return render(request, "characters/yours.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    form = NewForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                character = begin(
                    user, form.cleaned_data["name"], from_template=form.cleaned_data["start"] == "template"
                )
            except CognitiaError as error:
                form.add_error(None, error.message)
                status = error.status
            else:
                return redirect("characters:edit", character.id)
    return render(request, "characters/new.html", {"form": form}, status=status)


@login_required
@require_POST
def delete(request: HttpRequest, character_id: UUID) -> HttpResponse:
    delete_character(signed_in(request.user), character_id)
    return redirect(f"{reverse('characters:yours')}?deleted={character_id}")


@login_required
@require_POST
def undelete(request: HttpRequest, character_id: UUID) -> HttpResponse:
    undelete_character(signed_in(request.user), character_id)
    return redirect("characters:yours")


@login_required
@require_GET
def versions(request: HttpRequest, character_id: UUID) -> HttpResponse:
    character = access.get_own_character_for(signed_in(request.user), character_id)
    context = {
        "character": portrayal.profile(character),
        "versions": own_page.versions(character),
    }
    return render(request, "characters/versions.html", context)


@login_required
@require_GET
def version(request: HttpRequest, character_id: UUID, number: int) -> HttpResponse:
    """What it says, and how that differs from the one before, or from the one that `?against=` numbers."""
    user = signed_in(request.user)
    shown = access.get_version_for(user, character_id, number)
    form = AgainstForm(request.GET)
    against = (form.cleaned_data.get("against") if form.is_valid() else None) or number - 1
    old = access.get_version_for(user, character_id, against) if against else None
    character = access.get_own_character_for(user, character_id)
    context = {
        "character": portrayal.profile(character),
        "shown": shown,
        "against": against,
        "is_newest": shown.id == character.version_id,
        "versions": own_page.versions(character),
        "differences": own_page.compared(old, shown),
        "sheet_html": own_page.rendered(user, shown.card.description, shown.card.spoken_name),
    }
    return render(request, "characters/version.html", context)


@login_required
@require_POST
def restore(request: HttpRequest, character_id: UUID, number: int) -> HttpResponse:
    restore_version(signed_in(request.user), character_id, number)
    return redirect("characters:versions", character_id)


def _just_deleted(request: HttpRequest, character_id: UUID) -> portrayal.CharacterCard | None:
    """What can be brought back, if there still is something."""
    try:
        return portrayal.card(access.get_deleted_character_for(signed_in(request.user), character_id))
    except NotFound:
        return None
