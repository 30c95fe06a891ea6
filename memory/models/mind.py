"""How a character feels about one person, and every reason why."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.timezone import now


class Mind(models.Model):
    """One character's state towards one person, as it was at `felt_at`: memory.mind says what it has drifted to since.

    All values are from 0 to 1.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    character = models.ForeignKey("characters.Character", on_delete=models.CASCADE, related_name="+")
    mood = models.CharField(max_length=16, default="neutral")
    mood_value = models.FloatField(default=0.5)
    energy = models.FloatField(default=0.7)
    focus = models.FloatField(default=0.5)
    affection = models.FloatField(default=0.5)
    felt_at = models.DateTimeField(default=now)
    # Nothing moves it, neither a word nor time.
    is_frozen = models.BooleanField(default=False)
    # How far each value may go, where its person has narrowed that: {"energy": [0.2, 0.9]}.
    bounds = models.JSONField(default=dict, blank=True)
    dreamt_at = models.DateTimeField(null=True, blank=True)
    journaled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "character"], name="one_mind_for_a_person")]

    def __str__(self) -> str:
        return f"{self.character_id}: {self.mood}"


class MindEvent(models.Model):
    """One change of a mind, with its reason: the rule that moved it, what set that off, and the values around it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    mind = models.ForeignKey(Mind, on_delete=models.CASCADE, related_name="events")
    # Its place among the events of this mind, from 1.
    number = models.PositiveIntegerField()
    rule = models.CharField(max_length=40)
    # The words that the rule met, so that one can read why.
    cause = models.CharField(max_length=200, blank=True)
    # The message, dream or entry that set it off; the same one never does twice.
    source_id = models.UUIDField(null=True, blank=True)
    # What it does, so that what came after it can be told anew without it: memory/feeling.py reads it.
    effect = models.JSONField(default=dict, blank=True)
    before = models.JSONField()
    after = models.JSONField()
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mind", "rule", "source_id"],
                condition=models.Q(source_id__isnull=False),
                name="one_event_of_a_source",
            ),
            models.UniqueConstraint(fields=["mind", "number"], name="one_event_at_a_place"),
        ]
        indexes = [models.Index(fields=["mind", "-at"])]

    def __str__(self) -> str:
        return f"{self.rule} at {self.at}"
