"""Conversations as programs know them that come without an id of ours."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.timezone import now

from chats.models.chat import Chat
from chats.models.message import Message


class Fingerprint(models.Model):
    """A message that a program said or was told, by which its conversation is known again (chats/matching.py).

    `caller` is the API key, or whoever came with a token. `digest` is "" until a reply has all its words.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="fingerprint")
    caller = models.UUIDField()
    digest = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [models.Index(fields=["caller", "digest"])]

    def __str__(self) -> str:
        return f"{self.digest} of {self.message_id}"


class ProgramChat(models.Model):
    """What a program calls a chat in its field `user`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    caller = models.UUIDField()
    name = models.CharField(max_length=200)
    character = models.ForeignKey("characters.Character", on_delete=models.CASCADE, related_name="+")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="program_names")
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "character", "name"], name="one_chat_of_a_programs_name")
        ]

    def __str__(self) -> str:
        return self.name
