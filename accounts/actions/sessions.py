"""Where somebody is signed in. Open sockets of a session that ends are closed by `receivers`."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession

from accounts.models import User
from accounts.user_agents import device
from core.rows import one


@dataclass(frozen=True, slots=True)
class Session:
    id: int
    device: str
    ip: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


def sessions_of(user: User, current_key: str | None) -> list[Session]:
    """Those that still let somebody in, this one first, then by when they were used."""
    found = [
        Session(
            row.pk, device(row.user_agent), row.ip, row.created_at, row.last_seen_at, row.session_key == current_key
        )
        for row in UserSession.objects.purge_and_list(user)
    ]
    return sorted(found, key=lambda session: (not session.is_current, -session.seen_at.timestamp()))


def end_session(user: User, session_id: int) -> None:
    """Raises `NotFound`."""
    one(UserSession.objects.filter(user=user), pk=session_id).end()


def end_other_sessions(user: User, current_key: str | None) -> int:
    """All but the one with that key; how many there were."""
    others = list(UserSession.objects.filter(user=user).exclude(session_key=current_key or ""))
    for row in others:
        row.end()
    return len(others)
