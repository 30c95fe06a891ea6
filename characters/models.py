"""Characters, and the personas in which people speak to them."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inference.text.formats import FORMATS
from weights.models import CAN_ANSWER, LanguageModel


class Hue(models.PositiveSmallIntegerField):  # type: ignore[type-arg]
    """A colour as one number of degrees: every hue is readable at the lightness the pages give it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("validators", [MaxValueValidator(359)])
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class Character(models.Model):
    """Who speaks with you. Built-in characters have no owner: everyone may talk to them, nobody may edit them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="characters"
    )
    # Built-in characters are found again by this name when they are seeded.
    slug = models.SlugField(max_length=40, blank=True)
    name = models.CharField(max_length=80)
    tagline = models.CharField(max_length=160, blank=True)
    sheet = models.TextField()
    hue = Hue(default=30)
    portrait = models.CharField(max_length=120, blank=True)  # a path below static/
    openers = models.JSONField(default=list, blank=True)  # first lines to offer, at most three
    # How it is told. Both empty: as the operator chose, and as the model's own file says.
    language_model = models.ForeignKey(
        LanguageModel,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="characters",
        limit_choices_to=CAN_ANSWER,
    )
    prompt_format = models.CharField(
        max_length=16,
        blank=True,
        choices=[(name, name) for name in FORMATS],
        help_text=_(
            "Empty is right for most models. Metharme suits Mythalion and other models made for roleplay, Alpaca "
            "older instruction models, ChatML those that speak as OpenAI's do."
        ),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], condition=Q(owner=None), name="one_built_in_of_a_slug"),
            models.CheckConstraint(condition=Q(hue__lte=359), name="character_hue_in_degrees"),
        ]

    def __str__(self) -> str:
        return self.name


class Persona(models.Model):
    """Who you are in a chat: a name, a symbol and the colour of your bubble."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="personas")
    name = models.CharField(max_length=80, default="Protag")
    symbol = models.CharField(max_length=8, default="⚡")
    hue = Hue(default=68)
    description = models.TextField(blank=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner"], condition=Q(is_default=True), name="one_default_persona"),
            models.CheckConstraint(condition=Q(hue__lte=359), name="persona_hue_in_degrees"),
        ]

    def __str__(self) -> str:
        return self.name
