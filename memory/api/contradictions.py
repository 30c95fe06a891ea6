"""The REST door to what a character could not decide."""

from functools import partial
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from memory import access
from memory.actions.deciding import decide_contradiction
from memory.models import Decision
from memory.pages import listing
from memory.serializers import (
    MOST_LISTED,
    ContradictionSerializer,
    ContradictionsSerializer,
    DecisionSerializer,
    OfCharacterSerializer,
)

operation = partial(extend_schema, tags=["memories"])


class Contradictions(APIView):
    scope = Scope.MEMORY

    @operation(
        "listContradictions",
        summary="List contradictions",
        parameters=[OfCharacterSerializer],
        responses=ContradictionsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Those to decide first, and at most 100."""
        asked = OfCharacterSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        character_id = asked.validated_data["character"]
        found = listing.contradictions(signed_in(request.user), character_id, MOST_LISTED)
        return Response({"contradictions": ContradictionSerializer(found, many=True).data})


class Contradiction(APIView):
    scope = Scope.MEMORY

    @operation(
        "decideContradiction",
        summary="Decide a contradiction",
        request=DecisionSerializer,
        responses=ContradictionSerializer,
    )
    def post(self, request: Request, contradiction_id: UUID) -> Response:
        user = signed_in(request.user)
        access.get_contradiction_for(user, contradiction_id)
        body = DecisionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        decide_contradiction(user, contradiction_id, Decision(body.validated_data["decision"]))
        return Response(ContradictionSerializer(access.get_contradiction_for(user, contradiction_id)).data)
