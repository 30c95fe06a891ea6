"""The REST door to forgetting, and to the receipts of it."""

from functools import partial
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from memory import access
from memory.actions import forgetting as actions
from memory.pages import listing
from memory.serializers import (
    MOST_LISTED,
    ForgetSerializer,
    OfCharacterSerializer,
    ReceiptSerializer,
    ReceiptsSerializer,
)

operation = partial(extend_schema, tags=["memories"])


class Forget(APIView):
    scope = Scope.MEMORY

    @operation("forget", summary="Forget", request=ForgetSerializer, responses=ReceiptSerializer)
    def post(self, request: Request) -> Response:
        """For good, with all that was made of it. The answer is the receipt."""
        user = signed_in(request.user)
        body = ForgetSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        match body.validated_data:
            case {"chat": chat_id}:
                receipt = actions.forget_chat(user, chat_id)
            case {"character": character_id, "memories": memory_ids}:
                receipt = actions.forget_topic(user, character_id, memory_ids)
            case {"character": character_id, "since": since, "until": until}:
                receipt = actions.forget_range(user, character_id, since, until)
            case wanted:
                receipt = actions.forget_character(user, wanted["character"])
        return Response(ReceiptSerializer(receipt).data)


class Receipts(APIView):
    scope = Scope.MEMORY

    @operation(
        "listReceipts", summary="List receipts", parameters=[OfCharacterSerializer], responses=ReceiptsSerializer
    )
    def get(self, request: Request) -> Response:
        """The newest first, and at most 100."""
        asked = OfCharacterSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = listing.receipts(signed_in(request.user), asked.validated_data["character"], MOST_LISTED)
        return Response({"receipts": ReceiptSerializer(found, many=True).data})


class Receipt(APIView):
    scope = Scope.MEMORY

    @operation("getReceipt", summary="Get a receipt", responses=ReceiptSerializer)
    def get(self, request: Request, forgetting_id: UUID) -> Response:
        return Response(ReceiptSerializer(access.get_forgetting_for(signed_in(request.user), forgetting_id)).data)
