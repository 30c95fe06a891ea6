"""Headers on every answer, and one shape for every error."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from core.errors import CognitiaError, Unavailable

P = ParamSpec("P")
logger = logging.getLogger(__name__)

SERVER_ERRORS = 500
# A restarted PostgreSQL answers again within this.
DATABASE_RETRY_SECONDS = 2

# No page loads anything from elsewhere. Inline style attributes carry hues, which are integers from the database.
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}


def content_security_policy(**more: str) -> str:
    """That of every page; a page that needs it may have `more` of a directive, with _ for -."""
    added = {name.replace("_", "-"): sources for name, sources in more.items()}
    directives = DIRECTIVES | {
        name: f"{DIRECTIVES.get(name, '')} {sources}".strip() for name, sources in added.items()
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


CONTENT_SECURITY_POLICY = content_security_policy()


class SecurityHeaders(MiddlewareMixin):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if not request.path.startswith("/static/"):
            # What one person may see must not stay in a cache that another one reads.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class Errors(MiddlewareMixin):
    """Turns `CognitiaError` into a page, or into the one JSON shape for whoever asked for JSON."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError):
            exception = without_database(exception)
        if not isinstance(exception, CognitiaError):
            return None
        return error_response(request, exception)


def without_database(error: OperationalError) -> Unavailable:
    """What every door says while the database is away."""
    logger.warning("database unavailable: %s", error)
    sentence = _("The database is away for a moment. Nothing was changed; try again.")
    return Unavailable(sentence, retry_after_seconds=DATABASE_RETRY_SECONDS)


def reads_rows(process: Callable[P, HttpResponse | None]) -> Callable[P, HttpResponse | None]:
    """For a step of a middleware that asks the database, before `Errors` can hear of it."""

    @wraps(process)
    def processed(*args: P.args, **kwargs: P.kwargs) -> HttpResponse | None:
        try:
            return process(*args, **kwargs)
        except OperationalError as error:
            request = next(one for one in args if isinstance(one, HttpRequest))
            return error_response(request, without_database(error))

    return processed


def error_response(request: HttpRequest, error: CognitiaError) -> HttpResponse:
    if wants_json(request):
        response: HttpResponse = JsonResponse({"error": error.body()}, status=error.status)
    else:
        phrase = HTTPStatus(error.status).phrase
        context = {"code": error.status, "phrase": phrase, "sentence": error.message}
        # Without the request when we are at fault: it would ask the database who is there.
        page = render_to_string("errors/error.html", context, request if error.status < SERVER_ERRORS else None)
        response = HttpResponse(page, status=error.status)
    for name, value in error.headers().items():
        response.headers[name] = value
    return response


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/v1/")) or not request.accepts("text/html")
