"""The REST door to those who speak in a chat: characters, and whose turn it is."""

from functools import partial
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from chats import access, company
from chats.actions import casting, sending
from chats.api.keys import idempotency_key
from chats.models import Chat
from chats.serializers.company import (
    CastMemberSerializer,
    CastSerializer,
    CharacterInSerializer,
    SeatSerializer,
    SpeakSerializer,
    TurnTakingSerializer,
)
from chats.serializers.messages import MessageSerializer
from core.openapi import IDEMPOTENCY_KEY

operation = partial(extend_schema, tags=["casts"])


class Cast(APIView):
    scope = Scope.CHAT

    @operation("listCast", summary="List the characters in a chat", responses=CastSerializer)
    def get(self, request: Request, chat_id: UUID) -> Response:
        """In the order in which they sit."""
        return _cast(access.get_chat_for(signed_in(request.user), chat_id))

    @operation(
        "addCharacter",
        summary="Add a character to a chat",
        request=CharacterInSerializer,
        responses={201: CastSerializer},
    )
    def post(self, request: Request, chat_id: UUID) -> Response:
        user = signed_in(request.user)
        chat = access.get_chat_for(user, chat_id)
        body = CharacterInSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        casting.add_character(user, chat_id, body.validated_data["character"])
        return _cast(chat, status.HTTP_201_CREATED)


class Seat(APIView):
    scope = Scope.CHAT

    @operation(
        "changeSeat",
        summary="Change how a character takes part",
        request=SeatSerializer,
        responses=CastSerializer,
    )
    def patch(self, request: Request, chat_id: UUID, character_id: UUID) -> Response:
        user = signed_in(request.user)
        chat = access.get_chat_for(user, chat_id)
        body = SeatSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        casting.change_seat(user, chat_id, character_id, body.changes)
        return _cast(chat)

    @operation("removeCharacter", summary="Remove a character from a chat", responses={204: None})
    def delete(self, request: Request, chat_id: UUID, character_id: UUID) -> Response:
        casting.remove_character(signed_in(request.user), chat_id, character_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TurnTaking(APIView):
    scope = Scope.CHAT

    @operation("getTurnTaking", summary="Get whose turn it is", responses=TurnTakingSerializer)
    def get(self, request: Request, chat_id: UUID) -> Response:
        return Response(TurnTakingSerializer(access.get_chat_for(signed_in(request.user), chat_id)).data)

    @operation(
        "setTurnTaking",
        summary="Set whose turn it is",
        request=TurnTakingSerializer,
        responses=TurnTakingSerializer,
    )
    def put(self, request: Request, chat_id: UUID) -> Response:
        user = signed_in(request.user)
        access.get_participation_for(user, chat_id)
        body = TurnTakingSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(TurnTakingSerializer(casting.change_rules(user, chat_id, body.rules)).data)


class Speak(APIView):
    scope = Scope.CHAT

    @operation(
        "askToSpeak",
        summary="Ask a character to speak",
        parameters=[IDEMPOTENCY_KEY],
        request=SpeakSerializer,
        responses={202: MessageSerializer},
    )
    def post(self, request: Request, chat_id: UUID) -> Response:
        """Queue what a character says without a word from anybody. `Idempotency-Key` (a UUID) makes a repeat the same
        answer."""
        user = signed_in(request.user)
        access.get_participation_for(user, chat_id)
        body = SpeakSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        reply = sending.ask_to_speak(user, chat_id, body.validated_data["character"], idempotency_key(request))
        return Response(MessageSerializer(reply).data, status=status.HTTP_202_ACCEPTED)


def _cast(chat: Chat, code: int = status.HTTP_200_OK) -> Response:
    return Response({"characters": CastMemberSerializer(company.cast(chat), many=True).data}, status=code)
