"""What holds in one chat: how it begins, who one is in it, its tags, books and note, how replies are chosen."""

from dataclasses import asdict
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import signed_in
from characters.pages import personas as personas_page
from chats import access
from chats.actions import settings, starting
from chats.forms.chats import DraftForm, GreetingForm, MemoryForm, OverridesForm, PersonaForm
from chats.pages import messages as messages_page
from chats.pages import preview as preview_page
from chats.views.chats import chat_page
from core.errors import BadInput, NotFound
from core.forms import ids, parsed
from core.middleware import wants_json


@login_required
@require_POST
def greeting(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """Begin with another of the character's greetings."""
    user = signed_in(request.user)
    access.get_chat_for(user, chat_id)
    form = GreetingForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("Say which greeting, by its number."))
    starting.choose_greeting(user, chat_id, form.cleaned_data["number"])
    return redirect("chats:detail", chat_id)


@login_required
@require_POST
def persona(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """Who they are from now on. What they have begun to write comes back to a page without scripts."""
    user = signed_in(request.user)
    form = PersonaForm(request.POST)
    if not form.is_valid():
        raise NotFound
    chosen = settings.choose_persona(user, chat_id, form.cleaned_data["persona"])
    if wants_json(request):
        return JsonResponse(asdict(personas_page.persona(chosen)))
    if form.cleaned_data["text"]:
        return chat_page(request, access.get_chat_for(user, chat_id), draft=form.cleaned_data["text"])
    return redirect("chats:detail", chat_id)


@login_required
@require_POST
def tags(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    access.get_chat_for(user, chat_id)
    tag_ids, new = ids(request.POST, "tag"), request.POST.get("new", "")
    settings.tag_chat(user, chat_id, tag_ids, new)
    return HttpResponse(status=204) if wants_json(request) else redirect("chats:detail", chat_id)


@login_required
@require_POST
def lorebooks(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    settings.set_lorebooks(signed_in(request.user), chat_id, frozenset(ids(request.POST, "lorebook")))
    return redirect("chats:detail", chat_id)


@login_required
@require_GET
def lines(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """The last messages as the test box of lorebooks takes them: `Name: text`, one on each line."""
    user = signed_in(request.user)
    return JsonResponse({"lines": messages_page.lines(user, access.get_chat_for(user, chat_id))})


@login_required
@require_POST
def overrides(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """The model, how freely it speaks, and the author's note, for this chat alone."""
    user = signed_in(request.user)
    access.get_chat_for(user, chat_id)
    form = parsed(OverridesForm(request.POST))
    settings.change_overrides(user, chat_id, settings.Overrides(**form.cleaned_data))
    return HttpResponse(status=204) if wants_json(request) else redirect("chats:detail", chat_id)


@login_required
@require_POST
def memory(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """Whether this chat is remembered elsewhere, and whether anything is recalled in it."""
    user = signed_in(request.user)
    access.get_chat_for(user, chat_id)
    settings.change_memory(user, chat_id, **parsed(MemoryForm(request.POST)).cleaned_data)
    return HttpResponse(status=204) if wants_json(request) else redirect("chats:detail", chat_id)


@login_required
@require_POST
def draft(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """What they have begun to write."""
    user = signed_in(request.user)
    access.get_chat_for(user, chat_id)
    settings.keep_draft(user, chat_id, parsed(DraftForm(request.POST)).cleaned_data["text"])
    return HttpResponse(status=204)


@login_required
@require_POST
def prompt(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """What the model would read if they sent this now. A POST, since a draft is longer than an address may be."""
    user = signed_in(request.user)
    chat = access.get_chat_for(user, chat_id)
    text = parsed(DraftForm(request.POST)).cleaned_data["text"]
    return render(request, "chats/_prompt.html", {"preview": preview_page.preview(user, chat, text)})
