"""Shapes of what is looked for, and of what is found."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from chats.forms.searching import KINDS, MOST_AT_ONCE, SPEAKERS
from chats.pages.searching import PAGE, CharacterHit, ChatHit, MemoryHit, MessageHit
from chats.search.snippets import Segment
from memory.models import Kind, Memory

MOST_MEMORIES = 50


class SegmentSerializer(serializers.Serializer[Segment]):
    text = serializers.CharField()
    is_hit = serializers.BooleanField()


class MessageHitSerializer(serializers.Serializer[MessageHit]):
    id = serializers.UUIDField()
    chat_id = serializers.UUIDField()
    url = serializers.CharField()
    chat = serializers.CharField()
    speaker = serializers.CharField()
    is_own = serializers.BooleanField()
    said_at = serializers.DateTimeField()
    text = SegmentSerializer(many=True)


class ChatHitSerializer(serializers.Serializer[ChatHit]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    title = serializers.CharField()
    branch = serializers.CharField()
    character = serializers.CharField(source="name")
    is_archived = serializers.BooleanField()


class CharacterHitSerializer(serializers.Serializer[CharacterHit]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    name = serializers.CharField()
    tagline = serializers.CharField()


@extend_schema_serializer(
    examples=[OpenApiExample("Five memories", {"query": "what did I say about my sister?", "limit": 5})]
)
class MemoryQuerySerializer(serializers.Serializer[None]):
    query = serializers.CharField(max_length=2_000)
    limit = serializers.IntegerField(min_value=1, max_value=MOST_MEMORIES, default=5)
    character = serializers.UUIDField(required=False, allow_null=True, default=None)


class LearnedSerializer(serializers.Serializer[MemoryHit]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    character = serializers.CharField(source="name")
    said_at = serializers.DateTimeField()
    text = SegmentSerializer(many=True)


class MemoryHitSerializer(serializers.Serializer[Memory]):
    id = serializers.UUIDField()
    character_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    speaker = serializers.CharField()
    text = serializers.CharField()
    emotion = serializers.CharField()
    said_at = serializers.DateTimeField()
    chat_id = serializers.UUIDField(allow_null=True)
    message_id = serializers.UUIDField(source="source_id", allow_null=True)


class FoundMemoriesSerializer(serializers.Serializer[None]):
    memories = MemoryHitSerializer(many=True)


class SearchSerializer(serializers.Serializer[None]):
    """As `chats.forms.searching.SearchForm` reads it."""

    q = serializers.CharField(required=False, allow_blank=True, help_text="Words. What is empty narrows nothing.")
    chat = serializers.UUIDField(required=False)
    character = serializers.UUIDField(required=False)
    by = serializers.ChoiceField(choices=[value for value, _label in SPEAKERS if value], required=False)
    bookmarked = serializers.BooleanField(required=False)
    to = serializers.DateField(required=False, help_text="The last day, of UTC.")
    cursor = serializers.CharField(required=False, max_length=200, help_text="`next` of the page before.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST_AT_ONCE, default=PAGE)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # Python keeps these two names for itself.
        kinds = [value for value, _label in KINDS if value]
        return super().get_fields() | {
            "in": serializers.ChoiceField(choices=kinds, required=False, help_text="Only these."),
            "from": serializers.DateField(required=False, help_text="The first day, of UTC."),
        }


class FoundSerializer(serializers.Serializer[None]):
    """If `is_total_cut` there are more messages than `total`. `instead` is what was searched beside the text."""

    messages = MessageHitSerializer(many=True)
    chats = ChatHitSerializer(many=True)
    characters = CharacterHitSerializer(many=True)
    memories = LearnedSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The cursor of the next page; null at the end.")
    total = serializers.IntegerField()
    is_total_cut = serializers.BooleanField()
    instead = serializers.CharField()
