"""The REST door of authors: how it stands with a character of theirs, send it, take it back."""

from uuid import UUID

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import User
from characters import access
from characters.actions import publishing
from characters.pages.sharing import Sharing, sharing


class NewPublicationSerializer(serializers.Serializer[None]):
    author = serializers.CharField(required=False, allow_blank=True, max_length=publishing.LONGEST_AUTHOR)


class SharingSerializer(serializers.Serializer[Sharing]):
    """`missing` says what must be done before the newest version can be sent."""

    state = serializers.CharField()
    author = serializers.CharField()
    newest = serializers.IntegerField(allow_null=True)
    published = serializers.IntegerField(allow_null=True)
    digest = serializers.CharField()
    publication_id = serializers.UUIDField(allow_null=True)
    waiting = serializers.IntegerField(allow_null=True)
    waiting_since = serializers.DateTimeField(allow_null=True)
    rejected = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField(), source="blocked")


class Publication(APIView):
    def get(self, request: Request, character_id: UUID) -> Response:
        return _answer(signed_in(request.user), character_id)

    def post(self, request: Request, character_id: UUID) -> Response:
        """Send the newest version to a moderator. `author` is the name that readers see."""
        body = NewPublicationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = signed_in(request.user)
        publishing.publish(user, character_id, body.validated_data.get("author", ""))
        return _answer(user, character_id, status.HTTP_202_ACCEPTED)

    def delete(self, request: Request, character_id: UUID) -> Response:
        """Nobody sees it any more, and nothing of it waits."""
        publishing.unpublish(signed_in(request.user), character_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _answer(user: User, character_id: UUID, code: int = status.HTTP_200_OK) -> Response:
    found = sharing(access.get_own_character_for(user, character_id))
    return Response(SharingSerializer(found).data, status=code)
