"""What is said, piece by piece: read, sent, written again, stopped."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from accounts.models import User
from chats import access
from chats.actions import sending
from chats.forms.chats import KeyForm, MessageForm
from chats.models import Chat, Message
from chats.pages import details as details_page
from chats.pages import messages as messages_page
from chats.views.chats import chat_page, ends_of
from core.errors import BadInput, CognitiaError
from core.forms import parsed
from core.middleware import wants_json


@login_required
@require_http_methods(["GET", "POST"])
def messages(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """GET: one page of the history. POST: send, for a browser without scripts."""
    user = signed_in(request.user)
    chat = access.get_chat_for(user, chat_id)
    if request.method == "POST":
        return _send(request, user, chat)
    found = messages_page.window(user, chat, ends_of(request))
    response = render(request, "chats/_messages.html", {"messages": found.messages, "chat": chat})
    response.headers["X-Older"] = "true" if found.has_older else "false"
    response.headers["X-Newer"] = "true" if found.has_newer else "false"
    response.headers["X-Moved"] = "true" if found.moved else "false"
    return response


@login_required
@require_GET
def message(request: HttpRequest, chat_id: UUID, message_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    found = access.get_message_for(user, message_id, chat_id=chat_id)
    return render(request, "chats/_message.html", {"message": messages_page.view(user, found), "chat": found.chat})


@login_required
@require_GET
def details(request: HttpRequest, chat_id: UUID, reply_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    reply = access.get_reply_for(user, reply_id, chat_id=chat_id)
    return render(
        request,
        "chats/_details.html",
        {"details": details_page.details(reply), "receipt": details_page.receipt(user, reply)},
    )


@login_required
@require_POST
def retry(request: HttpRequest, chat_id: UUID, reply_id: UUID) -> HttpResponse:
    """Another version of a reply."""
    user = signed_in(request.user)
    access.get_reply_for(user, reply_id, chat_id=chat_id)
    return _asked(request, sending.write_again(user, reply_id, parsed(KeyForm(request.POST)).cleaned_data["key"]))


@login_required
@require_POST
def go_on(request: HttpRequest, chat_id: UUID, reply_id: UUID) -> HttpResponse:
    """A longer version of a reply."""
    user = signed_in(request.user)
    access.get_reply_for(user, reply_id, chat_id=chat_id)
    return _asked(request, sending.go_on(user, reply_id, parsed(KeyForm(request.POST)).cleaned_data["key"]))


@login_required
@require_POST
def cancel(request: HttpRequest, chat_id: UUID, reply_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    access.get_reply_for(user, reply_id, chat_id=chat_id)
    sending.cancel_reply(user, reply_id)
    return redirect("chats:detail", chat_id)


def _asked(request: HttpRequest, reply: Message) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"reply_id": str(reply.id)}, status=202)
    return redirect("chats:detail", reply.chat_id)


def _send(request: HttpRequest, user: User, chat: Chat) -> HttpResponse:
    form = MessageForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("The form has lost its key. Go back and send again."))
    try:
        sending.send_message(user, chat.id, form.cleaned_data["text"], form.cleaned_data["key"])
    except CognitiaError as error:
        return chat_page(request, chat, draft=form.cleaned_data["text"], error=error)
    return redirect("chats:detail", chat.id)
