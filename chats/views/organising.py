"""The lists of chats, and where each chat is kept."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from accounts.models import User
from characters.access import get_tag_for, tags_for
from characters.pages.tags import marks
from chats import access
from chats.actions import organising, settings
from chats.forms.chats import ListForm
from chats.forms.organising import AllForm, BulkForm, FolderForm, PlaceForm, TitleForm
from chats.pages import sidebar as sidebar_page
from chats.pages import trash as trash_page
from core.errors import CognitiaError, NotFound
from core.forms import ids, parsed
from core.middleware import wants_json


@login_required
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The list of the sidebar alone, for a page that is open; with `?tag=`, only the chats that have it."""
    user = signed_in(request.user)
    form = ListForm(request.GET)
    if not form.is_valid():
        raise NotFound
    tag_id = form.cleaned_data["tag"]
    tag = get_tag_for(user, tag_id) if tag_id is not None else None
    return render(request, "shell/_sidebar_rows.html", {"sidebar": sidebar_page.sidebar(user, tag)})


@login_required
@require_GET
def every(request: HttpRequest) -> HttpResponse:
    """All chats, a page at a time."""
    return _list(request, "chats/all.html", archived=False)


@login_required
@require_GET
def archive(request: HttpRequest) -> HttpResponse:
    return _list(request, "chats/archive.html", archived=True)


@login_required
@require_GET
def trash(request: HttpRequest) -> HttpResponse:
    return render(request, "chats/trash.html", {"trash": trash_page.trash(signed_in(request.user))})


@login_required
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """GET: all that can be done with the chat in the list; with `?menu`, as a menu. POST: put it elsewhere."""
    user = signed_in(request.user)
    menu = sidebar_page.place_menu(user, chat_id)
    if request.method == "GET":
        template = "shell/_sidebar_menu.html" if "menu" in request.GET else "chats/place.html"
        return render(request, template, {"menu": menu})
    form = parsed(PlaceForm(request.POST))
    try:
        with transaction.atomic():
            new = form.cleaned_data["new"].strip()
            made = organising.make_folder(user, new) if new else None
            organising.place_chat(user, chat_id, form.place(made.id if made else None))
    except CognitiaError as error:
        if wants_json(request) or isinstance(error, NotFound):
            raise
        return render(request, "chats/place.html", {"menu": menu, "error": error.message}, status=error.status)
    return _done(request, "chats:place", chat_id)


