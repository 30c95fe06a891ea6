"""Asking for a suggestion, and looking whether it is there."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import signed_in
from chats import access
from chats.actions import suggesting
from chats.forms.suggesting import SuggestionForm
from chats.models import SuggestionKind
from chats.pages import suggesting as suggesting_page
from core.errors import NotFound
from core.forms import parsed


@login_required
@require_POST
def suggestions(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    access.get_chat_for(user, chat_id)
    kind = SuggestionKind(parsed(SuggestionForm(request.POST)).cleaned_data["kind"])
    suggestion = suggesting.suggest(user, chat_id, kind)
    return JsonResponse(suggesting_page.view(suggestion), status=202)


@login_required
@require_GET
def suggestion(request: HttpRequest, chat_id: UUID, suggestion_id: UUID) -> HttpResponse:
    found = access.get_suggestion_for(signed_in(request.user), suggestion_id)
    if found.chat_id != chat_id:
        raise NotFound
    return JsonResponse(suggesting_page.view(found))


@login_required
@require_POST
def cancel(request: HttpRequest, chat_id: UUID, suggestion_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    if access.get_suggestion_for(user, suggestion_id).chat_id != chat_id:
        raise NotFound
    suggesting.cancel(user, suggestion_id)
    return HttpResponse(status=204)
