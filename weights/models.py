"""Language models that can be used here: where each comes from, and how far its file has come."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from core.jobs import LIVE, Job, Status
from weights.files import Stamp

NAME = r"^[a-z0-9]+([._-][a-z0-9]+)*$"
LONGEST_NAME = 64


# `LanguageModel.can_answer`, to ask the database.
CAN_ANSWER: dict[str, object] = {"status": Status.DONE, "embeds": False, "tried_at__isnull": False}


class Source(models.TextChoices):
    HUB = "hub", _("Hub")
    URL = "url", _("Address")
    FILE = "file", _("File")
    OLLAMA = "ollama", _("Ollama")
    SERVER = "server", _("Server")


class LanguageModel(Job):
    """A model by its name, which is also the work of pulling it: done when its file is whole and was looked at.

    `expected_sha256` is what somebody promised, `sha256` what this pull is held to or what was found.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=LONGEST_NAME, unique=True)
    label = models.CharField(max_length=160, blank=True)
    source = models.CharField(max_length=6, choices=Source.choices)
    repository = models.CharField(max_length=160, blank=True)
    file = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    license = models.CharField(max_length=80, blank=True)
    parameters = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    expected_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    context = models.PositiveIntegerField(default=0)
    memory_bytes = models.BigIntegerField(default=0)
    embeds = models.BooleanField(default=False)
    in_use = models.BooleanField(default=False)
    received_bytes = models.BigIntegerField(default=0)
    bytes_per_second = models.BigIntegerField(default=0)
    # The worker that pulls says so every second; silence is how one learns that it has died.
    heard_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=400, blank=True)
    # What the source called this version of the file when its part was begun.
    part_tag = models.CharField(max_length=200, blank=True)
    # The file as it was when it was last found to be good.
    verified_bytes = models.BigIntegerField(default=0)
    verified_mtime_ns = models.BigIntegerField(default=0)
    # When it was last loaded far from anybody who talks, and said a word.
    tried_at = models.DateTimeField(null=True, blank=True)
    # Somebody wants to talk with it; it is tried out first.
    wanted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["in_use"], condition=Q(in_use=True), name="one_model_in_use"),
            models.CheckConstraint(condition=Q(in_use=False) | Q(status=Status.DONE), name="only_whole_models_in_use"),
            models.CheckConstraint(condition=Q(name__regex=NAME), name="models_have_plain_names"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ready(self) -> bool:
        return self.status == Status.DONE

    @property
    def has_file(self) -> bool:
        """It runs here, rather than on somebody's server."""
        return self.source not in {Source.OLLAMA, Source.SERVER}

    @property
    def can_answer(self) -> bool:
        """It is whole, can talk and was tried out: a worker may load it. See `CAN_ANSWER`."""
        return self.is_ready and not self.embeds and self.tried_at is not None

    @property
    def verified(self) -> Stamp:
        return Stamp(self.verified_bytes, self.verified_mtime_ns)

    def queue(self) -> bool:
        """From an end that was none to another attempt."""
        ended: dict[str, object] = {"status__in": [Status.CANCELLED, Status.INTERRUPTED, Status.FAILED]}
        return self._move(
            ended,
            status=Status.QUEUED,
            attempt=self.attempt + 1,
            cancel_requested=False,
            queued_at=now(),
            bytes_per_second=0,
            error="",
        )

    def begin(self, *, size_bytes: int, sha256: str, tag: str) -> bool:
        return self._move(
            {"status": Status.RUNNING}, size_bytes=size_bytes, sha256=sha256, part_tag=tag[:200], tried_at=None
        )

    def hear(self, received_bytes: int, bytes_per_second: int) -> bool:
        """The pull is alive, and has come so far. False: this attempt is not the one that counts any more."""
        return self._move(
            {"status": Status.RUNNING},
            received_bytes=received_bytes,
            bytes_per_second=bytes_per_second,
            size_bytes=self.size_bytes,  # an Ollama server tells it layer by layer
            heard_at=now(),
        )

    def end(self, status: Status, error: str = "", **facts: str | int | bool) -> bool:
        return self._move(
            {"status": Status.RUNNING},
            status=status,
            error=error[:400],
            bytes_per_second=0,
            finished_at=now(),
            **facts,
        )

    def take_over(self) -> bool:
        """From a pull that nobody carries on to one that waits; or to its end, if somebody wanted that."""
        silent: dict[str, object] = {"status": Status.RUNNING, "heard_at": self.heard_at}
        if self.cancel_requested:
            return self._move(silent, status=Status.CANCELLED, finished_at=now())
        return self._move(silent, status=Status.QUEUED, attempt=self.attempt + 1, queued_at=now(), bytes_per_second=0)

    @classmethod
    def pulling(cls) -> int:
        """How many are being pulled now."""
        return cls.objects.filter(status=Status.RUNNING).count()


__all__ = ["LIVE", "LONGEST_NAME", "NAME", "LanguageModel", "Source", "Status"]
