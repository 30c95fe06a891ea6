"""The REST door to suggestions."""

from uuid import UUID

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from chats import access
from chats.actions import suggesting
from chats.models import SuggestionKind
from chats.pages import suggesting as suggesting_page
from core.errors import NotFound


class SuggestionSerializer(serializers.Serializer[None]):
    kind = serializers.ChoiceField(choices=SuggestionKind.choices)


class Suggestions(APIView):
    def post(self, request: Request, chat_id: UUID) -> Response:
        """Queue one of a kind: `title` names the chat, `words` is what its reader might say next."""
        user = signed_in(request.user)
        access.get_chat_for(user, chat_id)
        body = SuggestionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        suggestion = suggesting.suggest(user, chat_id, SuggestionKind(body.validated_data["kind"]))
        return Response(suggesting_page.view(suggestion), status=status.HTTP_202_ACCEPTED)


class Suggestion(APIView):
    def get(self, request: Request, chat_id: UUID, suggestion_id: UUID) -> Response:
        found = access.get_suggestion_for(signed_in(request.user), suggestion_id)
        if found.chat_id != chat_id:
            raise NotFound
        return Response(suggesting_page.view(found))

    def delete(self, request: Request, chat_id: UUID, suggestion_id: UUID) -> Response:
        """It is not wanted any more."""
        user = signed_in(request.user)
        if access.get_suggestion_for(user, suggestion_id).chat_id != chat_id:
            raise NotFound
        suggesting.cancel(user, suggestion_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
