from __future__ import annotations

import json
import uuid

from django.conf import settings
from django.db import models

from characters.lore.entry import Book
from characters.lore.reading import read


class Lorebook(models.Model):
    """Somebody's own book: for the chats it is put into, or, if global, for all of theirs.

    A character's own book is part of its card.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lorebooks")
    name = models.CharField(max_length=120)
    text = models.TextField()  # a stand-alone V3 lorebook as JSON
    is_global = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def book(self) -> Book:
        """Its key is the row's id: what a chat remembers of its entries survives a new name."""
        return read(json.loads(self.text), key=str(self.id)).book
