"""Chats and their messages: a tree, in which a reply is also a piece of work."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from core.jobs import LIVE, Job, Status
from core.streams.entries import Telling


class Chat(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chats")
    character = models.ForeignKey("characters.Character", on_delete=models.RESTRICT, related_name="+")
    persona = models.ForeignKey("characters.Persona", on_delete=models.RESTRICT, related_name="+")
    title = models.CharField(max_length=120, blank=True)
    tags = models.ManyToManyField("characters.Tag", blank=True, related_name="chats")
    # Beside the character's own book and its owner's global ones.
    lorebooks = models.ManyToManyField("characters.Lorebook", blank=True, related_name="chats")
    # The newest message of the path that is shown; its parents are the rest of the path.
    leaf = models.ForeignKey("Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    active_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["owner", "-active_at"])]

    def __str__(self) -> str:
        return self.title or str(self.id)

    @property
    def group(self) -> str:
        return self.group_of(self.id)

    @staticmethod
    def group_of(chat_id: uuid.UUID) -> str:
        """Where hints for the chat's open pages go."""
        return f"chat.{chat_id}"


# Replies of one chat are told in order: this one's message answers no reply that is still on its way.
NOT_BEHIND_ANOTHER = ~Q(parent__parent__status__in=LIVE)


class Role(models.TextChoices):
    USER = "user"
    CHARACTER = "character"


class Message(Job):
    """One thing said. A user's message is done when it exists; a character's is written by a turn."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    # How many messages stand before it on its path.
    depth = models.PositiveIntegerField(default=0)
    # Which of the character's greetings it is, the first being 0; None for all that is said later.
    greeting = models.PositiveSmallIntegerField(null=True, blank=True)
    role = models.CharField(max_length=9, choices=Role.choices)
    # Who spoke, and to whom: both on every message, because a chat may change either later.
    persona = models.ForeignKey("characters.Persona", on_delete=models.RESTRICT, related_name="+")
    character = models.ForeignKey("characters.Character", on_delete=models.RESTRICT, related_name="+")
    # The sender's name for this message: sending it again is the same message.
    key = models.UUIDField(null=True, blank=True)
    text = models.TextField(blank=True)
    thinking = models.TextField(blank=True)
    thinking_ms = models.PositiveIntegerField(null=True, blank=True)
    # The entry of the reply's log that `text` and `thinking` stand for.
    seq = models.PositiveIntegerField(default=0)
    failure_code = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=160, blank=True)
    # How the reply was chosen, and what moved that: the compound sentiment of the message before it.
    temperature = models.FloatField(null=True, blank=True)
    top_p = models.FloatField(null=True, blank=True)
    sentiment = models.FloatField(null=True, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    reused_tokens = models.PositiveIntegerField(null=True, blank=True)
    reply_tokens = models.PositiveIntegerField(null=True, blank=True)
    first_token_ms = models.PositiveIntegerField(null=True, blank=True)
    # What the lorebooks must remember after this reply: characters/lore/state.py. On the message, not on the chat,
    # because another branch remembers otherwise.
    lore = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="one_message_of_a_key"),
            models.UniqueConstraint(fields=["chat", "greeting"], name="each_greeting_once"),
            models.CheckConstraint(
                condition=Q(role=Role.CHARACTER) | Q(status=Status.DONE), name="only_replies_are_work"
            ),
        ]
        indexes = [
            models.Index(fields=["chat", "created_at"]),
            models.Index(fields=["status"], condition=Q(status__in=LIVE), name="live_replies"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.text[:40]}"

    @property
    def telling(self) -> Telling:
        return Telling(self.seq, self.text, self.thinking)

    def checkpoint(self, told: Telling) -> bool:
        """Keep what has been written so far. False: this attempt is not the one that counts any more."""
        return self._move({"status": Status.RUNNING}, text=told.text, thinking=told.thinking, seq=told.seq)

    def end(self, status: Status, told: Telling, *, failure_code: str = "", **figures: int | None) -> bool:
        """The last state of this attempt. False: another attempt has taken the reply."""
        return self._move(
            {"status": Status.RUNNING},
            status=status,
            text=told.text,
            thinking=told.thinking,
            seq=told.seq,
            failure_code=failure_code,
            finished_at=now(),
            **figures,
        )

    def cancel_in_queue(self) -> bool:
        return self._move({"status": Status.QUEUED}, status=Status.CANCELLED, finished_at=now())

    def request_cancel(self) -> bool:
        return self._move({"status": Status.RUNNING}, cancel_requested=True)

    def fail_in_queue(self, failure_code: str) -> bool:
        return self._move(
            {"status": Status.QUEUED}, status=Status.FAILED, failure_code=failure_code, finished_at=now()
        )

    def start_again(self, seq: int) -> bool:
        """From a dead attempt to a fresh one, queued, whose log goes on after `seq`. False too if Stop was pressed."""
        return self._move(
            {"status": Status.RUNNING, "cancel_requested": False},
            status=Status.QUEUED,
            attempt=self.attempt + 1,
            queued_at=now(),
            text="",
            thinking="",
            seq=seq,
        )

    def interrupt(self, told: Telling) -> bool:
        """From a dead attempt to its end, with what it said."""
        return self._move(
            {"status": Status.RUNNING},
            status=Status.INTERRUPTED,
            failure_code="worker_lost",
            attempt=self.attempt + 1,
            text=told.text,
            thinking=told.thinking,
            seq=told.seq,
            finished_at=now(),
        )
