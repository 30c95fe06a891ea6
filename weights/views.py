"""The page of models. For everybody but staff there is no such page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from core.errors import CognitiaError, NotFound
from core.forms import parsed
from weights import access, actions, listing
from weights.forms import AddressForm, HubForm, OllamaForm
from weights.models import LanguageModel

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_operators(view: View[P]) -> View[P]:
    """Not even a wrong method or a missing form token tells a stranger that there is something here."""
    guarded = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def looked_at(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        access.require_operator(request.user)
        return guarded(request, *args, **kwargs)

    return looked_at


@for_operators
@require_GET
def models(request: HttpRequest) -> HttpResponse:
    return _page(request)


@for_operators
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The models that are here, for a page that is open and follows a pull."""
    return render(request, "weights/_models.html", {"shelf": listing.shelf(is_ollama=False)})


@for_operators
@require_POST
def pull(request: HttpRequest, name: str) -> HttpResponse:
    """Begin a model of the ledger, or resume."""
    return _done(request, lambda: actions.request_pull(name))


@for_operators
@require_POST
def cancel(request: HttpRequest, name: str) -> HttpResponse:
    model = access.get_model(name)
    return _done(request, lambda: actions.cancel_pull(model))


@for_operators
@require_POST
def use(request: HttpRequest, name: str) -> HttpResponse:
    if name == actions.DEFAULT:
        return _done(request, actions.use_default)
    model = access.get_model(name)
    return _done(request, lambda: actions.request_use(model))


@for_operators
@require_POST
def remove(request: HttpRequest, name: str) -> HttpResponse:
    model = access.get_model(name)
    return _done(request, lambda: actions.remove_model(model))


@for_operators
@require_POST
def take_in(request: HttpRequest) -> HttpResponse:
    def taken() -> None:
        for model in actions.take_in_files():
            actions.start_pull(model)

    return _done(request, taken)


@for_operators
@require_POST
def add_from_hub(request: HttpRequest) -> HttpResponse:
    def added() -> LanguageModel:
        fields = parsed(HubForm(request.POST)).cleaned_data
        return actions.add_from_hub(fields["name"], fields["repository"], fields["file"])

    return _done(request, lambda: actions.start_pull(added()))


@for_operators
@require_POST
def add_from_address(request: HttpRequest) -> HttpResponse:
    def added() -> LanguageModel:
        fields = parsed(AddressForm(request.POST)).cleaned_data
        return actions.add_from_address(fields["name"], fields["url"], fields["sha256"])

    return _done(request, lambda: actions.start_pull(added()))


@for_operators
@require_POST
def add_from_ollama(request: HttpRequest) -> HttpResponse:
    def added() -> LanguageModel:
        return actions.add_from_ollama(parsed(OllamaForm(request.POST)).cleaned_data["tag"])

    return _done(request, lambda: actions.start_pull(added()))


def _done(request: HttpRequest, action: Callable[[], object]) -> HttpResponse:
    """Back to the page; one that says why, if the action was refused."""
    try:
        action()
    except NotFound:
        raise
    except CognitiaError as error:
        return _page(request, error)
    return redirect("weights:models")


def _page(request: HttpRequest, error: CognitiaError | None = None) -> HttpResponse:
    context = {
        "shelf": listing.shelf(is_ollama=actions.mirror_ollama()),
        "error": error.message if error else "",
        "hub_form": HubForm(auto_id="hub_%s"),
        "address_form": AddressForm(auto_id="address_%s"),
        "ollama_form": OllamaForm(auto_id="ollama_%s"),
    }
    return render(request, "weights/models.html", context, status=error.status if error else 200)
