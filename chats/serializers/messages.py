"""Shapes of messages, of replies, and of suggestions."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from chats.models import Bookmark, Message, SuggestionKind
from chats.pages.messages import PAGE_MESSAGES
from chats.pages.suggesting import SuggestionView
from chats.serializers import MOST_LISTED
from core.jobs import Status


class EndsSerializer(serializers.Serializer[None]):
    """Next to which message: at most one of the three."""

    limit = serializers.IntegerField(
        min_value=1, max_value=MOST_LISTED, default=PAGE_MESSAGES, help_text="How many at most."
    )
    before = serializers.UUIDField(required=False, default=None, help_text="Those before this message.")
    after = serializers.UUIDField(required=False, default=None, help_text="Those after it.")
    around = serializers.UUIDField(required=False, default=None, help_text="Those on both sides of it.")


@extend_schema_serializer(
    examples=[
        OpenApiExample("A message", {"text": "I am back from Lisbon. Did you miss me?"}),
        OpenApiExample(
            "To one of several",
            {"text": "And you, what do you say?", "speaker": "0190b0a4-6a5e-7c31-9f6d-2f1a5f4d8c10"},
        ),
    ]
)
class NewMessageSerializer(serializers.Serializer[Message]):
    """`after`: the newest message that its author saw. `speaker`: the character who shall answer."""

    text = serializers.CharField(trim_whitespace=True, allow_blank=True, max_length=None)
    after = serializers.UUIDField(required=False, allow_null=True, default=None)
    speaker = serializers.UUIDField(required=False, allow_null=True, default=None)


class EditSerializer(serializers.Serializer[Message]):
    text = serializers.CharField(trim_whitespace=False, max_length=None)


class BookmarkSerializer(serializers.Serializer[Bookmark]):
    name = serializers.CharField(allow_blank=True, default="")


class HiddenSerializer(serializers.Serializer[Message]):
    hidden = serializers.BooleanField()


class MessageSerializer(serializers.ModelSerializer[Message]):
    chat_id = serializers.UUIDField(read_only=True)
    parent_id = serializers.UUIDField(read_only=True, allow_null=True)
    edited_from_id = serializers.UUIDField(read_only=True, allow_null=True)
    character_id = serializers.UUIDField(read_only=True)
    persona_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Message
        fields = (
            "id", "chat_id", "parent_id", "role", "text", "thinking", "status", "failure_code", "finish_reason", "seq",
            "model", "temperature", "top_p", "prompt_tokens", "reused_tokens", "reply_tokens", "first_token_ms",
            "character_id", "persona_id", "is_hidden", "edited_from_id", "branch_name", "created_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields


class MessagesSerializer(serializers.Serializer[None]):
    messages = MessageSerializer(many=True)
    has_older = serializers.BooleanField()
    has_newer = serializers.BooleanField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Stored and being answered",
            {
                "message_id": "0190b0a4-6a5e-7c31-9f6d-2f1a5f4d8c11",
                "reply_id": "0190b0a4-6a5e-7c31-9f6d-2f1a5f4d8c12",
                "reply_ids": ["0190b0a4-6a5e-7c31-9f6d-2f1a5f4d8c12"],
                "status": "queued",
            },
            status_codes=["202"],
        )
    ]
)
class SentMessageSerializer(serializers.Serializer[None]):
    """`status` is the first reply's, or the message's own where nobody answers."""

    message_id = serializers.UUIDField()
    reply_id = serializers.UUIDField(allow_null=True)
    reply_ids = serializers.ListField(child=serializers.UUIDField())
    status = serializers.ChoiceField(choices=Status.choices)


class AskedSerializer(serializers.Serializer[None]):
    reply_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Status.choices)


class TrashedSerializer(serializers.Serializer[None]):
    """`trash_id` brings it back; `messages` is how many went."""

    trash_id = serializers.UUIDField()
    messages = serializers.IntegerField()


class NewSuggestionSerializer(serializers.Serializer[None]):
    kind = serializers.ChoiceField(choices=SuggestionKind.choices)


class SuggestionSerializer(serializers.Serializer[SuggestionView]):
    """`message` says why there is no text; it is empty as long as there may be one."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Status.choices)
    text = serializers.CharField()
    message = serializers.CharField()
