"""Tickets to sockets: a browser's socket has no header for a key, and a URL with a key in it is in every log.

A ticket is good once, for 30 seconds, and means what its maker came in by.
"""

import json
import secrets
from dataclasses import dataclass
from uuid import UUID

import redis
from django.utils.translation import gettext as _

from accounts.callers import By
from core.errors import Unavailable
from core.redis import client

LIFE_SECONDS = 30
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Pass:
    """Who may come in, and by what."""

    user_id: UUID
    by: By
    credential_id: str


def issue(admitted: Pass) -> str:
    """Raises `Unavailable` without Redis: a ticket that nobody could spend is none."""
    ticket = secrets.token_urlsafe(32)
    said = json.dumps([str(admitted.user_id), admitted.by, admitted.credential_id])
    try:
        client().set(_key(ticket), said, ex=LIFE_SECONDS)
    except redis.RedisError:
        raise Unavailable(_("Tickets cannot be made for a moment. Try again."), retry_after_seconds=5) from None
    return ticket


def spend(ticket: str) -> Pass | None:
    """None: unknown, old, or spent. Raises `redis.RedisError`: the door stays closed then."""
    if not ticket or len(ticket) > LONGEST or not ticket.isascii():
        return None
    said = client().getdel(_key(ticket))
    if not isinstance(said, str):
        return None
    user_id, by, credential_id = json.loads(said)
    return Pass(UUID(user_id), By(by), credential_id)


def _key(ticket: str) -> str:
    return f"ticket:{ticket}"
