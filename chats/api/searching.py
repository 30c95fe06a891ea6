"""Searching over REST."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from chats.forms.searching import SearchForm
from chats.pages import searching as page
from chats.pages.searching import CharacterHit, ChatHit, MessageHit
from chats.search.snippets import Segment


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
                "next": found.after or None,
                "total": found.total,
                "is_total_cut": found.is_total_cut,
                "instead": found.instead,
            }
        )
