"""JSON Web Tokens: what they say, and whether they are ours. No row is read here."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

ACCESS_LIFE = timedelta(hours=1)
REFRESH_LIFE = timedelta(days=30)
ALGORITHM = "HS256"
ISSUER = AUDIENCE = "cognitia"


class Use(StrEnum):
    """What a token may be used for: one kind is never accepted in the place of the other."""

    ACCESS = "access"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class Claims:
    """`token_id` is the `jti`; `family_id` the sign-in it came of."""

    use: Use
    user_id: UUID
    family_id: UUID
    token_id: UUID
    issued_at: datetime
    expires_at: datetime


def write(claims: Claims) -> str:
    """The same claims are the same text."""
    return _backend().encode(
        {
            "token_use": claims.use,
            "sub": str(claims.user_id),
            "sid": str(claims.family_id),
            "jti": str(claims.token_id),
            "iat": int(claims.issued_at.timestamp()),
            "nbf": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
        }
    )


def read(text: str, use: Use) -> Claims | None:
    """None: not ours, not of this kind, changed, or over."""
    try:
        said = _backend().decode(text)  # type: ignore[arg-type]  # its own hint asks for a Token; PyJWT takes text
        claims = Claims(
            Use(said["token_use"]),
            UUID(said["sub"]),
            UUID(said["sid"]),
            UUID(said["jti"]),
            datetime.fromtimestamp(said["iat"], UTC),
            datetime.fromtimestamp(said["exp"], UTC),
        )
    except (TokenBackendError, KeyError, TypeError, ValueError, OverflowError):
        return None
    return claims if claims.use == use else None


@cache
def _backend() -> TokenBackend:
    return TokenBackend(ALGORITHM, settings.JWT_SECRET, audience=AUDIENCE, issuer=ISSUER)
