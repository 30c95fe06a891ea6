from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import families_for, get_family_for, get_key_for, keys_for, signed_in
from accounts.actions import keys, tokens
from accounts.forms.keys import KeyForm
from accounts.models import Scope
from core.errors import CognitiaError


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
def api_keys(request: HttpRequest) -> HttpResponse:
    """The keys, and a new one's secret: in this answer and never again, so it is no redirect."""
    user = signed_in(request.user)
    form = KeyForm(request.POST if request.method == "POST" else None)
    made = None
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            scopes = [Scope(scope) for scope in wanted["scopes"]]
            made = keys.create_key(user, wanted["name"], scopes, expires_at=form.expires_at())
            form = KeyForm()
        except CognitiaError as error:
            form.add_error(None, error.message)
    context = {
        "form": form,
        "made": made,
        "keys": keys_for(user),
        "programs": families_for(user),
        "address": request.build_absolute_uri("/v1"),
    }
    return render(request, "accounts/keys.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    keys.revoke_key(get_key_for(signed_in(request.user), key_id))
    messages.success(request, _("That key lets nobody in any more."))
    return redirect("accounts:api_keys")


@login_required
@require_POST
def sign_program_out(request: HttpRequest, family_id: UUID) -> HttpResponse:
    tokens.end_family(get_family_for(signed_in(request.user), family_id))
    messages.success(request, _("That program is signed out."))
    return redirect("accounts:api_keys")
