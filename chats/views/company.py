"""The pages of those who speak in a chat: who is there, and whose turn it is."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from accounts.models import User
from characters.access import get_character_for
from characters.portrayal import drawn
from chats import access, company
from chats.actions import casting, sending, starting
from chats.forms.company import CharacterForm, RulesForm, SearchForm, SeatForm, SpeakForm
from chats.pages import company as company_page
from chats.pages.faces import digest_of_face
from core.errors import BadInput, CognitiaError, NotFound
from core.forms import ids, parsed
from core.middleware import wants_json


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was looked for, and who was ticked."""

    query: str
    chosen: tuple[UUID, ...]


@login_required
@require_http_methods(["GET", "POST"])
def group(request: HttpRequest) -> HttpResponse:
    """A chat with several characters. What is ticked stays ticked through a search."""
    user = signed_in(request.user)
    chosen = tuple(ids(request.POST, "character"))
    asked = _Asked(_query(request.POST), chosen)
    if request.method == "GET" or "find" in request.POST:
        return _group_page(request, user, asked)
    if not chosen:
        return _group_page(request, user, asked, BadInput(_("Choose at least one character.")))
    try:
        chat = starting.start_chat(user, *(get_character_for(user, one) for one in chosen))
    except NotFound:
        raise
    except CognitiaError as error:
        return _group_page(request, user, asked, error)
    return redirect("chats:detail", chat.id)


@login_required
@require_http_methods(["GET", "POST"])
def cast(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """GET: who could come. POST: let one of them come."""
    user = signed_in(request.user)
    access.get_participation_for(user, chat_id, access.WRITERS)
    if request.method == "GET":
        return _cast_page(request, user, chat_id)
    form = CharacterForm(request.POST)
    if not form.is_valid():
        raise NotFound
    try:
        casting.add_character(user, chat_id, form.cleaned_data["character"])
    except NotFound:
        raise
    except CognitiaError as error:
        return _cast_page(request, user, chat_id, error)
    return redirect("chats:detail", chat_id)


@login_required
@require_POST
def seat(request: HttpRequest, chat_id: UUID, character_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    access.get_participation_for(user, chat_id)
    casting.change_seat(user, chat_id, character_id, parsed(SeatForm(request.POST)).changes())
    return _done(request, chat_id)


@login_required
@require_POST
def remove(request: HttpRequest, chat_id: UUID, character_id: UUID) -> HttpResponse:
    casting.remove_character(signed_in(request.user), chat_id, character_id)
    return _done(request, chat_id)


@login_required
@require_POST
def rules(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    access.get_participation_for(user, chat_id)
    casting.change_rules(user, chat_id, parsed(RulesForm(request.POST)).rules())
    return _done(request, chat_id)


@login_required
@require_POST
def speak(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """Let a character say something now."""
    user = signed_in(request.user)
    access.get_participation_for(user, chat_id)
    form = SpeakForm(request.POST)
    if not form.is_valid():
        raise NotFound
    reply = sending.ask_to_speak(user, chat_id, form.cleaned_data["character"], form.cleaned_data["key"])
    if wants_json(request):
        return JsonResponse({"reply_id": str(reply.id)}, status=202)
    return redirect("chats:detail", chat_id)


@login_required
@require_GET
def pane(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """Everybody at the table, for a page that was told that it has changed."""
    user = signed_in(request.user)
    chat = access.get_chat_for(user, chat_id)
    return render(request, "chats/_company_all.html", {"chat": chat, "company": company_page.table(user, chat)})


@login_required
@require_GET
def face(request: HttpRequest, chat_id: UUID, character_id: UUID, width: int) -> HttpResponse:
    """Somebody else's private character, to those who share a chat with it."""
    return drawn(digest_of_face(signed_in(request.user), chat_id, character_id, width), width)


def _group_page(request: HttpRequest, user: User, asked: _Asked, error: CognitiaError | None = None) -> HttpResponse:
    context = {
        "choices": company_page.choices(user, asked.query, on=asked.chosen),
        "query": asked.query,
        "error": error.message if error else "",
        "most": starting.MOST_CHARACTERS,
    }
    return render(request, "chats/group.html", context, status=error.status if error else 200)


def _cast_page(request: HttpRequest, user: User, chat_id: UUID, error: CognitiaError | None = None) -> HttpResponse:
    chat = access.get_chat_for(user, chat_id)
    query = _query(request.GET)
    context = {
        "chat": chat,
        "current_chat_id": chat.id,
        "choices": company_page.choices(user, query, without=company.present(chat)),
        "query": query,
        "error": error.message if error else "",
    }
    return render(request, "chats/cast.html", context, status=error.status if error else 200)


def _query(given: QueryDict) -> str:
    form = SearchForm(given)
    return str(form.cleaned_data["q"]) if form.is_valid() else ""


def _done(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    return HttpResponse(status=204) if wants_json(request) else redirect("chats:detail", chat_id)
