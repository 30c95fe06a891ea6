from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from accounts.actions.preferences import preferences_of
from accounts.law import NOTICE_HOURS, LawProfile
from accounts.models import Preferences, User


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a chat has to say about itself."""

    help_url: str
    every_hours: int


def preferences_for(request: HttpRequest) -> Preferences:
    """What this person prefers, asked for once in a request; the defaults for a stranger."""
    known = getattr(request, "preferences", None)
    if isinstance(known, Preferences):
        return known
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return Preferences()
    found = preferences_of(user)
    request.preferences = found  # type: ignore[attr-defined]
    return found


def preferences(request: HttpRequest) -> dict[str, Preferences | Disclosure | bool | None]:
    """For every page."""
    says_so = LawProfile.DISCLOSURE in settings.LAW_PROFILES
    return {
        "preferences": preferences_for(request),
        "disclosure": Disclosure(settings.CRISIS_HELP_URL, NOTICE_HOURS) if says_so else None,
        "sign_up_open": settings.SIGN_UP_OPEN,
    }
