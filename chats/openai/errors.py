"""How this door says no: OpenAI's shape, with its types, so that its clients raise their own errors."""

from http import HTTPStatus

from django.http import JsonResponse
from django.utils.translation import gettext as _

from accounts.callers import CHALLENGE
from core.errors import CognitiaError, LimitReached
from core.json import JsonObject

INVALID, AUTHENTICATION, PERMISSION = "invalid_request_error", "authentication_error", "permission_error"
RATE, QUOTA, SERVER = "rate_limit_error", "insufficient_quota", "server_error"
TYPES = {
    HTTPStatus.UNAUTHORIZED: AUTHENTICATION,
    HTTPStatus.FORBIDDEN: PERMISSION,
    HTTPStatus.TOO_MANY_REQUESTS: RATE,
}
# A limit that lifts only tomorrow: a client that tried again at once, as for a rate, would try for hours.
A_DAYS_LIMIT_SECONDS = 600


class NoSuchModel(CognitiaError):
    """A character that is not there, or not theirs: both get the same words."""

    code, status = "model_not_found", 404

    def __init__(self) -> None:
        super().__init__(_("There is no such model. GET /v1/models lists those you may use."), param="model")


class BadParameter(CognitiaError):
    """`param` names what is wrong."""

    code, status = "invalid_value", 400

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message, param=param)


def body_of(error: CognitiaError) -> JsonObject:
    kind = TYPES.get(HTTPStatus(error.status), SERVER if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR else INVALID)
    retry = error.details.get("retry_after_seconds")
    if isinstance(error, LimitReached) and isinstance(retry, int) and retry >= A_DAYS_LIMIT_SECONDS:
        kind = QUOTA
    return {"error": {"message": error.message, "type": kind, "param": error.details.get("param"), "code": error.code}}


def response_to(error: CognitiaError) -> JsonResponse:
    response = JsonResponse(body_of(error), status=error.status)
    for name, value in error.headers().items():
        response.headers[name] = value
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response
