"""The pages of what is remembered. Each parses, asks for values, and renders."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import signed_in
from accounts.models import User
from core.middleware import wants_json
from memory.forms.timeline import TimelineForm
from memory.models import Speaker
from memory.pages import map as map_page
from memory.pages import mind as mind_page
from memory.pages import timeline as page
from memory.pages.entries import FEELINGS, Face, whose
from memory.pages.timeline import Wish

A_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Tab:
    """`address` is the page with nothing but this kind; for one that is a switch, the page with it or without."""

    key: str
    label: str
    icon: str
    address: str
    is_on: bool
    number: int | None = None


@login_required
@require_GET
def everyone(request: HttpRequest) -> HttpResponse:
    """All that all characters remember of them."""
    user = signed_in(request.user)
    return _page(request, user, None, {"rememberers": page.rememberers(user)})


@login_required
@require_GET
def character(request: HttpRequest, character_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    face = whose(user, character_id)
    context = {
        "inbox": page.undecided(user, character_id),
        "feelings": page.feelings(user, character_id, now() - A_MONTH),
        "vitals": mind_page.vitals(user, character_id),
        "chart": mind_page.chart(user, character_id, request.GET.get("range", "")),
        "ranges": [
            (key, label, _with(request.GET, range="" if key == mind_page.USUAL_RANGE else key))
            for key, label in mind_page.RANGES
        ],
        "range": mind_page.range_of(request.GET.get("range", "")),
        "reasons": mind_page.reasons(user, character_id),
        "map": map_page.map_of(user, character_id),
    }
    return _page(request, user, face, context)


@login_required
@require_GET
def memory(request: HttpRequest, memory_id: UUID) -> HttpResponse:
    """One memory, and what can be done with it."""
    entry = page.single(signed_in(request.user), memory_id)
    if wants_json(request):
        can = {"is_pinned": entry.is_pinned, "can_correct": entry.can_correct}
        return JsonResponse({"text": entry.text, "kind": entry.kind_label, **can})
    return render(request, "memory/one.html", {"entry": entry, "whose": entry.character, "here": request.path})


def _page(request: HttpRequest, user: User, face: Face | None, more: dict[str, object]) -> HttpResponse:
    form = TimelineForm(request.GET)
    wish, character_id = form.wish(), face.id if face is not None else None
    numbers = page.numbers(user, character_id)
    shown = page.timeline(user, character_id, wish, form.cleaned_data.get("after"))
    context = {
        "whose": face,
        "wish": wish,
        "form": form,
        "numbers": numbers,
        "timeline": shown,
        "tabs": _tabs(request.GET, wish, numbers),
        "pinned": _pinned(request.GET, wish),
        "kinds_of_feeling": [(name, label) for name, (label, _hue) in FEELINGS.items()],
        "speakers": Speaker.choices,
        "chats": page.chats(user, character_id),
        "more": _with(request.GET, after=str(shown.after)) if shown.after else "",
        "beginning": _with(request.GET) if "after" in request.GET else "",
        "here": request.get_full_path(),
        **more,
    }
    return render(request, "memory/character.html" if face is not None else "memory/everyone.html", context)


def _tabs(query: QueryDict, wish: Wish, numbers: page.Numbers) -> list[Tab]:
    """Everything, and each kind that there is or that is looked at."""
    tabs = [Tab("all", _("Everything"), "", _with(query, kind=""), not wish.kind)]
    return tabs + [
        Tab(one.kind, one.label, one.icon, _with(query, kind=one.kind), wish.kind == one.kind, one.number)
        for one in numbers.kinds
        if one.number or wish.kind == one.kind
    ]


def _pinned(query: QueryDict, wish: Wish) -> Tab:
    return Tab("pinned", _("Pinned"), "pin", _with(query, pinned="" if wish.is_pinned else "on"), wish.is_pinned)


def _with(query: QueryDict, **changed: str) -> str:
    """This page's query with something else in it, from its beginning, and without what is empty."""
    wanted = query.copy()
    wanted.pop("after", None)
    for name, value in changed.items():
        wanted[name] = value
    for name in [name for name in wanted if not wanted[name]]:
        del wanted[name]
    return f"?{wanted.urlencode()}"
