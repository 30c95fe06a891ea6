"""Verbs on accounts."""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.utils.timezone import now

from accounts.models import Preferences, SignInLink, User

LINK_MINUTES = 60
OWNER_EMAIL = "owner@localhost.localdomain"


@dataclass(frozen=True, slots=True)
class PreferenceChanges:
    show_thinking: bool | None = None
    send_on_enter: bool | None = None
    theme: str | None = None


def ensure_owner() -> User:
    """The person whose machine this is: the first active superuser, made if there is none."""
    owner = User.objects.filter(is_superuser=True, is_active=True).order_by("date_joined").first()
    return owner or User.objects.create_superuser(OWNER_EMAIL)


def issue_sign_in_token(user: User) -> str:
    """A token for /sign-in/link/<token>/, good once and for an hour."""
    SignInLink.objects.filter(expires_at__lt=now() - timedelta(days=1)).delete()
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(owner=user, digest=_digest(token), expires_at=now() + timedelta(minutes=LINK_MINUTES))
    return token


def spend_sign_in_token(token: str) -> User | None:
    """Whom the token signs in; None if it is unknown, old, or was used before."""
    link = SignInLink.spend(_digest(token))
    return link.owner if link else None


def change_preferences(user: User, changes: PreferenceChanges) -> Preferences:
    wanted = {name: value for name, value in asdict(changes).items() if value is not None}
    preferences, _created = Preferences.objects.update_or_create(owner=user, defaults=wanted)
    return preferences


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
