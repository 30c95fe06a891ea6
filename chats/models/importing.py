from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now

from chats.models.chat import Chat
from core.jobs import LIVE, Job, Status


class ChatImport(Job):
    """One file of conversations that somebody brought, from quarantine to chats, with the report of it.

    The file lies in quarantine by the row's id until the import has ended. What it brings is seen by nobody before
    all of it is there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chat_imports")
    # Whom the conversations are with; None: whoever has the name that the file gives, made if there is nobody.
    character = models.ForeignKey(
        "characters.Character", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    file_name = models.CharField(max_length=200)
    size_bytes = models.PositiveIntegerField()
    format = models.CharField(max_length=16, blank=True)
    steps_done = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    chats = models.ManyToManyField(Chat, blank=True, related_name="imports")
    # Characters that were made for it, because nobody had the name; they go again if nothing comes of it.
    made = ArrayField(models.UUIDField(), default=list, blank=True)
    # Notices: what was imported, kept without a place of its own, repaired or refused.
    notices = models.JSONField(default=list)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_details = models.JSONField(default=dict)
    heard_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-created_at"]),
            models.Index(fields=["status"], condition=models.Q(status__in=LIVE), name="live_chat_imports"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def advance(self, done: int, of: int) -> bool:
        """Say how far it has come. False: this attempt is not the one that counts any more, or Stop was pressed."""
        return self._move(
            {"status": Status.RUNNING, "cancel_requested": False}, steps_done=done, steps=of, heard_at=now()
        )


class Origin(models.Model):
    """What the file that a chat came from said of it as a whole, by the format's name: it goes out as it came in."""

    chat = models.OneToOneField(Chat, on_delete=models.CASCADE, primary_key=True, related_name="origin")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    brought = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.chat_id)
