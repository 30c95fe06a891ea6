"""How the REST API says no: the same JSON as every other door."""

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ErrorDetail, NotAuthenticated, Throttled, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.errors import BadInput, CognitiaError, SignedOut

Errors = list["Errors"] | dict[str, "Errors"] | ErrorDetail


def error_response(exception: Exception, context: dict[str, object]) -> Response | None:
    """For `REST_FRAMEWORK["EXCEPTION_HANDLER"]`."""
    if isinstance(exception, NotAuthenticated):
        exception = SignedOut()
    if isinstance(exception, RecursionError):  # of the parser: 10,000 brackets
        exception = BadInput(_("This JSON is nested too deeply."))
    if isinstance(exception, CognitiaError):
        return Response({"error": exception.body()}, status=exception.status, headers=exception.headers())
    answer = exception_handler(exception, context)
    if answer is None:
        return None
    code = HTTPStatus(answer.status_code).phrase.lower().replace(" ", "_")
    message = str(answer.data.get("detail", ""))
    details: Mapping[str, str | int] = {}
    if isinstance(exception, ValidationError):
        code, details = "bad_input", _flat(exception.detail)
        message = "; ".join(f"{name}: {sentence}" if name else str(sentence) for name, sentence in details.items())
    elif isinstance(exception, APIException):
        code = str(getattr(exception.detail, "code", code))
    if isinstance(exception, Throttled) and (wait := getattr(exception, "wait", None)) is not None:
        details = {"retry_after_seconds": ceil(wait)}
    answer.data = {"error": {"code": code, "message": message, "details": details}}
    return answer


def _flat(errors: Errors, name: str = "") -> dict[str, str]:
    if isinstance(errors, dict):
        return {k: v for key, below in errors.items() for k, v in _flat(below, f"{name}.{key}".strip(".")).items()}
    if isinstance(errors, list):
        return {name: " ".join(sentence for below in errors for sentence in _flat(below).values())}
    return {name: str(errors)}
