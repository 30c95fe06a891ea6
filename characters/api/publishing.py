"""The REST door of authors: how it stands with a character of theirs, send it, take it back."""

from functools import partial
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope, User
from characters import access
from characters.actions import publishing
from characters.pages.sharing import sharing
from characters.serializers.market import NewPublicationSerializer, SharingSerializer

operation = partial(extend_schema, tags=["marketplace"])


class Publication(APIView):
    scope = Scope.CHARACTERS

    @operation("getPublication", summary="Get how it stands with a character", responses=SharingSerializer)
    def get(self, request: Request, character_id: UUID) -> Response:
        return _answer(signed_in(request.user), character_id)

    @operation(
        "publishCharacter",
        summary="Publish a character",
        request=NewPublicationSerializer,
        responses={202: SharingSerializer},
    )
    def post(self, request: Request, character_id: UUID) -> Response:
        """Send the newest version to a moderator. `author` is the name that readers see."""
        body = NewPublicationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = signed_in(request.user)
        publishing.publish(user, character_id, body.validated_data.get("author", ""))
        return _answer(user, character_id, status.HTTP_202_ACCEPTED)

    @operation("unpublishCharacter", summary="Take a character back", responses={204: None})
    def delete(self, request: Request, character_id: UUID) -> Response:
        """Nobody sees it any more, and nothing of it waits."""
        publishing.unpublish(signed_in(request.user), character_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _answer(user: User, character_id: UUID, code: int = status.HTTP_200_OK) -> Response:
    found = sharing(access.get_own_character_for(user, character_id))
    return Response(SharingSerializer(found).data, status=code)
