"""The pages of the people in a chat: inviting, coming in, leaving."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import signed_in
from accounts.models import User
from characters.pages import personas as personas_page
from chats import access
from chats.actions import people as actions
from chats.forms.company import InvitationForm, JoinForm, PartForm
from chats.models import Part
from chats.pages import company as company_page
from core.errors import CognitiaError, NotFound
from core.forms import parsed


@login_required
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """Who is there, and which invitations are out. POST: one more, whose link is told once."""
    user = signed_in(request.user)
    access.get_participation_for(user, chat_id, access.HOST)
    if request.method == "GET":
        return _people_page(request, user, chat_id, InvitationForm())
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _people_page(request, user, chat_id, form, status=400)
    try:
        invited = actions.invite(user, chat_id, form.terms())
    except CognitiaError as error:
        form.add_error(None, error.message)
        return _people_page(request, user, chat_id, form, status=error.status)
    link = request.build_absolute_uri(reverse("chats:join", args=[invited.token]))
    return _people_page(request, user, chat_id, InvitationForm(), link=link)


@login_required
@require_POST
def revoke(request: HttpRequest, chat_id: UUID, invitation_id: UUID) -> HttpResponse:
    actions.revoke_invitation(signed_in(request.user), chat_id, invitation_id)
    return redirect("chats:people", chat_id)


@login_required
@require_POST
def part(request: HttpRequest, chat_id: UUID, user_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    access.get_participation_for(user, chat_id)
    wanted = Part(parsed(PartForm(request.POST)).cleaned_data["part"])
    actions.change_part(user, chat_id, user_id, wanted)
    return redirect("chats:detail", chat_id)


@login_required
@require_POST
def remove(request: HttpRequest, chat_id: UUID, user_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    actions.remove_person(user, chat_id, user_id)
    return redirect("chats:list") if user_id == user.id else redirect("chats:detail", chat_id)


@login_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation leads to; POST: come in. One that leads nowhere says the same whatever the reason."""
    user = signed_in(request.user)
    try:
        invitation = actions.invitation_of(token)
    except NotFound:
        return _nowhere(request)
    there = access.participations_for(user).filter(chat_id=invitation.chat_id).first()
    if there is not None:
        return redirect("chats:detail", there.chat_id)
    error: CognitiaError | None = None
    if request.method == "POST":
        try:
            there = actions.join(user, token, parsed(JoinForm(request.POST)).cleaned_data["persona"])
            return redirect("chats:detail", there.chat_id)
        except NotFound:
            return _nowhere(request)
        except CognitiaError as refused:
            error = refused
    context = {
        "guests": company_page.guests(user, invitation),
        "personas": personas_page.choices(user),
        "error": error.message if error else "",
    }
    return render(request, "chats/join.html", context, status=error.status if error else 200)


def _nowhere(request: HttpRequest) -> HttpResponse:
    return render(request, "chats/join_nowhere.html", status=404)


def _people_page(
    request: HttpRequest, user: User, chat_id: UUID, form: InvitationForm, *, link: str = "", status: int = 200
) -> HttpResponse:
    chat = access.get_chat_for(user, chat_id)
    context = {
        "chat": chat,
        "current_chat_id": chat.id,
        "company": company_page.table(user, chat),
        "form": form,
        "link": link,
        "most_people": actions.MOST_PEOPLE,
        "most_days": actions.MOST_DAYS,
    }
    return render(request, "chats/people.html", context, status=status)
