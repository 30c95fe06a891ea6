"""The marketplace: the public face of a character, what waits for a moderator, and what moderators did."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from characters.cards.extras import DEFAULT_HUE
from characters.models.character import Character, Rating, Version
from characters.models.fields import DIGEST_LENGTH, Hue


class Publication(models.Model):
    """What everybody may see of a character: the version that was approved last, whatever is edited meanwhile.

    The columns from `author` on repeat that version for searching. `version` is None until the first approval;
    `is_listed` is False before that and after it was taken down.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="publications"
    )
    character = models.OneToOneField(Character, on_delete=models.CASCADE, related_name="publication")
    version = models.ForeignKey(Version, on_delete=models.RESTRICT, null=True, blank=True, related_name="+")
    is_listed = models.BooleanField(default=False)
    author = models.CharField(max_length=80)
    name = models.CharField(max_length=80, blank=True)
    tagline = models.CharField(max_length=160, blank=True)
    hue = Hue(default=DEFAULT_HUE)
    rating = models.CharField(max_length=8, choices=Rating.choices, default=Rating.EVERYONE)
    language = models.CharField(max_length=16, blank=True)
    face = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    has_voice = models.BooleanField(default=False)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    words = SearchVectorField(null=True)
    takes = models.PositiveIntegerField(default=0)
    favourites = models.PositiveIntegerField(default=0)
    listed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_listed=False) | Q(version__isnull=False), name="only_an_approved_version_is_listed"
            ),
            models.CheckConstraint(condition=Q(hue__lte=359), name="publication_hue_in_degrees"),
        ]
        indexes = [
            GinIndex(fields=["words"], condition=Q(is_listed=True), name="publication_words"),
            GinIndex(fields=["tags"], condition=Q(is_listed=True), name="publication_tags"),
            models.Index(fields=["-favourites", "-listed_at"], condition=Q(is_listed=True), name="most_loved"),
            models.Index(fields=["-listed_at"], condition=Q(is_listed=True), name="newest"),
            models.Index(fields=["-takes", "-listed_at"], condition=Q(is_listed=True), name="most_taken"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.character)


class Submission(models.Model):
    """A version that its author wants to be seen, and what a moderator said of it."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for a moderator")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        # Its author took it back, or saved a newer version, which waits instead.
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="submissions")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    reason = models.TextField(blank=True)  # what a moderator tells the author
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication"], condition=Q(state="pending"), name="one_submission_waits_for_a_character"
            )
        ]

    def __str__(self) -> str:
        return f"{self.publication} · {self.version_id}"

    def decide(self, state: State, reason: str = "", by: uuid.UUID | None = None) -> bool:
        """From waiting to decided. False: somebody decided first, or its author has saved a newer version."""
        mine = Submission.objects.filter(pk=self.pk, state=self.State.PENDING)
        if mine.update(state=state, reason=reason, decided_by=by, decided_at=now()) != 1:
            return False
        self.state, self.reason = state, reason
        return True


class Favourite(models.Model):
    """What somebody saved for later."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "publication"], name="one_favourite_each")]
        indexes = [models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return f"{self.owner_id} likes {self.publication_id}"


class Report(models.Model):
    """Somebody says that a published character should not be there."""

    class Kind(models.TextChoices):
        MINOR = "minor", _("Sexualises a minor")
        HARM = "harm", _("Encourages harm or crime")
        HATE = "hate", _("Hate or harassment")
        PERSON = "person", _("A real person without their consent")
        COPY = "copy", _("Copied from somebody else")
        RATING = "rating", _("Rated too low")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        UPHELD = "upheld", _("Upheld")
        DISMISSED = "dismissed", _("Dismissed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="reports")
    # What they saw when they said so.
    version = models.ForeignKey(Version, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(_("what is wrong"), max_length=8, choices=Kind.choices)
    text = models.TextField(_("in your words"), blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "publication"], condition=Q(state="open"), name="one_open_report_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.publication}"

    def decide(self, state: State, by: uuid.UUID) -> bool:
        """From open to decided. False: somebody decided first."""
        mine = Report.objects.filter(pk=self.pk, state=self.State.OPEN)
        if mine.update(state=state, decided_by=by, decided_at=now()) != 1:
            return False
        self.state = state
        return True


class Verb(models.TextChoices):
    """What a moderator can do."""

    APPROVE = "approve", _("approved")
    REJECT = "reject", _("rejected")
    UNPUBLISH = "unpublish", _("taken down")
    UPHOLD = "uphold", _("report upheld")
    DISMISS = "dismiss", _("report dismissed")


class Decision(models.Model):
    """One line of the audit log. Nothing changes or removes it; it outlives everybody it names."""

    id = models.BigAutoField(primary_key=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=254)
    verb = models.CharField(max_length=9, choices=Verb.choices)
    publication = models.ForeignKey(Publication, on_delete=models.SET_NULL, null=True, related_name="+")
    subject = models.CharField(max_length=80)
    digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)  # of the version it was about
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.subject} {self.get_verb_display()}"


class Word(models.Model):
    """A word that stands in some publication, cut into threes, so that a mistyped one can be told from its like."""

    text = models.CharField(max_length=40, primary_key=True)
    trigrams = ArrayField(models.CharField(max_length=3))

    class Meta:
        indexes = [GinIndex(fields=["trigrams"], name="word_trigrams")]

    def __str__(self) -> str:
        return self.text
