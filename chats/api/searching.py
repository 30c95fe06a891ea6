"""Searching over REST."""

from functools import partial

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from chats.forms.searching import SearchForm
from chats.pages import searching as page
from chats.serializers.searching import (
    CharacterHitSerializer,
    ChatHitSerializer,
    FoundMemoriesSerializer,
    FoundSerializer,
    LearnedSerializer,
    MemoryHitSerializer,
    MemoryQuerySerializer,
    MessageHitSerializer,
    SearchSerializer,
)
from memory.pages import timeline

operation = partial(extend_schema, tags=["search"])


class Search(APIView):
    scope = Scope.CHAT

    @operation("search", summary="Search", parameters=[SearchSerializer], responses=FoundSerializer)
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

    @operation(
        "searchMemories", summary="Search memories", request=MemoryQuerySerializer, responses=FoundMemoriesSerializer
    )
    def post(self, request: Request) -> Response:
        """What characters remember of this person that fits best, by its words and by what it means."""
        body = MemoryQuerySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        wish = timeline.Wish(text=wanted["query"])
        found = timeline.found(signed_in(request.user), wanted["character"], wish, most=wanted["limit"])
        return Response({"memories": [MemoryHitSerializer(one).data for one in found.rows]})
