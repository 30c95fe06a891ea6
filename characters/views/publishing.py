"""The author's side of the marketplace: send, see what became of it, take back."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import signed_in
from accounts.models import User
from characters import access, portrayal
from characters.actions import publishing
from characters.forms.publishing import PublishForm
from core.errors import CognitiaError, NotFound
from core.forms import parsed


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, character_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    if request.method != "POST":
        return _page(request, user, character_id)
    author = request.POST.get("author", "")
    try:
        publishing.publish(user, character_id, _author(request))
    except NotFound:
        raise
    except CognitiaError as error:
        return _page(request, user, character_id, error, author)
    return redirect("characters:publish", character_id)


@login_required
@require_POST
def unpublish(request: HttpRequest, character_id: UUID) -> HttpResponse:
    publishing.unpublish(signed_in(request.user), character_id)
    return redirect("characters:publish", character_id)


def _author(request: HttpRequest) -> str:
    """Raises `BadInput`."""
    author: str = parsed(PublishForm(request.POST)).cleaned_data["author"]
    return author


def _page(
    request: HttpRequest, user: User, character_id: UUID, error: CognitiaError | None = None, author: str = ""
) -> HttpResponse:
    character = access.get_own_character_for(user, character_id)
    context = {
        "character": character,
        "card": portrayal.card(character),
        "sharing_error": error.message if error else "",
        "typed_author": author,
    }
    return render(request, "characters/publish.html", context, status=error.status if error else 200)
