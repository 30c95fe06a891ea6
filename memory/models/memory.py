"""What a character remembers of one person: words that were said, and what was made of them."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField


class Kind(models.TextChoices):
    EXCHANGE = "exchange", _("Said")  # one message, word for word
    FACT = "fact", _("Fact")  # what the person said of themselves, or corrected
    SUMMARY = "summary", _("Summary")
    DREAM = "dream", _("Dream")
    JOURNAL = "journal", _("Journal")
    LORE = "lore", _("Lore")  # learned in the story, of the world


# Made by the character of what was said. It is never ranked among what was said, and never a source of another.
DERIVED = (Kind.SUMMARY, Kind.DREAM, Kind.JOURNAL)


class Speaker(models.TextChoices):
    PERSON = "person", _("Person")
    CHARACTER = "character", _("Character")


class Memory(models.Model):
    """One thing that one character remembers of one person. Where several people were there, each has a row of it.

    Chats stand above this app: `chat_id`, `source_id` (a message) and the ids of `witnesses` and `people` are only
    handed back to whoever gave them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    character = models.ForeignKey("characters.Character", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # Who said it, as they were called then; "" where nobody did.
    speaker = models.CharField(max_length=9, choices=Speaker.choices, blank=True)
    spoken_by = models.CharField(max_length=120, blank=True)
    author_id = models.UUIDField(null=True, blank=True)
    text = models.TextField()
    chat_id = models.UUIDField(null=True, blank=True)
    source_id = models.UUIDField(null=True, blank=True)
    # The memories that it was made from. When one of them goes, so does this.
    sources = ArrayField(models.UUIDField(), default=list, blank=True)
    # What was said right before it, in the same sitting.
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="next_ones")
    # Who was there: characters, and people. It is told only where everybody who listens was.
    witnesses = ArrayField(models.UUIDField(), default=list, blank=True)
    people = ArrayField(models.UUIDField(), default=list, blank=True)
    # False: its message stands on another path of its chat than the one that is told, or in the trash.
    stands = models.BooleanField(default=True)
    is_pinned = models.BooleanField(default=False)
    emotion = models.CharField(max_length=8, default="neutral")
    confidence = models.FloatField(default=0.0)
    importance = models.FloatField(default=0.5)
    said_at = models.DateTimeField(default=now)
    # Since when, and until when, it is true; None: since ever, and still.
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    # What it says otherwise, and what made that untrue.
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced_by")
    # Where it lies on the map of this character's memories, each from 0 to 1; None: not placed yet.
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)
    words = models.GeneratedField(
        expression=SearchVector("text", config="english"), output_field=SearchVectorField(), db_persist=True
    )
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "character", "kind", "source_id"],
                condition=Q(source_id__isnull=False),
                name="one_memory_of_a_message",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "character", "-said_at"]),
            models.Index(fields=["owner", "character", "kind", "-said_at"]),
            models.Index(fields=["source_id"]),
            models.Index(fields=["chat_id"]),
            models.Index(
                fields=["owner", "character", "-said_at"], condition=Q(is_pinned=True), name="pinned_memories"
            ),
            # With whose memories they are, because a word may stand in half of all of everybody's. Each is looked up
            # while somebody waits, and written while nobody does: so at once.
            GinIndex(
                F("words"),
                Func(F("owner"), F("character"), template="(ARRAY[%(expressions)s])"),
                name="memory_words",
                fastupdate=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:40]}"

    @classmethod
    def exchanges(cls, owner_id: uuid.UUID, character_id: uuid.UUID) -> "models.QuerySet[Memory]":
        """What was said, and still stands."""
        return cls.objects.filter(owner=owner_id, character=character_id, kind=Kind.EXCHANGE, stands=True)


class Embedding(models.Model):
    """The meaning of one memory, in a slim table: a scan of a person's reads vectors and nothing else.

    `vector` has as many dimensions as its model gives; those of one search are all of one model.
    """

    memory = models.OneToOneField(Memory, on_delete=models.CASCADE, primary_key=True, related_name="embedding")
    owner_id = models.UUIDField()
    character_id = models.UUIDField()
    model = models.CharField(max_length=60)
    vector = HalfVectorField()

    class Meta:
        indexes = [models.Index(fields=["owner_id", "character_id"])]

    def __str__(self) -> str:
        return f"{self.memory_id} by {self.model}"


class Decision(models.TextChoices):
    OPEN = "", _("Not decided")
    NEWER = "newer", _("The newer is true")
    OLDER = "older", _("The older is true")
    BOTH = "both", _("Both are true")


class Contradiction(models.Model):
    """Two facts of which the character cannot tell which one is true; its person can."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    character = models.ForeignKey("characters.Character", on_delete=models.CASCADE, related_name="+")
    older = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="+")
    newer = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="+")
    decision = models.CharField(max_length=5, choices=Decision.choices, default=Decision.OPEN, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["older", "newer"], name="one_contradiction_of_two")]
        indexes = [models.Index(fields=["owner", "character"], condition=Q(decision=""), name="open_contradictions")]

    def __str__(self) -> str:
        return f"{self.older_id} or {self.newer_id}"


class Forgetting(models.Model):
    """The receipt of something forgotten: how much went, and never what it said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    character = models.ForeignKey("characters.Character", on_delete=models.SET_NULL, null=True, related_name="+")
    # memory, topic, range, chat or character: what was asked for.
    scope = models.CharField(max_length=9)
    # How many of each kind: {"exchange": 4, "summary": 1}.
    counts = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["owner", "-at"])]

    def __str__(self) -> str:
        return f"{self.scope} at {self.at}"
