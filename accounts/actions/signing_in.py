"""The owner of a machine, and links that sign somebody in once."""

import secrets
from datetime import timedelta

from django.utils.timezone import now

from accounts.key_secrets import digest_of
from accounts.models import SignInLink, User

LINK_MINUTES = 60
OWNER_EMAIL = "owner@localhost.localdomain"


def ensure_owner() -> User:
    """The person whose machine this is: the first active superuser, made if there is none."""
    owner = User.objects.filter(is_superuser=True, is_active=True).order_by("date_joined").first()
    return owner or User.objects.create_superuser(OWNER_EMAIL)


def issue_sign_in_token(user: User) -> str:
    """A token for /sign-in/link/<token>/, good once and for an hour."""
    SignInLink.objects.filter(expires_at__lt=now() - timedelta(days=1)).delete()
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(owner=user, digest=digest_of(token), expires_at=now() + timedelta(minutes=LINK_MINUTES))
    return token


def spend_sign_in_token(token: str) -> User | None:
    """Whom the token signs in; None if it is unknown, old, or was used before."""
    link = SignInLink.spend(digest_of(token))
    return link.owner if link else None
