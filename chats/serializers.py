"""Shapes of the REST API. They never write."""

from rest_framework import serializers

from characters.actions.tags import MOST_TAGS
from chats.models import Message


class NewMessageSerializer(serializers.Serializer[Message]):
    text = serializers.CharField(trim_whitespace=True, allow_blank=True, max_length=None)


class MessageSerializer(serializers.ModelSerializer[Message]):
    parent_id = serializers.UUIDField(read_only=True)
    character_id = serializers.UUIDField(read_only=True)
    persona_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Message
        fields = (
            "id", "parent_id", "role", "text", "thinking", "status", "failure_code", "seq", "model",
            "prompt_tokens", "reply_tokens", "character_id", "persona_id", "created_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields


class TagsSerializer(serializers.Serializer[None]):
    """Which tags a chat has."""

    tags = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_TAGS)
