"""Who opens a socket: a page by its session's cookie, from our own origin; a program by a ticket."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import redis
from channels.auth import AuthMiddlewareStack
from channels.security.websocket import AllowedHostsOriginValidator, WebsocketDenier

from accounts.actions.ages import owes_birth_date
from accounts.callers import By, is_still_good
from accounts.models import User
from accounts.tickets import Pass, spend
from core.database import in_thread

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Application = Callable[[Scope, Callable[..., Awaitable[Any]], Callable[..., Awaitable[Any]]], Awaitable[None]]


class Admission:
    """Puts `user` and `admitted` (a `Pass`, or None for a stranger) into the scope.

    Whoever shows a ticket is meant by it and by nothing else, and needs no origin: a foreign page cannot make one.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self.pages = AllowedHostsOriginValidator(AuthMiddlewareStack(_by_session(application)))

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        shown = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True).get("ticket")
        if shown is None:
            await self.pages(scope, receive, send)
            return
        try:
            admitted = await in_thread(_admit)(shown[0])
        except redis.RedisError:
            logger.warning("tickets cannot be looked at", exc_info=True)
            await WebsocketDenier()(scope, receive, send)
            return
        user = await in_thread(User.objects.get)(id=admitted.user_id) if admitted is not None else None
        await self.application({**scope, "user": user, "admitted": admitted}, receive, send)


def _admit(ticket: str) -> Pass | None:
    admitted = spend(ticket)
    if admitted is None or not is_still_good(admitted.user_id, admitted.by, admitted.credential_id):
        return None
    return admitted


def _by_session(application: Application) -> Application:
    async def admit(scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        user, session = scope.get("user"), scope.get("session")
        admitted = None
        if isinstance(user, User) and session and not owes_birth_date(user):
            admitted = Pass(user.id, By.SESSION, session.session_key or "")
        await application({**scope, "admitted": admitted}, receive, send)

    return admit
