"""Refresh tokens: each is good once, and makes the next one of its family."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class TokenFamily(models.Model):
    """One sign-in of a program, and all the tokens that came of it. `expires_at` is the end of the last of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="token_families")
    # What its owner knows it by, in the list of sessions.
    agent = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-used_at", "id")
        indexes = (models.Index(fields=("expires_at",), name="token_family_expires"),)

    def __str__(self) -> str:
        return f"family {self.id} of {self.owner_id}"

    @classmethod
    def good(cls) -> models.QuerySet[TokenFamily]:
        return cls.objects.filter(revoked_at=None, expires_at__gt=timezone.now(), owner__is_active=True)

    def revoke(self) -> bool:
        """False: it was revoked before."""
        return TokenFamily.objects.filter(id=self.id, revoked_at=None).update(revoked_at=timezone.now()) == 1


class RefreshToken(models.Model):
    """`id` is the token's `jti`. `child` is the token that was made when this one was used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE, related_name="tokens")
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    child = models.OneToOneField("self", on_delete=models.SET_NULL, null=True, related_name="parent")

    def __str__(self) -> str:
        return f"token {self.id}"

    def claim(self) -> bool:
        """Of any number that use it at once, one gets True."""
        return RefreshToken.objects.filter(id=self.id, used_at=None).update(used_at=timezone.now()) == 1
