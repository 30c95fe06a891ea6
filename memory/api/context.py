"""The REST door to recall itself."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from memory.pages.recalling import recalled, told
from memory.recalling.query import Rule
from memory.serializers import ContextQuerySerializer, ContextSerializer, RecollectionSerializer


class Context(APIView):
    scope = Scope.MEMORY

    @extend_schema(
        "retrieveContext",
        summary="Recall",
        tags=["memories"],
        request=ContextQuerySerializer,
        responses=ContextSerializer,
    )
    def post(self, request: Request) -> Response:
        """What a character would have in mind for an answer to `query`, and why; `context` is all of it as a text."""
        body = ContextQuerySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        user, rule = signed_in(request.user), Rule(wanted["rule"])
        found = recalled(user, wanted["character"], wanted["query"], wanted["budget_tokens"], rule)
        recap = [found.recap] if found.recap is not None else []
        return Response(
            {
                "context": told(found),
                "tokens": sum(one.tokens for one in (*found.memories, *recap)),
                "memories": [RecollectionSerializer(one).data for one in found.memories],
                "recap": RecollectionSerializer(found.recap).data if found.recap is not None else None,
            }
        )
