"""The REST door to tags."""

from functools import partial
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from characters import access
from characters.actions import tags as actions
from characters.serializers.tags import CharacterTagsSerializer, TagFieldsSerializer, TagSerializer, TagsSerializer

operation = partial(extend_schema, tags=["tags"])


class Tags(APIView):
    scope = Scope.CHARACTERS

    @operation("listTags", summary="List tags", responses=TagsSerializer)
    def get(self, request: Request) -> Response:
        return Response({"tags": TagSerializer(access.tags_for(signed_in(request.user)), many=True).data})

    @operation("createTag", summary="Make a tag", request=TagFieldsSerializer, responses={201: TagSerializer})
    def post(self, request: Request) -> Response:
        """Without a `hue` it gets one that the others do not have."""
        body = TagFieldsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = actions.create_tag(signed_in(request.user), body.validated_data["name"], body.changes.hue)
        return Response(TagSerializer(made).data, status=status.HTTP_201_CREATED)


class Tag(APIView):
    scope = Scope.CHARACTERS

    @operation("getTag", summary="Get a tag", responses=TagSerializer)
    def get(self, request: Request, tag_id: UUID) -> Response:
        return Response(TagSerializer(access.get_tag_for(signed_in(request.user), tag_id)).data)

    @operation("changeTag", summary="Change a tag", request=TagFieldsSerializer(partial=True), responses=TagSerializer)
    def patch(self, request: Request, tag_id: UUID) -> Response:
        user = signed_in(request.user)
        access.get_tag_for(user, tag_id)
        body = TagFieldsSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        return Response(TagSerializer(actions.change_tag(user, tag_id, body.changes)).data)

    @operation("deleteTag", summary="Delete a tag", responses={204: None})
    def delete(self, request: Request, tag_id: UUID) -> Response:
        actions.delete_tag(signed_in(request.user), tag_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CharacterTags(APIView):
    scope = Scope.CHARACTERS

    @operation(
        "tagCharacter",
        summary="Set a character's tags",
        request=CharacterTagsSerializer,
        responses=TagsSerializer,
    )
    def put(self, request: Request, character_id: UUID) -> Response:
        """These and no others."""
        user = signed_in(request.user)
        access.get_own_character_for(user, character_id)
        body = CharacterTagsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        tags = actions.tag_character(user, character_id, body.validated_data["tags"])
        return Response({"tags": TagSerializer(tags, many=True).data})
