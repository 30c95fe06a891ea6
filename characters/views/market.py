"""The pages of the marketplace, for its readers. Each parses, calls one action or asks for values, and renders."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from characters import access
from characters.actions import market as actions
from characters.forms.market import RATINGS, SORTS, MarketForm, ReportForm, TakeForm
from characters.models import Report
from characters.models.character import Rating
from characters.pages import market as market_page
from characters.search import Sort, Wish
from core.errors import BadInput
from core.middleware import wants_json


@dataclass(frozen=True, slots=True)
class Chip:
    """`address` is the page with this filter, or without it where it is on."""

    label: str
    address: str
    is_on: bool


@login_required
@require_GET
def market(request: HttpRequest) -> HttpResponse:
    """Discover: everything that is published, as somebody wants to see it."""
    user = signed_in(request.user)
    form = MarketForm(request.GET)
    wish, place = form.wish(), form.place()
    shelf = market_page.shelf(user, wish, place)
    choices = market_page.choices(wish)
    is_plain = not (wish.text or wish.tag or wish.language or wish.with_voice)
    context = {
        "wish": wish,
        "shelf": shelf,
        "is_plain": is_plain,
        "feature": market_page.feature(user, wish.rating) if is_plain and place is None else None,
        "chips": _chips(wish, choices.tags),
        "all_tags": _address(replace(wish, tag="")),
        "voice": _voice(wish) if choices.has_voices or wish.with_voice else None,
        "languages": choices.languages,
        "ratings": RATINGS,
        "sorts": [sort for sort in SORTS if wish.text or sort[0] != Sort.BEST],
        "more": _address(wish, shelf.after) if shelf.after else "",
        "beginning": "" if place is None else _address(wish),
        "with_mature": _address(replace(wish, rating=Rating.MATURE)) if wish.rating != Rating.MATURE else "",
        "here": request.get_full_path(),
        "tab": "market",
    }
    return render(request, "characters/market.html", context)


@login_required
@require_GET
def saved(request: HttpRequest) -> HttpResponse:
    cards, gone = market_page.saved(signed_in(request.user))
    context = {"cards": cards, "gone": gone, "here": request.path, "tab": "saved"}
    return render(request, "characters/saved.html", context)


@login_required
@require_GET
def about(request: HttpRequest, publication_id: UUID) -> HttpResponse:
    """The version that was approved, whatever its author has written since."""
    user = signed_in(request.user)
    detail = market_page.detail(user, access.get_publication_for(user, publication_id))
    context = {"detail": detail, "poster": detail.card, "here": request.path}
    return render(request, "characters/detail.html", context)


@login_required
@require_POST
def take(request: HttpRequest, publication_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    form = TakeForm(request.POST)
    form.is_valid()
    copy = actions.take(user, publication_id, follows=form.cleaned_data["follows"])
    if wants_json(request):
        return JsonResponse({"character_id": str(copy.id)}, status=201)
    messages.success(request, _("%(name)s is among your characters.") % {"name": copy.name})
    return redirect("characters:about", publication_id)


@login_required
@require_POST
def favourite(request: HttpRequest, publication_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    is_saved = actions.toggle_favourite(user, publication_id)
    if wants_json(request):
        return JsonResponse({"is_saved": is_saved})
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("characters:about", publication_id)


@login_required
@require_POST
def follow(request: HttpRequest, character_id: UUID) -> HttpResponse:
    """Whether their copy takes on what its author publishes next."""
    user = signed_in(request.user)
    form = TakeForm(request.POST)
    form.is_valid()
    copy = actions.follow(user, character_id, follows=form.cleaned_data["follows"])
    if wants_json(request):
        return JsonResponse({"follows": copy.follows})
    return redirect("characters:about", copy.origin_id)


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, publication_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    publication = access.get_publication_for(user, publication_id)
    form = ReportForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = BadInput.status
        if form.is_valid():
            try:
                actions.report(user, publication_id, Report.Kind(form.cleaned_data["kind"]), form.cleaned_data["text"])
            except BadInput as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, _("Thank you. A moderator will look at it."))
                return redirect("characters:about", publication_id)
    context = {"form": form, "publication": publication}
    return render(request, "characters/report.html", context, status=status)


def _chips(wish: Wish, tags: list[str]) -> list[Chip]:
    return [Chip(tag, _address(replace(wish, tag="" if tag == wish.tag else tag)), tag == wish.tag) for tag in tags]


def _voice(wish: Wish) -> Chip:
    other = replace(wish, with_voice=not wish.with_voice)
    return Chip(_("With voice"), _address(other), wish.with_voice)


def _address(wish: Wish, after: str = "") -> str:
    """The page for this wish, without what is usual."""
    usual = Wish()
    asked = {
        "q": wish.text,
        "tag": wish.tag,
        "rating": "" if wish.rating == usual.rating else wish.rating.value,
        "language": wish.language,
        "voice": "on" if wish.with_voice else "",
        "sort": "" if wish.sort == (Sort.BEST if wish.text else Sort.LOVED) else wish.sort.value,
        "after": after,
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('characters:market')}?{query}" if query else reverse("characters:market")
