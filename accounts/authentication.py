"""How the REST API asks who is calling: `accounts.callers`, as REST_FRAMEWORK wants it."""

from typing import TYPE_CHECKING

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.callers import CHALLENGE, Caller, program
from accounts.models import ApiKey, TokenFamily, User
from core import rates

if TYPE_CHECKING:
    # It imports the classes below, by their names in settings.
    from rest_framework.views import APIView


class ProgramAuthentication(BaseAuthentication):
    """For REST_FRAMEWORK: `request.auth` is the key or the token's family."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey | TokenFamily] | None:
        caller = program(request.headers)
        if caller is None or caller.credential is None:
            return None
        return caller.user, caller.credential

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class InScope(BasePermission):
    """A key opens the doors whose `scope` it has."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if isinstance(request.auth, ApiKey):
            Caller(request.auth.owner, request.auth).check_scope(getattr(view, "scope", None))
        return True


class ProgramRate(BaseThrottle):
    """Keys and tokens are counted; people in a browser are not, their pages ask often and little."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if isinstance(request.auth, ApiKey | TokenFamily):
            rates.check(request._request, Caller(request.auth.owner, request.auth).count())
        return True
