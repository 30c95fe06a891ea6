"""Django's own errors, in the one shape that every error has."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.errors import BadInput, CognitiaError, NotFound
from core.middleware import error_response


class Forbidden(CognitiaError):
    code, status = "forbidden", 403


class ServerError(CognitiaError):
    code, status, permanent = "server_error", 500, False


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, BadInput(_("This request could not be understood.")))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, Forbidden(_("You may not do this.")))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    return error_response(request, ServerError(_("Something went wrong here. What you wrote is kept; try again.")))
