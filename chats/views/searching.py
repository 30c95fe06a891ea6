"""Searching: a page that works by itself, and the results that a script asks for as somebody types."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import signed_in
from chats.forms.searching import KINDS, SPEAKERS, SearchForm
from chats.pages import searching as page


@login_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Everything about it: filters as a form, and page after page of messages."""
    user = signed_in(request.user)
    form = SearchForm(request.GET)
    wish, place = form.wish(), form.place()
    kind = form.cleaned_data["in"]
    results = page.results(user, wish, place, page.Room(kind=kind))
    context = {
        "wish": wish,
        "results": results,
        "kind": kind,
        "kinds": KINDS,
        "speakers": SPEAKERS,
        "chat_choices": page.chat_choices(user, wish.chat_id),
        "character_choices": page.character_choices(user),
        "from": form.cleaned_data["from"],
        "to": form.cleaned_data["to"],
        "is_filtered": bool(kind or wish.is_narrowed or wish.chat_id or wish.character_id),
        "more": _address(request, cursor=results.after) if results.after else "",
        "beginning": _address(request, cursor="") if place is not None else "",
    }
    return render(request, "search/search.html", context)


@login_required
@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """A few of each kind, for the box; `chat` keeps to one chat."""
    form = SearchForm(request.GET)
    wish = form.wish()
    found = page.results(signed_in(request.user), wish, room=page.GLANCE)
    context = {"results": found, "wish": wish, "every": _address(request, cursor="")}
    return render(request, "search/_results.html", context)


def _address(request: HttpRequest, **changes: str) -> str:
    said = {name: value for name, value in request.GET.items() if value and name != "limit"} | changes
    said = {name: value for name, value in said.items() if value}
    return f"{reverse('chats:search')}?{urlencode(said)}" if said else reverse("chats:search")
