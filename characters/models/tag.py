import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from characters.models.fields import Hue


class Tag(models.Model):
    """A coloured word that somebody sorts their characters and chats by. Nobody else sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=40)
    hue = Hue(default=210)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="one_tag_of_a_name"),
            models.CheckConstraint(condition=Q(hue__lte=359), name="tag_hue_in_degrees"),
        ]

    def __str__(self) -> str:
        return self.name
