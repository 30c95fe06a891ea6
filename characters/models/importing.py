from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.timezone import now

from core.jobs import LIVE, Job, Status


class Import(Job):
    """One file that somebody brought, from quarantine to a character or a lorebook, with the report of it.

    The file lies in quarantine by the row's id until the import has ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=200)
    size_bytes = models.PositiveIntegerField()
    container = models.CharField(max_length=12, blank=True)
    steps_done = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    character = models.ForeignKey("Character", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    lorebook = models.ForeignKey("Lorebook", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Notices as characters/report.py has them, and the addresses on other servers that were not followed.
    notices = models.JSONField(default=list)
    links = models.JSONField(default=list)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_details = models.JSONField(default=dict)
    heard_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-created_at"]),
            models.Index(fields=["status"], condition=models.Q(status__in=LIVE), name="live_imports"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def advance(self, done: int, of: int) -> bool:
        """Say how far it has come. False: this attempt is not the one that counts any more, or Stop was pressed."""
        return self._move(
            {"status": Status.RUNNING, "cancel_requested": False}, steps_done=done, steps=of, heard_at=now()
        )
