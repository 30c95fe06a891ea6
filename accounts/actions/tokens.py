"""Signing programs in by tokens: a pair of them, of which the second is good once and makes the next pair."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts import events, tokens
from accounts.models import RefreshToken, TokenFamily, User
from accounts.tokens import ACCESS_LIFE, REFRESH_LIFE, Claims, Use
from core.errors import CognitiaError

# Two tabs, or a client that tries again, may use a token twice at once: within this they get the same child.
GRACE = timedelta(seconds=10)


class TokenRefused(CognitiaError):
    code, status = "token_refused", 401

    def __init__(self) -> None:
        super().__init__(_("This token is not good any more. Sign in again."))


@dataclass(frozen=True, slots=True)
class Pair:
    access: str
    refresh: str
    expires_at: datetime


def start_family(user: User, agent: str = "") -> Pair:
    """A new sign-in of a program."""
    instant = _whole_second()
    with transaction.atomic():
        family = TokenFamily.objects.create(owner=user, agent=agent[:200], expires_at=instant + REFRESH_LIFE)
        first = RefreshToken.objects.create(family=family, issued_at=instant)
    return _pair(family, first)


def refresh(text: str) -> Pair:
    """The next pair. Of any number that use one token at once, all get the same one.

    Whoever uses it again later has stolen it, or was stolen from: the whole family ends. Raises `TokenRefused`.
    """
    claims = tokens.read(text, Use.REFRESH)
    if claims is None:
        raise TokenRefused
    with transaction.atomic():
        pair = _next_of(claims)
    if pair is None:
        raise TokenRefused
    return pair


def end_family(family: TokenFamily) -> None:
    """What came of this sign-in is good no longer."""
    if family.revoke():
        events.access_changed(family.owner_id)


def _next_of(claims: Claims) -> Pair | None:
    good = TokenFamily.good().filter(id=claims.family_id, owner=claims.user_id)
    family = good.select_for_update(of=("self",)).first()
    token = RefreshToken.objects.filter(id=claims.token_id, family=family).first() if family is not None else None
    if family is None or token is None:
        return None
    if token.claim():
        child = RefreshToken.objects.create(id=uuid4(), family=family, issued_at=_whole_second())
        RefreshToken.objects.filter(id=token.id).update(child=child)
        TokenFamily.objects.filter(id=family.id).update(used_at=now())
        return _pair(family, child)
    token.refresh_from_db()
    if token.used_at is not None and token.child is not None and now() - token.used_at <= GRACE:
        return _pair(family, token.child)
    end_family(family)
    return None


def _pair(family: TokenFamily, token: RefreshToken) -> Pair:
    expires_at = min(token.issued_at + ACCESS_LIFE, family.expires_at)
    access = Claims(Use.ACCESS, family.owner_id, family.id, uuid4(), token.issued_at, expires_at)
    # As long as the family, and no longer: rotation does not make a sign-in eternal.
    kept = Claims(Use.REFRESH, family.owner_id, family.id, token.id, token.issued_at, family.expires_at)
    return Pair(tokens.write(access), tokens.write(kept), expires_at)


def _whole_second() -> datetime:
    """Tokens tell the time in whole seconds."""
    return now().replace(microsecond=0)
