"""Characters: who they are stands in their versions, how they are told here in the row itself."""

from __future__ import annotations

import uuid
from functools import cached_property

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from characters.cards.card import Card, read_card, to_v3
from characters.cards.extras import DEFAULT_HUE
from characters.cards.values import export
from characters.models.fields import DIGEST_LENGTH, Hue
from characters.models.tag import Tag
from inference.text.formats import FORMATS
from weights.models import CAN_ANSWER, LanguageModel


class Rating(models.TextChoices):
    """The values are those of `cards.extras.Rating`."""

    EVERYONE = "everyone", _("Everyone")
    TEEN = "teen", _("Teen")
    MATURE = "mature", _("Mature")


class Character(models.Model):
    """Who speaks with you. Built-in characters have no owner: everyone may talk to them, nobody may edit them.

    Name, tagline, hue, rating, language and face repeat what the newest version's card says, for lists;
    `adopt` is the only writer of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="characters"
    )
    # Built-in characters are found again by this name when they are seeded.
    slug = models.SlugField(max_length=40, blank=True)
    version = models.ForeignKey("Version", on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    name = models.CharField(max_length=80)
    tagline = models.CharField(max_length=160, blank=True)
    hue = Hue(default=DEFAULT_HUE)
    rating = models.CharField(max_length=8, choices=Rating.choices, default=Rating.EVERYONE)
    language = models.CharField(max_length=16, blank=True)
    portrait = models.CharField(max_length=120, blank=True)  # a built-in one's, a path below static/
    face = models.CharField(max_length=DIGEST_LENGTH, blank=True)  # everybody else's: a file on the shelf
    # How it is told. Empty: as the operator chose, and as the model's own file says.
    language_model = models.ForeignKey(
        LanguageModel,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="characters",
        limit_choices_to=CAN_ANSWER,
        verbose_name=_("model"),
    )
    prompt_format = models.CharField(
        _("prompt format"),
        max_length=16,
        blank=True,
        choices=[(name, name) for name in FORMATS],
        help_text=_(
            "Empty is right for most models. Metharme suits Mythalion and other models made for roleplay, Alpaca "
            "older instruction models, ChatML those that speak as OpenAI's do."
        ),
    )
    temperature = models.FloatField(
        _("temperature"), null=True, blank=True, validators=[MinValueValidator(0.0), MaxValueValidator(2.0)]
    )
    top_p = models.FloatField(
        _("top-p"), null=True, blank=True, validators=[MinValueValidator(0.01), MaxValueValidator(1.0)]
    )
    max_tokens = models.PositiveIntegerField(_("longest reply, in tokens"), null=True, blank=True)
    # Who its owner is when they begin a chat with it; None: their usual persona.
    persona = models.ForeignKey("Persona", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    tags = models.ManyToManyField(Tag, blank=True, related_name="characters")
    # Taken from the marketplace; the copy lives on when what it was taken from is gone.
    origin = models.ForeignKey(
        "Publication", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="copies"
    )
    was_taken = models.BooleanField(default=False, editable=False)
    follows = models.BooleanField(default=False)  # a copy nobody has edited takes on what is approved next
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], condition=Q(owner=None), name="one_built_in_of_a_slug"),
            models.UniqueConstraint(
                fields=["owner", "origin"],
                condition=Q(deleted_at=None) & Q(origin__isnull=False),
                name="one_copy_of_a_publication",
            ),
            models.CheckConstraint(condition=Q(hue__lte=359), name="character_hue_in_degrees"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_built_in(self) -> bool:
        return self.owner_id is None

    @property
    def card(self) -> Card:
        """What the newest version says. An empty one for a row that is being made."""
        return self.version.card if self.version is not None else Card(self.name)


class Version(models.Model):
    """One save of a character. Nothing changes it any more, so whoever approves one knows what they approved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    # A V3 card as JSON. Not jsonb: that would reorder the keys of others, and rewrite their numbers.
    text = models.TextField()
    digest = models.CharField(max_length=DIGEST_LENGTH)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["character", "number"], name="one_version_of_a_number")]

    def __str__(self) -> str:
        return f"{self.character_id} · {self.number}"

    @cached_property
    def card(self) -> Card:
        """To be read only: it is parsed once for all who ask this instance."""
        return read_card(self.text.encode())[0]


def card_text(card: Card) -> str:
    """A card as versions and drafts hold it: all that it says as version 3, and all that we do not know.

    Raises `Refused` for one that could not be read again.
    """
    return export(to_v3(card)).decode()


class Draft(models.Model):
    """What the editor holds and nobody has saved yet: as the card of a version, made from `base`."""

    character = models.OneToOneField(Character, on_delete=models.CASCADE, primary_key=True, related_name="draft")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    base = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"draft of {self.character_id}"

    @cached_property
    def card(self) -> Card:
        """To be read only: it is parsed once for all who ask this instance."""
        return read_card(self.text.encode())[0]


class Asset(models.Model):
    """A file of a character, by the address that its card gives it.

    `digest` names the file on the shelf. A sealed one is not a picture we can draw anew: it is kept for export and
    never served.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="assets")
    uri = models.CharField(max_length=300)
    digest = models.CharField(max_length=DIGEST_LENGTH)
    media_type = models.CharField(max_length=60)
    size_bytes = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    is_sealed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["character", "uri"], name="one_asset_of_an_address")]
        indexes = [models.Index(fields=["digest"])]

    def __str__(self) -> str:
        return self.uri
