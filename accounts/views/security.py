from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import signed_in
from accounts.actions.sessions import end_other_sessions, end_session, sessions_of


@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    authenticators = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = [each.wrap() for each in authenticators if each.type == Authenticator.Type.RECOVERY_CODES]
    context = {
        "totp": any(each.type == Authenticator.Type.TOTP for each in authenticators),
        "passkeys": [each for each in authenticators if each.type == Authenticator.Type.WEBAUTHN],
        "codes": codes[0] if codes else None,
        "codes_left": len(codes[0].get_unused_codes()) if codes else 0,
        "session_count": len(sessions_of(user, request.session.session_key)),
        "providers": get_adapter().list_providers(request),
        "connected": SocialAccount.objects.filter(user=user).count(),
    }
    return render(request, "accounts/security.html", context)


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    found = sessions_of(signed_in(request.user), request.session.session_key)
    return render(request, "accounts/sessions.html", {"sessions": found})


@login_required
@require_POST
@reauthentication_required
def end_one(request: HttpRequest, session_id: int) -> HttpResponse:
    end_session(signed_in(request.user), session_id)
    messages.success(request, _("That session has ended."))
    return redirect("usersessions_list")


@login_required
@require_POST
@reauthentication_required
def end_others(request: HttpRequest) -> HttpResponse:
    number = end_other_sessions(signed_in(request.user), request.session.session_key)
    messages.success(
        request,
        ngettext("%(n)d other session has ended.", "%(n)d other sessions have ended.", number) % {"n": number},
    )
    return redirect("usersessions_list")
