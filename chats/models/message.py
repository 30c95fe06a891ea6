"""What was said: a tree, in which a reply is also a piece of work."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.timezone import now

from chats.models.chat import Chat
from core.jobs import LIVE, Job, Status
from core.streams.entries import Telling

# Replies of one path are told in order: neither what this one follows nor what its message answers is on its way.
NOT_BEHIND_ANOTHER = ~Q(parent__status__in=LIVE) & ~Q(parent__parent__status__in=LIVE)


class Role(models.TextChoices):
    USER = "user"
    CHARACTER = "character"


class Trash(models.Model):
    """What was deleted with one press: a message with all that follows it. It comes back whole, for thirty days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="trash")
    message = models.ForeignKey("Message", on_delete=models.CASCADE, related_name="+")
    # The newest message that was shown before: undoing brings the view back, too.
    leaf = models.ForeignKey("Message", on_delete=models.SET_NULL, null=True, related_name="+")
    messages = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.messages} messages of {self.chat_id}"


class Message(Job):
    """One thing said, which never changes once it is whole. A person's is that at once; a character's is written by a
    turn. Another wording is another message beside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    # Of those that follow it, the one that is shown; None: it was the last when it was left.
    chosen = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # How many messages stand before it on its path, and how many of these are characters'.
    depth = models.PositiveIntegerField(default=0)
    replies_before = models.PositiveIntegerField(default=0)
    # Who was there when it was said: characters, and people. Nobody else is ever told of it.
    witnesses = ArrayField(models.UUIDField(), default=list, blank=True)
    people = ArrayField(models.UUIDField(), default=list, blank=True)
    trash = models.ForeignKey(Trash, on_delete=models.CASCADE, null=True, blank=True, related_name="contents")
    # People see it and characters do not: a note on the side, or what another program kept from its prompt.
    is_hidden = models.BooleanField(default=False)
    # What the path that begins here is called.
    branch_name = models.CharField(max_length=80, blank=True)
    # Whose words it says otherwise.
    edited_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # What a reply goes on from, word for word; its text begins with it.
    opening = models.TextField(blank=True)
    # Who speaks is for the model to say, before anything else; until then `character` is a guess.
    is_directed = models.BooleanField(default=False)
    # What another program knew of it and we have no place for: it goes out as it came in.
    brought = models.JSONField(null=True, blank=True)
    # What a program asked for with this reply: chats/wishes.py.
    wishes = models.JSONField(null=True, blank=True)
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
    finish_reason = models.CharField(max_length=12, blank=True)
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
    # The depth of the first message that the prompt of this reply told, where earlier ones did not fit.
    history_from = models.PositiveIntegerField(default=0)
    # Memory has not been told of it yet, and will be.
    awaits_memory = models.BooleanField(default=True)
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
            models.Index(fields=["chat", "finished_at"]),
            models.Index(fields=["status"], condition=Q(status__in=LIVE), name="live_replies"),
            models.Index(fields=["chat"], condition=~Q(branch_name=""), name="named_branches"),
            models.Index(fields=["chat"], condition=Q(parent=None), name="first_messages"),
            models.Index(fields=["chat", "created_at"], condition=Q(awaits_memory=True), name="awaiting_memory"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.text[:40]}"

    @property
    def telling(self) -> Telling:
        return Telling(self.seq, self.text, self.thinking)

    def checkpoint(self, told: Telling) -> bool:
        """Keep what has been written so far. False: this attempt is not the one that counts any more."""
        return self._move({"status": Status.RUNNING}, text=told.text, thinking=told.thinking, seq=told.seq)

    def end(
        self,
        status: Status,
        told: Telling,
        *,
        failure_code: str = "",
        finish_reason: str = "",
        **figures: int | None,
    ) -> bool:
        """The last state of this attempt. False: another attempt has taken the reply."""
        return self._move(
            {"status": Status.RUNNING},
            status=status,
            text=told.text,
            thinking=told.thinking,
            seq=told.seq,
            failure_code=failure_code,
            finish_reason=finish_reason,
            finished_at=now(),
            **figures,
        )

    def start_again(self, seq: int) -> bool:
        """From a dead attempt to a fresh one, queued, whose log goes on after `seq`. False too if Stop was pressed."""
        return self._move(
            {"status": Status.RUNNING, "cancel_requested": False},
            status=Status.QUEUED,
            attempt=self.attempt + 1,
            queued_at=now(),
            text=self.opening,
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


class SearchEntry(models.Model):
    """A message as searching reads it. The database itself keeps these in step (migration 0009): there is none for
    what is still being written, was deleted, or says nothing."""

    # All but the words repeats the message and its chat, so that a search reads nothing else. Triggers of the database
    # make, move and remove these rows; to hold them to the others as well would only cost each message some more.
    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    # Whose chat it is: nearly all that somebody may read is in their own.
    host = models.UUIDField()
    owner = models.UUIDField()
    character = models.UUIDField()
    role = models.CharField(max_length=9, choices=Role.choices)
    created_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        indexes = [
            models.Index(fields=["host", "-created_at"], name="entries_of_a_host"),
            models.Index(fields=["chat", "-created_at"], name="entries_of_a_chat"),
            # With whose chat it is, because a word may stand in half of all messages of everybody.
            GinIndex(F("words"), Func(F("host"), template="(ARRAY[%(expressions)s])"), name="entry_words"),
        ]

    def __str__(self) -> str:
        return str(self.message_id)


class Receipt(models.Model):
    """What one reply was made from: `slices` as chats.prompting.Slice has them, in the order of the prompt."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="receipt")
    context_tokens = models.PositiveIntegerField()
    reply_tokens = models.PositiveIntegerField()
    slices = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.message_id)


class MessageMemory(models.Model):
    """A memory that stood in the prompt of a reply, and why. What is forgotten leaves this record too."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="remembered")
    memory = models.ForeignKey("memory.Memory", on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    reasons = ArrayField(models.CharField(max_length=12), default=list)
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["message", "memory"], name="each_memory_once_in_a_reply")]

    def __str__(self) -> str:
        return f"{self.memory_id} in {self.message_id}"


class Bookmark(models.Model):
    """A place in a chat that somebody wants to find again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="bookmarks")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="bookmarks")
    name = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "message"], name="one_bookmark_of_a_message")]
        indexes = [models.Index(fields=["owner", "chat"])]

    def __str__(self) -> str:
        return self.name or str(self.message_id)


class SuggestionKind(models.TextChoices):
    WORDS = "words"
    TITLE = "title"


class Suggestion(Job):
    """What the model would say in somebody's place, or would call a chat. It is in no tree, and nobody has said it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="suggestions")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    persona = models.ForeignKey("characters.Persona", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=SuggestionKind.choices)
    text = models.TextField(blank=True)
    failure_code = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:40]}"
