"""The REST door to how a character feels about whoever asks."""

from dataclasses import asdict
from functools import partial
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope, User
from memory.actions import minding
from memory.pages import listing
from memory.pages.entries import whose
from memory.pages.status import status
from memory.serializers import (
    BoundsSerializer,
    EventsSerializer,
    MindEventSerializer,
    MindEventsSerializer,
    OfCharacterSerializer,
    StatusSerializer,
)

operation = partial(extend_schema, tags=["minds"])


class Status(APIView):
    scope = Scope.MEMORY

    @operation(
        "getStatus",
        summary="Get how a character feels",
        parameters=[OfCharacterSerializer],
        responses=StatusSerializer,
    )
    def get(self, request: Request) -> Response:
        """Of one `character`, or of the one that they talked to last."""
        asked = OfCharacterSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return _status(signed_in(request.user), asked.validated_data["character"])


class Freeze(APIView):
    scope = Scope.MEMORY

    @operation("freezeMind", summary="Hold a mind still", request=None, responses=StatusSerializer)
    def post(self, request: Request, character_id: UUID) -> Response:
        """Neither words nor time move it from here on."""
        user = signed_in(request.user)
        minding.freeze_mind(user, character_id)
        return _status(user, character_id)


class Thaw(APIView):
    scope = Scope.MEMORY

    @operation("thawMind", summary="Let a mind move again", request=None, responses=StatusSerializer)
    def post(self, request: Request, character_id: UUID) -> Response:
        user = signed_in(request.user)
        minding.thaw_mind(user, character_id)
        return _status(user, character_id)


class Limits(APIView):
    scope = Scope.MEMORY

    @operation(
        "setBounds", summary="Set how far a mind may move", request=BoundsSerializer, responses=StatusSerializer
    )
    def put(self, request: Request, character_id: UUID) -> Response:
        """These and no others."""
        user = signed_in(request.user)
        whose(user, character_id)
        body = BoundsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        minding.set_bounds(user, character_id, body.bounds)
        return _status(user, character_id)


class Events(APIView):
    scope = Scope.MEMORY

    @operation(
        "listMindEvents",
        summary="List what moved a mind",
        parameters=[EventsSerializer],
        responses=MindEventsSerializer,
    )
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
    scope = Scope.MEMORY

    @operation("undoMindEvent", summary="Undo what moved a mind", request=None, responses=StatusSerializer)
    def post(self, request: Request, character_id: UUID, event_id: UUID) -> Response:
        """It becomes as if this had not moved it. A second time changes nothing."""
        user = signed_in(request.user)
        minding.undo_event(user, character_id, event_id)
        return _status(user, character_id)


def _status(user: User, character_id: UUID | None) -> Response:
    return Response(asdict(status(user, character_id)))
