from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import signed_in
from accounts.actions.ages import owes_birth_date, tell_birth_date
from accounts.actions.preferences import change_name
from accounts.forms.birth_date import BirthDateForm
from accounts.forms.profile import ProfileForm
from accounts.law import LawProfile


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    form = ProfileForm(request.POST if request.method == "POST" else None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        change_name(user, form.cleaned_data["name"])
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    context = {
        "form": form,
        "addresses": EmailAddress.objects.filter(user=user).order_by("-primary", "email"),
        "asks_birth_date": LawProfile.ADULTS in settings.LAW_PROFILES,
    }
    return render(request, "accounts/profile.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def birth_date(request: HttpRequest) -> HttpResponse:
    """For somebody who had an account before the law profile asked for it."""
    user = signed_in(request.user)
    if not owes_birth_date(user):
        return redirect("accounts:profile")
    form = BirthDateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        tell_birth_date(user, form.cleaned_data["born_on"])
        return redirect("home")
    return render(request, "accounts/birth_date.html", {"form": form})
