"""The REST door to suggestions."""

from functools import partial
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from chats import access
from chats.actions import suggesting
from chats.models import SuggestionKind
from chats.pages import suggesting as suggesting_page
from chats.serializers.messages import NewSuggestionSerializer, SuggestionSerializer
from core.errors import NotFound

operation = partial(extend_schema, tags=["suggestions"])


class Suggestions(APIView):
    scope = Scope.CHAT

    @operation(
        "suggest",
        summary="Ask for a suggestion",
        request=NewSuggestionSerializer,
        responses={202: SuggestionSerializer},
    )
    def post(self, request: Request, chat_id: UUID) -> Response:
        """Queue one of a kind: `title` names the chat, `words` is what its reader might say next."""
        user = signed_in(request.user)
        access.get_chat_for(user, chat_id)
        body = NewSuggestionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        suggestion = suggesting.suggest(user, chat_id, SuggestionKind(body.validated_data["kind"]))
        return Response(suggesting_page.view(suggestion), status=status.HTTP_202_ACCEPTED)


class Suggestion(APIView):
    scope = Scope.CHAT

    @operation("getSuggestion", summary="Get a suggestion", responses=SuggestionSerializer)
    def get(self, request: Request, chat_id: UUID, suggestion_id: UUID) -> Response:
        found = access.get_suggestion_for(signed_in(request.user), suggestion_id)
        if found.chat_id != chat_id:
            raise NotFound
        return Response(suggesting_page.view(found))

    @operation("cancelSuggestion", summary="Stop a suggestion", responses={204: None})
    def delete(self, request: Request, chat_id: UUID, suggestion_id: UUID) -> Response:
        """It is not wanted any more."""
        user = signed_in(request.user)
        if access.get_suggestion_for(user, suggestion_id).chat_id != chat_id:
            raise NotFound
        suggesting.cancel(user, suggestion_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
