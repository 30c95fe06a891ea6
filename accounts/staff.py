"""The way into Django's admin: by the sign-in that everybody uses, and for staff with a second factor."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class StaffSite(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not lacks_second_factor(request)

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Where Django sends whoever it does not let in."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", request.path), settings.LOGIN_URL)
        if not super().has_permission(request):
            raise PermissionDenied
        if lacks_second_factor(request):
            return render(request, "accounts/second_factor_needed.html", status=403)
        return redirect("admin:index")


def lacks_second_factor(request: HttpRequest) -> bool:
    user_id = request.user.pk
    return settings.STAFF_NEED_MFA and not Authenticator.objects.filter(user=user_id, type__in=SECOND_FACTORS).exists()
