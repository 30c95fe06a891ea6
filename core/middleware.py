"""Headers on every answer, and one shape for every error."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from core.errors import CognitiaError

# No page loads anything from elsewhere. Inline style attributes carry hues, which are integers from the database.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)


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
        if not isinstance(exception, CognitiaError):
            return None
        return error_response(request, exception)


def error_response(request: HttpRequest, error: CognitiaError) -> HttpResponse:
    if wants_json(request):
        response: HttpResponse = JsonResponse({"error": error.body()}, status=error.status)
    else:
        phrase = HTTPStatus(error.status).phrase
        context = {"code": error.status, "phrase": phrase, "sentence": error.message}
        response = render(request, "errors/error.html", context, status=error.status)
    retry_after = error.details.get("retry_after_seconds")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or not request.accepts("text/html")
