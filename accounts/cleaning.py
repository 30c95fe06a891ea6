"""What nobody can come in by any more leaves the database: tokens, links and sessions that are over."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils.timezone import now

from accounts.models import ApiKey, SignInLink, TokenFamily

# Somebody may still ask what a key was that is in their logs.
KEYS_KEPT = timedelta(days=90)


def run_cleaning() -> int:
    """How many rows went. Safe to run twice, and beside anything."""
    instant = now()
    # Revoked families stay to their end, so that a token of theirs that is used again is still refused as stolen.
    expired = (
        TokenFamily.objects.filter(expires_at__lt=instant),
        SignInLink.objects.filter(expires_at__lt=instant - timedelta(days=1)),
        Session.objects.filter(expire_date__lt=instant),
        ApiKey.objects.filter(revoked_at__lt=instant - KEYS_KEPT),
        ApiKey.objects.filter(expires_at__lt=instant - KEYS_KEPT),
    )
    return sum(rows.delete()[0] for rows in expired)
