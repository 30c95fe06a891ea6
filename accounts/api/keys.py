"""The REST door to keys, programs that are signed in, and tickets to sockets. Keys cannot make keys."""

from uuid import UUID

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import tickets
from accounts.access import families_for, get_family_for, get_key_for, keys_for, signed_in
from accounts.actions import keys, tokens
from accounts.callers import By
from accounts.models import ApiKey, Scope, TokenFamily
from accounts.serializers import (
    FamilySerializer,
    KeySerializer,
    MadeKeySerializer,
    NewKeySerializer,
    TicketSerializer,
)
from core.errors import NotAllowed


class Keys(APIView):
    @extend_schema(responses={200: KeySerializer(many=True)}, operation_id="listKeys", tags=["keys"])
    def get(self, request: Request) -> Response:
        """Keys that let programs in, the newest first. Their secrets are not kept."""
        return Response(KeySerializer(keys_for(signed_in(request.user)), many=True).data)

    @extend_schema(
        request=NewKeySerializer, responses={201: MadeKeySerializer}, operation_id="createKey", tags=["keys"]
    )
    def post(self, request: Request) -> Response:
        """A new key. Its secret is in this answer, and nowhere else. In a browser, confirm first that it is you."""
        if request.auth is None and not did_recently_reauthenticate(request._request):
            raise NotAllowed(_("Confirm first that it is you, under Settings, Security."))
        body = NewKeySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        made = keys.create_key(
            signed_in(request.user),
            wanted["name"],
            [Scope(scope) for scope in wanted["scopes"]],
            expires_at=wanted["expires_at"],
            per_minute=wanted["per_minute"],
        )
        return Response({**KeySerializer(made.key).data, "secret": made.secret}, status=status.HTTP_201_CREATED)


class Key(APIView):
    @extend_schema(responses={200: KeySerializer}, operation_id="getKey", tags=["keys"])
    def get(self, request: Request, key_id: UUID) -> Response:
        """One key, revoked or not."""
        return Response(KeySerializer(get_key_for(signed_in(request.user), key_id)).data)

    @extend_schema(responses={204: None}, operation_id="revokeKey", tags=["keys"])
    def delete(self, request: Request, key_id: UUID) -> Response:
        """It lets nobody in any more, and its open sockets are closed."""
        keys.revoke_key(get_key_for(signed_in(request.user), key_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Programs(APIView):
    @extend_schema(responses={200: FamilySerializer(many=True)}, operation_id="listPrograms", tags=["keys"])
    def get(self, request: Request) -> Response:
        """Programs that are signed in by tokens, the one that was used last first."""
        return Response(FamilySerializer(families_for(signed_in(request.user)), many=True).data)


class Program(APIView):
    @extend_schema(responses={204: None}, operation_id="signProgramOut", tags=["keys"])
    def delete(self, request: Request, family_id: UUID) -> Response:
        """Sign a program out: its tokens are good no longer, and its open sockets are closed."""
        tokens.end_family(get_family_for(signed_in(request.user), family_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Ticket(APIView):
    scope = Scope.CHAT

    @extend_schema(request=None, responses={201: TicketSerializer}, operation_id="createTicket", tags=["auth"])
    def post(self, request: Request) -> Response:
        """A ticket to one socket, good once and for 30 seconds: `/ws/chat?ticket=…`."""
        user = signed_in(request.user)
        match request.auth:
            case ApiKey() as key:
                admitted = tickets.Pass(user.id, By.KEY, str(key.id))
            case TokenFamily() as family:
                admitted = tickets.Pass(user.id, By.FAMILY, str(family.id))
            case _:
                admitted = tickets.Pass(user.id, By.SESSION, request.session.session_key or "")
        answer = {"ticket": tickets.issue(admitted), "expires_in": tickets.LIFE_SECONDS}
        return Response(answer, status=status.HTTP_201_CREATED)
