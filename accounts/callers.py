"""Who is calling: one way for keys and tokens, in both headers, for the REST API, for /v1 and for sockets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Q
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts import key_secrets, tokens
from accounts.access import signed_in
from accounts.actions.ages import owes_birth_date
from accounts.models import ApiKey, Scope, TokenFamily, User
from core import rates
from core.database import in_thread
from core.errors import CognitiaError, NotAllowed
from core.rates import Rate

# What a 401 asks for.
CHALLENGE = 'Bearer realm="cognitia"'
# "Last used" is for people to look at; one write a minute and key is enough for that.
USED_EVERY = timedelta(minutes=1)
# What clients send that have no key: SillyTavern without one says "Bearer null".
NO_KEY = frozenset({"", "null", "undefined", "none"})


class NotLetIn(CognitiaError):
    code, status = "bad_credentials", 401

    def __init__(self) -> None:
        super().__init__(_("This key or token is not good: it is unknown, revoked or has expired."))

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": CHALLENGE}


class By(StrEnum):
    """What somebody came in by."""

    SESSION = "session"
    KEY = "key"
    FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Caller:
    """`credential` is None for somebody with a browser session."""

    user: User
    credential: ApiKey | TokenFamily | None

    def check_scope(self, scope: Scope | None) -> None:
        """Whether a door may be used with this. Raises `NotAllowed`; a door without a scope is closed to keys."""
        if not isinstance(self.credential, ApiKey) or (scope is not None and scope in self.credential.scopes):
            return
        if scope is None:
            raise NotAllowed(_("This is not open to API keys. Sign in."))
        raise NotAllowed(_("This key may not be used for that: it lacks the scope “%(scope)s”.") % {"scope": scope})

    def count(self) -> Rate | None:
        """One request more; None where nothing is counted."""
        match self.credential:
            case ApiKey() as key:
                return rates.take(f"key:{key.id}", key.per_minute)
            case TokenFamily() as family:
                return rates.take(f"person:{family.owner_id}", settings.API_PER_MINUTE)
            case None:
                return None


def program(headers: Mapping[str, str]) -> Caller | None:
    """Who a program's headers speak for: `Authorization: Bearer` or `X-API-Key`, a key or an access token.

    None where there is neither. Raises `NotLetIn` for one that is not good, and for two that differ; `NotAllowed` for
    somebody whose age is asked for and not told.
    """
    scheme, _space, bearer = headers.get("Authorization", "").strip().partition(" ")
    given = {text for text in (bearer.strip(), headers.get("X-API-Key", "").strip()) if text.lower() not in NO_KEY}
    if scheme.lower() not in ("", "bearer"):
        raise NotLetIn
    if not given:
        return None
    if len(given) > 1:
        raise NotLetIn
    (text,) = given
    caller = _by_key(text) if key_secrets.is_key(text) else _by_token(text)
    if owes_birth_date(caller.user):
        raise NotAllowed(_("Say when you were born first, on the page of your profile."))
    return caller


async def admitted(request: HttpRequest, scope: Scope) -> User:
    """Who asks a view that is none of REST framework's, by a key or token with this scope, or by a session.

    Raises `NotLetIn`, `NotAllowed`, `LimitReached` or `SignedOut`.
    """
    caller = await in_thread(program)(request.headers)
    if caller is None:
        return signed_in(await request.auser())
    rates.check(request, await in_thread(caller.count)())
    caller.check_scope(scope)
    return caller.user


def is_still_good(user_id: UUID, by: By, credential_id: str) -> bool:
    """Whether what somebody came in by would let them in now."""
    match by:
        case By.KEY:
            return ApiKey.good(now()).filter(id=credential_id, owner=user_id).exists()
        case By.FAMILY:
            return TokenFamily.good().filter(id=credential_id, owner=user_id).exists()
        case By.SESSION:
            return _is_session_good(user_id, credential_id)


def _by_key(text: str) -> Caller:
    instant = now()
    key = ApiKey.good(instant).select_related("owner").filter(digest=key_secrets.digest_of(text)).first()
    if key is None:
        raise NotLetIn
    is_due = Q(last_used_at=None) | Q(last_used_at__lt=instant - USED_EVERY)
    ApiKey.objects.filter(is_due, id=key.id).update(last_used_at=instant)
    return Caller(key.owner, key)


def _by_token(text: str) -> Caller:
    claims = tokens.read(text, tokens.Use.ACCESS)
    if claims is None:
        raise NotLetIn
    family = TokenFamily.good().select_related("owner").filter(id=claims.family_id, owner=claims.user_id).first()
    if family is None:
        raise NotLetIn
    return Caller(family.owner, family)


def _is_session_good(user_id: UUID, session_key: str) -> bool:
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = User.objects.filter(id=user_id, is_active=True).first()
    if user is None or store.get(SESSION_KEY) != str(user_id) or BACKEND_SESSION_KEY not in store:
        return False
    return constant_time_compare(store.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
