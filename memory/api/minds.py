"""The REST door to how a character feels about whoever asks."""

from dataclasses import asdict
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import User
from memory.actions import minding
from memory.pages import listing
from memory.pages.entries import whose
from memory.pages.status import status
from memory.serializers import BoundsSerializer, EventsSerializer, MindEventSerializer, OfCharacterSerializer


class Status(APIView):
    def get(self, request: Request) -> Response:
        """Of one `character`, or of the one that they talked to last."""
        asked = OfCharacterSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return _status(signed_in(request.user), asked.validated_data["character"])


class Freeze(APIView):
    def post(self, request: Request, character_id: UUID) -> Response:
        """Neither words nor time move it from here on."""
        user = signed_in(request.user)
        minding.freeze_mind(user, character_id)
        return _status(user, character_id)


class Thaw(APIView):
    def post(self, request: Request, character_id: UUID) -> Response:
        user = signed_in(request.user)
        minding.thaw_mind(user, character_id)
        return _status(user, character_id)


class Limits(APIView):
    def put(self, request: Request, character_id: UUID) -> Response:
        """These and no others."""
        user = signed_in(request.user)
        whose(user, character_id)
        body = BoundsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        minding.set_bounds(user, character_id, body.bounds)
        return _status(user, character_id)


class Events(APIView):
    def get(self, request: Request, character_id: UUID) -> Response:
        """What moved it and why, the newest first; `before` is the `number` of the last one that the reader has."""
        user = signed_in(request.user)
        whose(user, character_id)
        asked = EventsSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        found = listing.mind_events(user, character_id, wanted["before"], wanted["limit"])
        return Response({"events": MindEventSerializer(found, many=True).data})


class Undo(APIView):
    def post(self, request: Request, character_id: UUID, event_id: UUID) -> Response:
        """It becomes as if this had not moved it. A second time changes nothing."""
        user = signed_in(request.user)
        minding.undo_event(user, character_id, event_id)
        return _status(user, character_id)


def _status(user: User, character_id: UUID | None) -> Response:
    return Response(asdict(status(user, character_id)))
