"""The pages. Each parses, calls one action or asks for values to show, and renders."""

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import signed_in
from characters import portrayal
from characters.access import characters_for, get_character_for, get_tag_for, own_characters_for
from characters.cards.extras import extras
from characters.pages import lorebooks as lorebooks_page
from characters.pages import personas as personas_page
from characters.pages import tags as tags_page
from chats import access
from chats.actions import organising, starting
from chats.forms.chats import ListForm, NewChatForm, PageForm
from chats.models import Chat
from chats.pages import company as company_page
from chats.pages import faces as faces_page
from chats.pages import messages as messages_page
from chats.pages import sidebar as sidebar_page
from core.errors import BadInput, CognitiaError, NotFound
from memory.pages import mind as mind_page
from weights import access as weights_access

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
    user = signed_in(request.user)
    chat = access.get_chat_for(user, chat_id)
    organising.mark_read(user, chat_id)
    return chat_page(request, chat, ends=ends_of(request))


def chat_page(
    request: HttpRequest,
    chat: Chat,
    *,
    ends: messages_page.Ends = messages_page.NEWEST,
    draft: str | None = None,
    error: CognitiaError | None = None,
) -> HttpResponse:
    """The whole page of a chat; with what was wrong, and what somebody has written, after a form without scripts."""
    user = signed_in(request.user)
    there = access.get_participation_for(user, chat.id)
    shown = messages_page.window(user, chat, ends)
    context = {
        "chat": chat,
        "character": faces_page.profile(user.id, chat),
        "persona": personas_page.persona(there.persona),
        "personas": personas_page.choices(user),
        "lorebook_choices": lorebooks_page.choices(user, {book.id for book in chat.lorebooks.defer("text")}),
        "tag_choices": tags_page.choices(user, {tag.id for tag in chat.tags.all()}),
        "company": company_page.table(user, chat),
        "vitals": mind_page.vitals(user, chat.character_id),
        "messages": shown.messages,
        "has_older": shown.has_older,
        "has_newer": shown.has_newer,
        "elsewhere": shown.elsewhere,
        "greeting": messages_page.greeting_choice(chat),
        "models": weights_access.answering_names(),
        "openers": extras(chat.character.card).openers if chat.character.owner_id in (None, user.id) else (),
        "current_chat_id": chat.id,
        "draft": there.draft if draft is None else draft,
        "send_error": error.message if error else "",
        "send_key": str(uuid4()),
    }
    return render(request, "chats/detail.html", context, status=error.status if error else 200)


def ends_of(request: HttpRequest) -> messages_page.Ends:
    """`before`, `after` and `around` of the query. Raises `BadInput`."""
    form = PageForm(request.GET)
    if not form.is_valid():
        raise BadInput(_("before, after and around must be ids of messages."))
    return messages_page.Ends(**form.cleaned_data)