@login_required
@require_POST
def title(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    access.get_chat_for(user, chat_id)
    chat = settings.rename_chat(user, chat_id, parsed(TitleForm(request.POST)).cleaned_data["title"])
    return JsonResponse({"title": chat.title}) if wants_json(request) else redirect("chats:place", chat_id)


@login_required
@require_POST
def delete(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """Into the trash, for thirty days."""
    organising.delete_chats(signed_in(request.user), [chat_id])
    messages.success(request, _said("delete", 1))
    return _done(request, "chats:trash")


@login_required
@require_POST
def restore(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    organising.restore_chats(signed_in(request.user), [chat_id])
    return _done(request, "chats:detail", chat_id)


@login_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """One thing with all the chats that are ticked."""
    user = signed_in(request.user)
    form = BulkForm(request.POST)
    chat_ids = ids(request.POST, "chat")
    if not chat_ids and not wants_json(request):
        messages.error(request, _("Tick the chats first, then choose what shall become of them."))
        return redirect("chats:all")
    do = parsed(form).cleaned_data["do"]
    _VERBS[do](user, chat_ids, form)
    if wants_json(request):
        return JsonResponse({"message": _said(do, len(set(chat_ids)))})
    messages.success(request, _said(do, len(set(chat_ids))))
    return redirect({"unarchive": "chats:archive", "delete": "chats:trash"}.get(do, "chats:all"))


@login_required
@require_POST
def folders(request: HttpRequest) -> HttpResponse:
    """Make one."""
    made = organising.make_folder(signed_in(request.user), parsed(FolderForm(request.POST)).cleaned_data["name"])
    if wants_json(request):
        return JsonResponse({"id": str(made.id), "name": made.name}, status=201)
    return redirect("chats:all")


@login_required
@require_http_methods(["GET", "POST"])
def folder(request: HttpRequest, folder_id: UUID) -> HttpResponse:
    """GET: what can be done with it; with `?menu`, as a menu. POST: its name, its place, whether it is open."""
    user = signed_in(request.user)
    found = access.get_folder_for(user, folder_id)
    if request.method == "GET":
        context: dict[str, object] = {"folder": found, "folders": sidebar_page.folder_choices(user)}
        return render(request, "shell/_sidebar_folder.html" if "menu" in request.GET else "chats/folder.html", context)
    form = parsed(FolderForm(request.POST))
    said = form.cleaned_data
    organising.change_folder(
        user, found.id, name=said["name"] or None, position=said["position"], is_open=said["open"]
    )
    return _done(request, "chats:folder", folder_id)


@login_required
@require_POST
def delete_folder(request: HttpRequest, folder_id: UUID) -> HttpResponse:
    organising.delete_folder(signed_in(request.user), folder_id)
    return _done(request, "chats:all")


def _list(request: HttpRequest, template: str, *, archived: bool) -> HttpResponse:
    user = signed_in(request.user)
    form = AllForm(request.GET)
    if not form.is_valid():
        raise NotFound
    tag_id, folder_id, after = (form.cleaned_data[name] for name in ("tag", "folder", "after"))
    tag = get_tag_for(user, tag_id) if tag_id is not None else None
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "page": sidebar_page.page(user, archived=archived, after=after, tag=tag, folder_id=folder_id),
        "folders": sidebar_page.folder_choices(user, folder_id),
        "tags": marks(tags_for(user)),
        "tag": tag,
        "query": query.urlencode(),
        "is_first": after is None,
    }
    return render(request, template, context)


def _done(request: HttpRequest, page: str, *of: UUID) -> HttpResponse:
    return HttpResponse(status=204) if wants_json(request) else redirect(page, *of)


def _tagged(user: User, chat_ids: list[UUID], form: BulkForm, *, is_on: bool) -> None:
    tag_id = form.cleaned_data["tag"]
    if tag_id is None:
        raise NotFound
    organising.tag_chats(user, chat_ids, tag_id, is_on)


_VERBS: dict[str, Callable[[User, list[UUID], BulkForm], object]] = {
    "folder": lambda user, chat_ids, form: organising.move_chats(user, chat_ids, form.folder_id()),
    "tag": lambda user, chat_ids, form: _tagged(user, chat_ids, form, is_on=True),
    "untag": lambda user, chat_ids, form: _tagged(user, chat_ids, form, is_on=False),
    "pin": lambda user, chat_ids, _form: organising.pin_chats(user, chat_ids, True),
    "unpin": lambda user, chat_ids, _form: organising.pin_chats(user, chat_ids, False),
    "archive": lambda user, chat_ids, _form: organising.archive_chats(user, chat_ids, True),
    "unarchive": lambda user, chat_ids, _form: organising.archive_chats(user, chat_ids, False),
    "read": lambda user, chat_ids, _form: organising.mark_chats(user, chat_ids, is_read=True),
    "unread": lambda user, chat_ids, _form: organising.mark_chats(user, chat_ids, is_read=False),
    "delete": lambda user, chat_ids, _form: organising.delete_chats(user, chat_ids),
    "restore": lambda user, chat_ids, _form: organising.restore_chats(user, chat_ids),
}


def _said(do: str, number: int) -> str:
    match do:
        case "delete":
            said = ngettext("%(n)d chat is in the trash.", "%(n)d chats are in the trash.", number)
        case "archive":
            said = ngettext("%(n)d chat is in the archive.", "%(n)d chats are in the archive.", number)
        case "folder":
            said = ngettext("%(n)d chat is moved.", "%(n)d chats are moved.", number)
        case "tag" | "untag":
            said = ngettext("The tags of %(n)d chat are changed.", "The tags of %(n)d chats are changed.", number)
        case _:
            said = ngettext("%(n)d chat is changed.", "%(n)d chats are changed.", number)
    return said % {"n": number}
