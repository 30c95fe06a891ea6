"""What is never to be remembered again."""

from django.conf import settings
from django.db import models
from django.utils.timezone import now


class Forgotten(models.Model):
    """A message that one character was told to forget, or a chat: of that, all that was said up to `at`.

    The chat keeps its messages, and may tell memory of them again. It holds no words.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    character = models.ForeignKey("characters.Character", on_delete=models.CASCADE, related_name="+")
    source_id = models.UUIDField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "character", "source_id"], name="forgotten_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} at {self.at}"
