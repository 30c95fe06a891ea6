from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from core.bringing import Brought
from core.jobs import LIVE


class Import(Brought):
    """One file that somebody brought, from quarantine to a character or a lorebook, with the report of it.

    The file lies in quarantine by the row's id until the import has ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="imports")
    container = models.CharField(max_length=12, blank=True)
    character = models.ForeignKey("Character", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    lorebook = models.ForeignKey("Lorebook", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Addresses on other servers that were not followed.
    links = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-created_at"]),
            models.Index(fields=["status"], condition=models.Q(status__in=LIVE), name="live_imports"),
        ]
