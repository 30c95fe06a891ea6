"""The REST door to folders, and to where a chat is kept."""

from functools import partial
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from chats import access
from chats.actions import organising
from chats.models import Participant
from chats.pages import sidebar as sidebar_page
from chats.serializers.chats import (
    FolderFieldsSerializer,
    FolderSerializer,
    FoldersSerializer,
    KeptSerializer,
    PlaceSerializer,
)

operation = partial(extend_schema, tags=["folders"])


class Folders(APIView):
    scope = Scope.CHAT

    @operation("listFolders", summary="List folders", responses=FoldersSerializer)
    def get(self, request: Request) -> Response:
        return Response({"folders": FolderSerializer(access.folders_for(signed_in(request.user)), many=True).data})

    @operation(
        "createFolder", summary="Make a folder", request=FolderFieldsSerializer, responses={201: FolderSerializer}
    )
    def post(self, request: Request) -> Response:
        """Below the others."""
        body = FolderFieldsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = organising.make_folder(signed_in(request.user), body.validated_data.get("name", ""))
        return Response(FolderSerializer(made).data, status=status.HTTP_201_CREATED)


class Folder(APIView):
    scope = Scope.CHAT

    @operation("getFolder", summary="Get a folder", responses=FolderSerializer)
    def get(self, request: Request, folder_id: UUID) -> Response:
        return Response(FolderSerializer(access.get_folder_for(signed_in(request.user), folder_id)).data)

    @operation("changeFolder", summary="Change a folder", request=FolderFieldsSerializer, responses=FolderSerializer)
    def patch(self, request: Request, folder_id: UUID) -> Response:
        user = signed_in(request.user)
        access.get_folder_for(user, folder_id)
        body = FolderFieldsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        organising.change_folder(
            user, folder_id, name=said.get("name"), position=said.get("position"), is_open=said.get("is_open")
        )
        return Response(FolderSerializer(access.get_folder_for(user, folder_id)).data)

    @operation("deleteFolder", summary="Delete a folder", responses={204: None})
    def delete(self, request: Request, folder_id: UUID) -> Response:
        """Its chats stay, in no folder."""
        organising.delete_folder(signed_in(request.user), folder_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ChatPlace(APIView):
    scope = Scope.CHAT

    @operation("getChatPlace", summary="Get where a chat is kept", responses=KeptSerializer)
    def get(self, request: Request, chat_id: UUID) -> Response:
        return _place(access.get_participation_for(signed_in(request.user), chat_id))

    @operation(
        "changeChatPlace", summary="Change where a chat is kept", request=PlaceSerializer, responses=KeptSerializer
    )
    def patch(self, request: Request, chat_id: UUID) -> Response:
        user = signed_in(request.user)
        access.get_participation_for(user, chat_id)
        body = PlaceSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return _place(organising.place_chat(user, chat_id, body.place))


def _place(there: Participant) -> Response:
    return Response(
        {
            "folder": there.folder_id,
            "pinned": there.is_pinned,
            "archived": there.archived_at is not None,
            "unread": sidebar_page.unread(there.user, [there.chat_id])[there.chat_id],
        }
    )
