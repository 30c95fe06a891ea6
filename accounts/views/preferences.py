from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import signed_in
from accounts.actions.preferences import change_preferences
from accounts.context import preferences_for
from accounts.forms.preferences import PreferencesForm, filled_in
from core.forms import parsed


@login_required
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """What the menu of every page posts."""
    change_preferences(signed_in(request.user), parsed(PreferencesForm(request.POST)).changes())
    return HttpResponse(status=204)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences_page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        change_preferences(signed_in(request.user), parsed(PreferencesForm(request.POST)).changes())
        messages.success(request, _("Your preferences are saved."))
        return redirect("accounts:preferences_page")
    return render(request, "accounts/preferences.html", {"form": filled_in(preferences_for(request))})
