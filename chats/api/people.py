"""The REST door to the people in a chat. Nobody is put into one: they are invited, and come in."""

from functools import partial
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from chats import access, company
from chats.actions import people as actions
from chats.models import Part
from chats.serializers.company import (
    InvitationSerializer,
    InvitedSerializer,
    JoinedSerializer,
    JoinSerializer,
    NewInvitationSerializer,
    ParticipantSerializer,
    ParticipantsSerializer,
    RoleSerializer,
)

operation = partial(extend_schema, tags=["people"])


class Participants(APIView):
    scope = Scope.CHAT

    @operation("listParticipants", summary="List the people in a chat", responses=ParticipantsSerializer)
    def get(self, request: Request, chat_id: UUID) -> Response:
        """Everybody who is there; for the host, also the invitations that are still good."""
        user = signed_in(request.user)
        there = access.get_participation_for(user, chat_id)
        answer = {"participants": ParticipantSerializer(company.participants(there.chat), many=True).data}
        if there.part == Part.OWNER:
            answer["invitations"] = InvitationSerializer(actions.open_invitations(user, chat_id), many=True).data
        return Response(answer)

    @operation(
        "invite",
        summary="Invite somebody to a chat",
        request=NewInvitationSerializer,
        responses={201: InvitedSerializer},
    )
    def post(self, request: Request, chat_id: UUID) -> Response:
        """Invite somebody: `token` and `url` are told here and never again."""
        user = signed_in(request.user)
        access.get_participation_for(user, chat_id)
        body = NewInvitationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        invited = actions.invite(user, chat_id, body.terms)
        url = request.build_absolute_uri(reverse("chats:join", args=[invited.token]))
        answer = {**InvitationSerializer(invited.invitation).data, "token": invited.token, "url": url}
        return Response(answer, status=status.HTTP_201_CREATED)


class Participant(APIView):
    scope = Scope.CHAT

    @operation(
        "changeRole", summary="Change what somebody may do", request=RoleSerializer, responses=ParticipantSerializer
    )
    def patch(self, request: Request, chat_id: UUID, user_id: UUID) -> Response:
        user = signed_in(request.user)
        access.get_participation_for(user, chat_id)
        body = RoleSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        guest = actions.change_part(user, chat_id, user_id, Part(body.validated_data["role"]))
        return Response(ParticipantSerializer(guest).data)

    @operation("removeParticipant", summary="Remove somebody, or leave", responses={204: None})
    def delete(self, request: Request, chat_id: UUID, user_id: UUID) -> Response:
        """One's own id: leave."""
        actions.remove_person(signed_in(request.user), chat_id, user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Invitation(APIView):
    scope = Scope.CHAT

    @operation("revokeInvitation", summary="Take an invitation back", responses={204: None})
    def delete(self, request: Request, chat_id: UUID, invitation_id: UUID) -> Response:
        actions.revoke_invitation(signed_in(request.user), chat_id, invitation_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Join(APIView):
    scope = Scope.CHAT

    @operation("joinChat", summary="Join a chat", request=JoinSerializer, responses=JoinedSerializer)
    def post(self, request: Request) -> Response:
        body = JoinSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        there = actions.join(signed_in(request.user), wanted["token"], wanted["persona"])
        return Response({"chat_id": str(there.chat_id), **ParticipantSerializer(there).data})
