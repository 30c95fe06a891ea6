from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.access import signed_in
from accounts.forms import PreferencesForm
from core.forms import parsed


@never_cache
@require_http_methods(["GET", "HEAD"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "HEAD":
        # Link previews ask for the head first; they must not spend the link.
        return HttpResponse()
    user = actions.spend_sign_in_token(token)
    if user is None:
        return render(request, "accounts/link_expired.html", status=410)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("home")


@login_required
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    form = parsed(PreferencesForm(request.POST))
    actions.change_preferences(signed_in(request.user), actions.PreferenceChanges(**form.cleaned_data))
    return HttpResponse(status=204)
