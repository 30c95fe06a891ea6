from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import signing_in
from accounts.entering import let_in


@never_cache
@require_http_methods(["GET", "HEAD"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "HEAD":
        # Link previews ask for the head first; they must not spend the link.
        return HttpResponse()
    user = signing_in.spend_sign_in_token(token)
    if user is None:
        return render(request, "accounts/link_expired.html", status=410)
    let_in(request, user)
    return redirect("home")


@never_cache
@require_POST
def with_provider(request: HttpRequest, provider: str) -> HttpResponse:
    """Off to somebody who vouches for people.

    A page stands between, because our policy lets no form lead elsewhere, and browsers count the way a form's answer
    is sent on as a part of the form.
    """
    try:
        voucher = get_adapter().get_provider(request, provider)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    answer = voucher.redirect_from_request(request)
    if not isinstance(answer, HttpResponseRedirect):
        return answer  # type: ignore[no-any-return]
    return render(request, "accounts/leaving.html", {"provider": voucher, "address": answer.url})
