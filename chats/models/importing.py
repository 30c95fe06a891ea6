from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now

from chats.models.chat import Chat
from core.bringing import Brought
from core.jobs import LIVE


class ChatImport(Brought):
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
    format = models.CharField(max_length=16, blank=True)
    chats = models.ManyToManyField(Chat, blank=True, related_name="imports")
    # Characters that were made for it, because nobody had the name; they go again if nothing comes of it.
    made = ArrayField(models.UUIDField(), default=list, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-created_at"]),
            models.Index(fields=["status"], condition=models.Q(status__in=LIVE), name="live_chat_imports"),
        ]


class Origin(models.Model):
    """What the file that a chat came from said of it as a whole, by the format's name: it goes out as it came in."""

    chat = models.OneToOneField(Chat, on_delete=models.CASCADE, primary_key=True, related_name="origin")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    brought = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.chat_id)
