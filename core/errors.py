"""Errors that people may read: each knows its code, its sentence, its status, and whether trying again can help."""

from typing import ClassVar, TypedDict

from django.utils.translation import gettext as _

Detail = str | int | float | bool | None


class ErrorBody(TypedDict):
    code: str
    message: str
    details: dict[str, Detail]


class CognitiaError(Exception):
    """What every door turns into `{"error": {"code", "message", "details"}}`.

    `permanent` says that the same request will fail again; otherwise `details` may hold `retry_after_seconds`.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    permanent: ClassVar[bool] = True

    def __init__(self, message: str, **details: Detail) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def body(self) -> ErrorBody:
        return {"code": self.code, "message": self.message, "details": self.details}

    def headers(self) -> dict[str, str]:
        """What an HTTP door adds to its answer."""
        seconds = self.details.get("retry_after_seconds")
        return {} if seconds is None else {"Retry-After": str(seconds)}


class NotFound(CognitiaError):
    """The row does not exist, or not for this person: both get the same words."""

    code, status = "not_found", 404

    def __init__(self) -> None:
        super().__init__(_("There is nothing here, or it is not yours."))


class BadInput(CognitiaError):
    code, status = "bad_input", 400


class SignedOut(CognitiaError):
    code, status = "signed_out", 401

    def __init__(self) -> None:
        super().__init__(_("Please sign in."))


class NotAllowed(CognitiaError):
    """They may see it, and may not do this with it: the sentence says who can."""

    code, status = "not_allowed", 403


class Conflict(CognitiaError):
    code, status = "conflict", 409


class LimitReached(CognitiaError):
    """A limit that the message names, with when it resets in `retry_after_seconds`."""

    code, status, permanent = "limit_reached", 429, False


class Unavailable(CognitiaError):
    """A part that this needs is away; nothing was changed."""

    code, status, permanent = "unavailable", 503, False
