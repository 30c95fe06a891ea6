"""Chats: who is in them, and where each of these people keeps them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


class TurnTaking(models.TextChoices):
    """Who answers a message in a chat with several characters."""

    NATURAL = "natural", _("Whoever has something to say")
    ROUND_ROBIN = "round_robin", _("In order")
    POOLED = "pooled", _("Everyone once, in any order")
    DIRECTOR = "director", _("The model decides")
    MANUAL = "manual", _("Only when I call on them")


class Chat(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chats")
    # Whom it was begun with; in a chat with several, the one whose colour and face it has.
    character = models.ForeignKey("characters.Character", on_delete=models.RESTRICT, related_name="+")
    title = models.CharField(max_length=120, blank=True)
    tags = models.ManyToManyField("characters.Tag", blank=True, related_name="chats")
    # Beside the character's own book and its owner's global ones.
    lorebooks = models.ManyToManyField("characters.Lorebook", blank=True, related_name="chats")
    # The newest message of the path that is shown; its parents are the rest of the path.
    leaf = models.ForeignKey("Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # The newest message of the path that counts, where somebody has said which one does. While that is in the trash
    # none does: the mark comes back with it.
    canonical = models.ForeignKey("Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    turn_taking = models.CharField(max_length=11, choices=TurnTaking.choices, default=TurnTaking.NATURAL)
    # How many may answer one message, and up to how many messages in a row they go on by themselves; 0: not at all.
    speakers_most = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(8)]
    )
    goes_on_for = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(20)])
    # What holds in this chat and goes before the character's own wishes; None and "" leave those.
    language_model = models.ForeignKey(
        "weights.LanguageModel", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    temperature = models.FloatField(null=True, blank=True)
    top_p = models.FloatField(null=True, blank=True)
    max_tokens = models.PositiveIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)
    # Whether what is said here is remembered elsewhere, and whether what was said elsewhere is recalled here.
    remembers = models.BooleanField(default=True)
    recalls = models.BooleanField(default=True)
    # For one answer to a program whose conversation cannot be told from others: in no list, and gone within the hour.
    is_ephemeral = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)
    active_at = models.DateTimeField(default=now)
    trashed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-active_at"]),
            models.Index(fields=["active_at"], condition=Q(is_ephemeral=True), name="ephemeral_chats"),
        ]

    def __str__(self) -> str:
        return self.title or str(self.id)

    @property
    def group(self) -> str:
        return self.group_of(self.id)

    @staticmethod
    def group_of(chat_id: uuid.UUID) -> str:
        """Where hints for the chat's open pages go."""
        return f"chat.{chat_id}"


class CastMember(models.Model):
    """A character in a chat. Whoever left hears nothing more, and comes back to what it knew."""

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="cast")
    character = models.ForeignKey("characters.Character", on_delete=models.RESTRICT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    # How likely it is to answer what was not said to it.
    talkativeness = models.FloatField(default=0.5, validators=[MinValueValidator(0.0), MaxValueValidator(1.0)])
    is_muted = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "joined_at"]
        constraints = [models.UniqueConstraint(fields=["chat", "character"], name="each_character_once")]

    def __str__(self) -> str:
        return f"{self.character_id} in {self.chat_id}"


class Folder(models.Model):
    """Somebody's own shelf for chats."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_folder_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Part(models.TextChoices):
    """What a person may do in a chat."""

    OWNER = "owner", _("Host")
    WRITER = "writer", _("Takes part")
    READER = "reader", _("Reads along")


class Participant(models.Model):
    """A person in a chat, and where they keep it."""

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=6, choices=Part.choices, default=Part.WRITER)
    # Who they are from the next message on.
    persona = models.ForeignKey("characters.Persona", on_delete=models.RESTRICT, related_name="+")
    joined_at = models.DateTimeField(default=now)
    left_at = models.DateTimeField(null=True, blank=True)
    # They see what was said from then on; None: everything.
    since = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(default=now)
    folder = models.ForeignKey(Folder, on_delete=models.SET_NULL, null=True, blank=True, related_name="chats")
    # Among the chats of its folder, the least first; None: by when it was used.
    position = models.FloatField(null=True, blank=True)
    is_pinned = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    draft = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chat", "user"], name="each_person_once"),
            models.UniqueConstraint(fields=["chat"], condition=Q(part=Part.OWNER), name="one_host"),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(left_at=None), name="chats_of_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.chat_id}"


class Invitation(models.Model):
    """A link by which people join. Only its digest is kept, so that nobody who reads the table can follow it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    part = models.CharField(max_length=6, choices=Part.choices[1:])
    shows_past = models.BooleanField(default=False)
    uses_left = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"to {self.chat_id}"
