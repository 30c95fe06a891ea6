"""Letting programs in, and out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import events, key_secrets
from accounts.access import hold, keys_for
from accounts.models import ApiKey, Scope, User
from core.errors import BadInput, LimitReached


@dataclass(frozen=True, slots=True)
class NewKey:
    """`secret` is not kept: who loses it makes another key."""

    key: ApiKey
    secret: str


def create_key(
    user: User,
    name: str,
    scopes: Collection[Scope],
    *,
    expires_at: datetime | None = None,
    per_minute: int | None = None,
) -> NewKey:
    """Raises `BadInput` or `LimitReached`."""
    if not scopes:
        raise BadInput(_("Say what the key may be used for."))
    if expires_at is not None and expires_at <= now():
        raise BadInput(_("The key would have expired already."))
    allowed = settings.API_KEYS_PER_USER
    secret = key_secrets.new_secret()
    with transaction.atomic():
        hold(user)
        if keys_for(user).count() >= allowed:
            raise LimitReached(
                ngettext(
                    "You have %(allowed)d key, as many as you may. Revoke it first.",
                    "You have %(allowed)d keys, as many as you may. Revoke one first.",
                    allowed,
                )
                % {"allowed": allowed},
                limit=allowed,
            )
        key = ApiKey.objects.create(
            owner=user,
            name=name,
            prefix=secret.prefix,
            digest=secret.digest,
            scopes=sorted(set(scopes)),
            per_minute=min(per_minute or settings.API_PER_MINUTE, settings.API_PER_MINUTE),
            expires_at=expires_at,
        )
    return NewKey(key, secret.text)


def revoke_key(key: ApiKey) -> None:
    """It lets nobody in any more, and what came in with it is shown out."""
    if key.revoke():
        events.access_changed(key.owner_id)
