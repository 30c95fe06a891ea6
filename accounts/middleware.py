"""Who is there before any view is asked: a laptop's owner, a reader's language, whoever the law asks for an age."""

import logging
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import ResolverMatch
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts.actions.ages import owes_birth_date
from accounts.actions.signing_in import ensure_owner
from accounts.context import preferences_for
from accounts.entering import let_in, note_visit
from accounts.forms.preferences import offers_languages
from accounts.law import LawProfile
from accounts.models import User
from core.errors import NotAllowed, Unavailable
from core.middleware import error_response, reads_rows, wants_json

logger = logging.getLogger(__name__)

Next = Callable[[HttpRequest], HttpResponse]

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
# A proxy stands in front, or something that speaks like one: the address is then not the reader's.
FORWARDED = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP")
REDIS_RETRY_SECONDS = 2
# Where somebody without a date of birth may still go.
WITHOUT_BIRTH_DATE = frozenset({"accounts:birth_date", "account_logout", "health"})


class SingleUser(MiddlewareMixin):
    """SINGLE_USER=1: whoever opens a page on this very machine is its owner."""

    def __init__(self, get_response: Next) -> None:
        if not settings.SINGLE_USER:
            raise MiddlewareNotUsed
        super().__init__(get_response)

    @reads_rows
    def process_request(self, request: HttpRequest) -> None:
        if _opens_page(request) and _is_from_here(request) and not request.user.is_authenticated:
            let_in(request, ensure_owner())


class Visits(MiddlewareMixin):
    """The language that a reader has chosen, and when their browser was last seen."""

    @reads_rows
    def process_request(self, request: HttpRequest) -> None:
        if not request.user.is_authenticated:
            return
        if offers_languages():
            language = preferences_for(request).language
            if language in dict(settings.LANGUAGES):
                translation.activate(language)
                request.LANGUAGE_CODE = language
        if _opens_page(request):
            note_visit(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Attempts to come in are counted in Redis; without it nobody may try."""
        if not isinstance(exception, RedisError):
            return None
        logger.warning("redis unavailable: %s", exception)
        sentence = _("Something that this needs is away for a moment. Nothing was changed; try again.")
        return error_response(request, Unavailable(sentence, retry_after_seconds=REDIS_RETRY_SECONDS))


class BirthDates(MiddlewareMixin):
    """LAW_PROFILE=adults: who had an account before it was asked for is asked now, before anything else."""

    def __init__(self, get_response: Next) -> None:
        if LawProfile.ADULTS not in settings.LAW_PROFILES:
            raise MiddlewareNotUsed
        super().__init__(get_response)

    @reads_rows
    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or not owes_birth_date(user) or _is_open_to_all(match):
            return None
        if wants_json(request):
            return error_response(request, NotAllowed(_("Say when you were born first, on the page of your profile.")))
        return redirect("accounts:birth_date")


def _is_open_to_all(match: ResolverMatch | None) -> bool:
    return match is not None and match.view_name in WITHOUT_BIRTH_DATE


def _opens_page(request: HttpRequest) -> bool:
    """A page that somebody looks at; not a script's question, a program's, or a picture on another site."""
    return (
        request.method == "GET"
        and "text/html" in request.headers.get("Accept", "")
        and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    )


def _is_from_here(request: HttpRequest) -> bool:
    if any(name in request.META for name in FORWARDED):
        return False
    # A page elsewhere may point a name of its own at this machine; the name is what gives it away.
    host = request.get_host()
    if host not in LOOPBACK_HOSTS and host.rpartition(":")[0] not in LOOPBACK_HOSTS:
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
