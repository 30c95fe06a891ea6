"""The pages of who you are."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import signed_in
from characters import access, portrayal
from characters.actions import personas as actions
from characters.forms.personas import PersonaForm
from characters.models import Persona
from characters.pages import personas as personas_page
from characters.portrayal import drawn
from characters.tokens import estimate
from core.errors import CognitiaError, NotFound


@login_required
@require_GET
def personas(request: HttpRequest) -> HttpResponse:
    return _list(request)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    if request.method == "GET":
        return _form(request, PersonaForm(initial={"hue": Persona._meta.get_field("hue").get_default()}), None)
    form = PersonaForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, None, 400)
    try:
        actions.create_persona(user, form.changes())
    except CognitiaError as error:
        return _refused(request, form, None, error)
    return redirect("characters:personas")


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, persona_id: UUID) -> HttpResponse:
    user = signed_in(request.user)
    persona = access.get_persona_for(user, persona_id)
    if request.method == "GET":
        return _form(request, PersonaForm.showing(persona), persona)
    form = PersonaForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, persona, 400)
    try:
        actions.change_persona(user, persona_id, form.changes())
    except CognitiaError as error:
        return _refused(request, form, persona, error)
    return redirect("characters:personas")


@login_required
@require_POST
def make_default(request: HttpRequest, persona_id: UUID) -> HttpResponse:
    actions.make_default(signed_in(request.user), persona_id)
    return redirect("characters:personas")


@login_required
@require_POST
def archive(request: HttpRequest, persona_id: UUID) -> HttpResponse:
    try:
        actions.archive_persona(signed_in(request.user), persona_id)
    except NotFound:
        raise
    except CognitiaError as error:
        return _list(request, error)
    return redirect("characters:personas")


@login_required
@require_GET
def picture(request: HttpRequest, persona_id: UUID, digest: str) -> HttpResponse:
    """Their own eyes only. An address with another picture's digest is no address."""
    persona = access.get_persona_for(signed_in(request.user), persona_id)
    if not persona.picture or digest != persona.picture:
        raise NotFound
    return drawn(digest, portrayal.LARGE)


def _list(request: HttpRequest, error: CognitiaError | None = None) -> HttpResponse:
    context = {
        "personas": personas_page.personas(signed_in(request.user)),
        "error": error.message if error else "",
    }
    return render(request, "personas/personas.html", context, status=error.status if error else 200)


def _refused(request: HttpRequest, form: PersonaForm, persona: Persona | None, error: CognitiaError) -> HttpResponse:
    form.add_error(None, error.message)
    return _form(request, form, persona, error.status)


def _form(request: HttpRequest, form: PersonaForm, persona: Persona | None, status: int = 200) -> HttpResponse:
    """`persona` is the row as it is, which a refused form has not changed; None while it is made."""
    context = {
        "form": form,
        "persona": personas_page.persona(persona) if persona else None,
        "tokens": estimate(str(form["description"].value() or "")),
    }
    return render(request, "personas/form.html", context, status=status)
