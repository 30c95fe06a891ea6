"""Walking through the tree, growing it, and putting parts of it away."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from chats import access
from chats.actions import branching, trash
from chats.forms.chats import BranchForm, DateForm, EditForm, HideForm
from chats.models import Message
from chats.pages import paths as paths_page
from core.errors import NotFound
from core.forms import parsed
from core.middleware import wants_json


@login_required
@require_POST
def select(request: HttpRequest, chat_id: UUID, message_id: UUID) -> HttpResponse:
    """Show the branch of this message."""
    message = _message(request, chat_id, message_id)
    branching.select_message(signed_in(request.user), message.id)
    return _shown(request, message)


@login_required
@require_POST
def branch(request: HttpRequest, chat_id: UUID, message_id: UUID) -> HttpResponse:
    """What is said next follows this message."""
    message = _message(request, chat_id, message_id)
    branching.branch_from(signed_in(request.user), message.id)
    return _shown(request, message)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, chat_id: UUID, message_id: UUID) -> HttpResponse:
    """GET: its words as they were written. POST: another wording beside it."""
    user = signed_in(request.user)
    message = _message(request, chat_id, message_id)
    if request.method == "GET":
        if wants_json(request):
            return JsonResponse({"text": message.text})
        return render(request, "chats/edit.html", {"message": message, "chat": message.chat})
    form = parsed(EditForm(request.POST))
    sent = branching.edit_message(user, message.id, form.cleaned_data["text"], form.cleaned_data["key"])
    if wants_json(request):
        replies = [str(reply.id) for reply in sent.replies]
        return JsonResponse({"message_id": str(sent.message.id), "reply_ids": replies}, status=201)
    return redirect("chats:detail", chat_id)


@login_required
@require_POST
def delete(request: HttpRequest, chat_id: UUID, message_id: UUID) -> HttpResponse:
    """With all that follows it, for thirty days."""
    message = _message(request, chat_id, message_id)
    put_away = trash.delete_message(signed_in(request.user), message.id)
    if wants_json(request):
        return JsonResponse({"trash_id": str(put_away.id), "messages": put_away.messages})
    return redirect("chats:detail", chat_id)


@login_required
@require_POST
def restore(request: HttpRequest, chat_id: UUID, trash_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    if access.get_trash_for(user, trash_id).chat_id != chat_id:
        raise NotFound
    trash.restore_messages(user, trash_id)
    return HttpResponse(status=204) if wants_json(request) else redirect("chats:detail", chat_id)


@login_required
@require_POST
def bookmark(request: HttpRequest, chat_id: UUID, message_id: UUID) -> HttpResponse:
    """Marks it, or marks it under another name."""
    message = _message(request, chat_id, message_id)
    form = parsed(BranchForm(request.POST))
    branching.bookmark(signed_in(request.user), message.id, form.cleaned_data["name"])
    return _shown(request, message)


@login_required
@require_POST
def remove_bookmark(request: HttpRequest, chat_id: UUID, message_id: UUID) -> HttpResponse:
    message = _message(request, chat_id, message_id)
    branching.remove_bookmark(signed_in(request.user), message.id)
    return _shown(request, message)


@login_required
@require_POST
def hide(request: HttpRequest, chat_id: UUID, message_id: UUID) -> HttpResponse:
    """Keep it from the characters, or tell them again."""
    message = _message(request, chat_id, message_id)
    branching.hide_message(signed_in(request.user), message.id, parsed(HideForm(request.POST)).cleaned_data["hidden"])
    return _shown(request, message)


@login_required
@require_POST
def copy(request: HttpRequest, chat_id: UUID, message_id: UUID) -> HttpResponse:
    """A new chat with everything up to here."""
    message = _message(request, chat_id, message_id)
    new = branching.copy_to_new_chat(signed_in(request.user), message.id)
    url = reverse("chats:detail", args=[new.id])
    return JsonResponse({"url": url}, status=201) if wants_json(request) else redirect(url)


@login_required
@require_POST
def name(request: HttpRequest, chat_id: UUID, message_id: UUID) -> HttpResponse:
    """What the path that begins here is called."""
    message = _message(request, chat_id, message_id)
    form = parsed(BranchForm(request.POST))
    branching.rename_branch(signed_in(request.user), message.id, form.cleaned_data["name"])
    return _shown(request, message)


@login_required
@require_POST
def canonical(request: HttpRequest, chat_id: UUID, message_id: UUID) -> HttpResponse:
    """The path through this message is the one that counts."""
    message = _message(request, chat_id, message_id)
    branching.make_canonical(signed_in(request.user), message.id, chat_id)
    return _shown(request, message)


@login_required
@require_GET
def paths(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """The branches as an outline, and the bookmarks: a piece of the page, or without scripts a page of its own."""
    user = signed_in(request.user)
    chat = access.get_chat_for(user, chat_id)
    context = {"chat": chat, "paths": paths_page.paths(user, chat), "bookmarks": paths_page.bookmarks(user, chat)}
    whole = "HX-Request" not in request.headers and "X-Fragment" not in request.headers
    return render(request, "chats/paths.html" if whole else "chats/_paths.html", context)


@login_required
@require_GET
def jump(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """To the first message of a day, or the first one after it."""
    user = signed_in(request.user)
    chat = access.get_chat_for(user, chat_id)
    form = parsed(DateForm(request.GET))
    found = paths_page.first_since(user, chat, form.cleaned_data["date"], form.cleaned_data["offset"])
    if wants_json(request):
        return JsonResponse({"message_id": str(found) if found else None})
    return redirect(_address(chat_id, found)) if found else redirect("chats:detail", chat_id)


def _message(request: HttpRequest, chat_id: UUID, message_id: UUID) -> Message:
    return access.get_message_for(signed_in(request.user), message_id, chat_id=chat_id)


def _shown(request: HttpRequest, message: Message) -> HttpResponse:
    if wants_json(request):
        return HttpResponse(status=204)
    return redirect(_address(message.chat_id, message.id))


def _address(chat_id: UUID, message_id: UUID) -> str:
    return f"{reverse('chats:detail', args=[chat_id])}?around={message_id}#m-{message_id}"
