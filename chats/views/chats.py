"""The pages. Each parses, calls one action or asks for values to show, and renders."""

from dataclasses import asdict
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from accounts.models import User
from characters import portrayal
from characters.access import characters_for, get_character_for, get_tag_for, own_characters_for
from characters.cards.extras import extras
from characters.pages import lorebooks as lorebooks_page
from characters.pages import personas as personas_page
from characters.pages import tags as tags_page
from chats import access
from chats.actions import sending, settings, starting
from chats.forms.chats import GreetingForm, ListForm, MessageForm, NewChatForm, PageForm, PersonaForm
from chats.models import Chat
from chats.pages import details as details_page
from chats.pages import messages as messages_page
from chats.pages import sidebar as sidebar_page
from core.errors import BadInput, CognitiaError, NotFound
from core.forms import ids
from core.middleware import wants_json

# Of somebody's own characters, on the page where a chat is begun; all of them stand on a page of theirs.
OWN_SHOWN = 4


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The chat used last; for someone new, one with the first character."""
    user = signed_in(request.user)
    chat = access.chats_for(user).first()
    if chat is None:
        character = characters_for(user).first()
        if character is None:
            return redirect("chats:list")
        chat = starting.start_chat(user, character)
    return redirect("chats:detail", chat.id)


@login_required
@require_http_methods(["GET", "POST"])
def chat_list(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    if request.method == "POST":
        form = NewChatForm(request.POST)
        if not form.is_valid():
            raise NotFound
        chat = starting.start_chat(user, get_character_for(user, form.cleaned_data["character"]))
        return redirect("chats:detail", chat.id)
    chosen = ListForm(request.GET)
    if not chosen.is_valid():
        raise NotFound
    own = own_characters_for(user)
    shown = [*own[:OWN_SHOWN], *characters_for(user).filter(owner=None)]
    context: dict[str, object] = {
        "characters": [portrayal.card(character) for character in shown],
        "has_more": own.count() > OWN_SHOWN,
    }
    if (tag_id := chosen.cleaned_data["tag"]) is not None:
        tag = get_tag_for(user, tag_id)
        context |= {"sidebar": sidebar_page.sidebar(user, tag), "chosen_tag": tag.id}
    return render(request, "chats/list.html", context)


@login_required
@require_GET
def chat_detail(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """The newest messages; with `?before=`, `?after=` or `?around=` a message's id, those next to it."""
    chat = access.get_chat_for(signed_in(request.user), chat_id)
    return _chat_page(request, chat, ends=_ends(request))


@login_required
@require_http_methods(["GET", "POST"])
def messages(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """GET: one page of the history. POST: send, for a browser without scripts."""
    user = signed_in(request.user)
    chat = access.get_chat_for(user, chat_id)
    if request.method == "POST":
        return _send(request, user, chat)
    found = messages_page.window(user, chat, _ends(request))
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
    reply = access.get_reply_for(signed_in(request.user), reply_id, chat_id=chat_id)
    return render(
        request,
        "chats/_details.html",
        {"details": details_page.details(reply), "receipt": details_page.receipt(reply)},
    )


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
        return _chat_page(request, access.get_chat_for(user, chat_id), draft=form.cleaned_data["text"])
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
    chat = access.get_chat_for(signed_in(request.user), chat_id)
    return JsonResponse({"lines": messages_page.lines(chat)})


@login_required
@require_POST
def retry(request: HttpRequest, chat_id: UUID, reply_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    access.get_reply_for(user, reply_id, chat_id=chat_id)
    reply = sending.write_again(user, reply_id)
    if wants_json(request):
        return JsonResponse({"reply_id": str(reply.id)}, status=202)
    return redirect("chats:detail", chat_id)


@login_required
@require_POST
def cancel(request: HttpRequest, chat_id: UUID, reply_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    access.get_reply_for(user, reply_id, chat_id=chat_id)
    sending.cancel_reply(user, reply_id)
    return redirect("chats:detail", chat_id)


def _send(request: HttpRequest, user: User, chat: Chat) -> HttpResponse:
    form = MessageForm(request.POST)
    if not form.is_valid():
        raise BadInput("The form has lost its key. Go back and send again.")
    try:
        sending.send_message(user, chat.id, form.cleaned_data["text"], form.cleaned_data["key"])
    except CognitiaError as error:
        return _chat_page(request, chat, draft=form.cleaned_data["text"], error=error)
    return redirect("chats:detail", chat.id)


def _chat_page(
    request: HttpRequest,
    chat: Chat,
    *,
    ends: messages_page.Ends = messages_page.NEWEST,
    draft: str | None = None,
    error: CognitiaError | None = None,
) -> HttpResponse:
    user = signed_in(request.user)
    there = access.get_participation_for(user, chat.id)
    shown = messages_page.window(user, chat, ends)
    context = {
        "chat": chat,
        "character": portrayal.profile(chat.character),
        "persona": personas_page.persona(there.persona),
        "personas": personas_page.choices(user),
        "lorebook_choices": lorebooks_page.choices(user, {book.id for book in chat.lorebooks.defer("text")}),
        "tag_choices": tags_page.choices(user, {tag.id for tag in chat.tags.all()}),
        "messages": shown.messages,
        "has_older": shown.has_older,
        "has_newer": shown.has_newer,
        "greeting": messages_page.greeting_choice(chat),
        "openers": extras(chat.character.card).openers,
        "current_chat_id": chat.id,
        "draft": there.draft if draft is None else draft,
        "send_error": error.message if error else "",
        "send_key": str(uuid4()),
    }
    return render(request, "chats/detail.html", context, status=error.status if error else 200)


def _ends(request: HttpRequest) -> messages_page.Ends:
    """`before`, `after` and `around` of the query. Raises `BadInput`."""
    form = PageForm(request.GET)
    if not form.is_valid():
        raise BadInput("before, after and around must be ids of messages.")
    return messages_page.Ends(**form.cleaned_data)
