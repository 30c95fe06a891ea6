"""The REST door to folders, and to where a chat is kept."""

from uuid import UUID

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from chats import access
from chats.actions import organising
from chats.actions.organising import Place
from chats.models import Folder as FolderRow
from chats.models import Participant
from chats.pages import sidebar as sidebar_page


class FolderSerializer(serializers.ModelSerializer[FolderRow]):
    class Meta:
        model = FolderRow
        fields = ("id", "name", "position", "is_open")
        read_only_fields = fields


class FolderFieldsSerializer(serializers.Serializer[None]):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=1_000, required=False)
    position = serializers.IntegerField(min_value=0, max_value=1_000, required=False)
    is_open = serializers.BooleanField(required=False)


class PlaceSerializer(serializers.Serializer[None]):
    """What is left out stays as it is; no `folder` is null."""

    folder = serializers.UUIDField(required=False, allow_null=True)
    position = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False)
    before = serializers.UUIDField(required=False)
    pinned = serializers.BooleanField(required=False)
    archived = serializers.BooleanField(required=False)
    read = serializers.BooleanField(required=False)

    @property
    def place(self) -> Place:
        said = self.validated_data
        return Place(
            folder_id=said.get("folder"),
            leaves_folder="folder" in said and said["folder"] is None,
            position=said.get("position"),
            before=said.get("before"),
            is_pinned=said.get("pinned"),
            is_archived=said.get("archived"),
            is_read=said.get("read"),
        )


class Folders(APIView):
    def get(self, request: Request) -> Response:
        return Response({"folders": FolderSerializer(access.folders_for(signed_in(request.user)), many=True).data})

    def post(self, request: Request) -> Response:
        """Below the others."""
        body = FolderFieldsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = organising.make_folder(signed_in(request.user), body.validated_data.get("name", ""))
        return Response(FolderSerializer(made).data, status=status.HTTP_201_CREATED)


class Folder(APIView):
    def get(self, request: Request, folder_id: UUID) -> Response:
        return Response(FolderSerializer(access.get_folder_for(signed_in(request.user), folder_id)).data)

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

    def delete(self, request: Request, folder_id: UUID) -> Response:
        """Its chats stay, in no folder."""
        organising.delete_folder(signed_in(request.user), folder_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ChatPlace(APIView):
    def get(self, request: Request, chat_id: UUID) -> Response:
        return _place(access.get_participation_for(signed_in(request.user), chat_id))

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
