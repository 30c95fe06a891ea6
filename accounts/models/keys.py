"""Keys that let programs in."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What a key may be used for. A door without one is closed to keys."""

    CHAT = "chat", _("Talk, and read and change chats")
    CHARACTERS = "characters", _("Read and change characters, personas, lorebooks and tags")
    MEMORY = "memory", _("Read, change and forget memories")
    ACCOUNT = "account", _("Read and change your profile and preferences")
    MODELS = "models", _("See and manage models")


class ApiKey(models.Model):
    """A program's way in. Only the digest of its secret is kept; `prefix` is what its owner knows it by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope.choices))
    per_minute = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "id")

    def __str__(self) -> str:
        return f"{self.prefix} of {self.owner_id}"

    @classmethod
    def good(cls, instant: datetime) -> models.QuerySet[ApiKey]:
        """Those that let somebody in at that time."""
        is_running = Q(expires_at=None) | Q(expires_at__gt=instant)
        return cls.objects.filter(is_running, revoked_at=None, owner__is_active=True)

    @property
    def uses(self) -> list[str]:
        """What it may be used for, in words."""
        return [str(Scope(scope).label) for scope in self.scopes]

    @property
    def is_good(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())

    def revoke(self) -> bool:
        """False: it was not good any more."""
        return ApiKey.objects.filter(id=self.id, revoked_at=None).update(revoked_at=timezone.now()) == 1
