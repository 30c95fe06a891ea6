"""Putting everything out that came in as somebody."""

from django.db import transaction
from django.utils.timezone import now

from accounts.events import access_changed
from accounts.models import ApiKey, TokenFamily, User


def end_programs(user: User) -> None:
    """Their keys and tokens are good no longer. What sessions they have, Django ends by the password's new hash."""
    with transaction.atomic():
        ApiKey.objects.filter(owner=user, revoked_at=None).update(revoked_at=now())
        TokenFamily.objects.filter(owner=user, revoked_at=None).update(revoked_at=now())
        access_changed(user.id)
