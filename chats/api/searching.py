"""Searching over REST."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from chats.forms.searching import SearchForm
from chats.pages import searching as page
from chats.pages.searching import CharacterHit, ChatHit, MemoryHit, MessageHit
from chats.search.snippets import Segment
from memory.models import Memory
from memory.pages import timeline

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


class MemoryQuerySerializer(serializers.Serializer[None]):
    query = serializers.CharField(max_length=2_000)
    limit = serializers.IntegerField(min_value=1, max_value=MOST_MEMORIES, default=5)
    character = serializers.UUIDField(required=False, allow_null=True, default=None)


class LearnedSerializer(serializers.Serializer[MemoryHit]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    kind = serializers.CharField()
    character = serializers.CharField(source="name")
    said_at = serializers.DateTimeField()
    text = SegmentSerializer(many=True)


class MemoryHitSerializer(serializers.Serializer[Memory]):
    id = serializers.UUIDField()
    character_id = serializers.UUIDField()
    kind = serializers.CharField()
    speaker = serializers.CharField()
    text = serializers.CharField()
    emotion = serializers.CharField()
    said_at = serializers.DateTimeField()
    chat_id = serializers.UUIDField()
    message_id = serializers.UUIDField(source="source_id")


class Search(APIView):
    def get(self, request: Request) -> Response:
        """What this person may read; `next` is the cursor of the next page of messages, null at the end."""
        form = SearchForm(request.query_params)
        wish, place = form.wish(), form.place()
        room = page.Room(messages=form.cleaned_data["limit"] or page.PAGE, kind=form.cleaned_data["in"])
        found = page.results(signed_in(request.user), wish, place, room)
        return Response(
            {
                "messages": [MessageHitSerializer(one).data for one in found.messages],
                "chats": [ChatHitSerializer(one).data for one in found.chats],
                "characters": [CharacterHitSerializer(one).data for one in found.characters],
                "memories": [LearnedSerializer(one).data for one in found.memories],
                "next": found.after or None,
                "total": found.total,
                "is_total_cut": found.is_total_cut,
                "instead": found.instead,
            }
        )

    def post(self, request: Request) -> Response:
        """What characters remember of this person that fits best, by its words and by what it means."""
        body = MemoryQuerySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        wish = timeline.Wish(text=wanted["query"])
        found = timeline.found(signed_in(request.user), wanted["character"], wish, most=wanted["limit"])
        return Response({"memories": [MemoryHitSerializer(one).data for one in found.rows]})
