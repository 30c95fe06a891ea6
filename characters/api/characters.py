"""The REST door to characters."""

from functools import partial
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from characters import access
from characters.actions import characters, fields
from characters.serializers.characters import (
    CharacterFieldsSerializer,
    CharacterSerializer,
    CharactersSerializer,
    PageSerializer,
    VersionSerializer,
    VersionsSerializer,
    WholeCharacterSerializer,
)

operation = partial(extend_schema, tags=["characters"])


class Characters(APIView):
    scope = Scope.CHARACTERS

    @operation(
        "listCharacters",
        summary="List characters",
        parameters=[PageSerializer, OpenApiParameter("before", exclude=True)],
        responses=CharactersSerializer,
    )
    def get(self, request: Request) -> Response:
        """One's own and the built-in ones, oldest first; `?after=<id>` for those that come next."""
        user = signed_in(request.user)
        page = PageSerializer(data=request.query_params)
        page.is_valid(raise_exception=True)
        found = access.characters_for(user).select_related("publication").order_by("created_at", "id")
        if (after := page.validated_data.get("after")) is not None:
            last = access.get_character_for(user, after)
            found = found.filter(Q(created_at__gt=last.created_at) | Q(created_at=last.created_at, id__gt=last.id))
        limit = page.validated_data["limit"]
        rows = list(found[: limit + 1])
        more = rows[limit - 1].id if len(rows) > limit else None
        return Response({"characters": CharacterSerializer(rows[:limit], many=True).data, "next": more})

    @operation(
        "createCharacter",
        summary="Make a character",
        request=CharacterFieldsSerializer,
        responses={201: WholeCharacterSerializer},
    )
    def post(self, request: Request) -> Response:
        body = CharacterFieldsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = fields.make_character(signed_in(request.user), body.changes)
        return Response(WholeCharacterSerializer(made).data, status=status.HTTP_201_CREATED)


class Character(APIView):
    scope = Scope.CHARACTERS

    @operation("getCharacter", summary="Get a character", responses=WholeCharacterSerializer)
    def get(self, request: Request, character_id: UUID) -> Response:
        found = access.get_character_for(signed_in(request.user), character_id)
        return Response(WholeCharacterSerializer(found).data)

    @operation(
        "changeCharacter",
        summary="Change a character",
        request=CharacterFieldsSerializer(partial=True),
        responses=WholeCharacterSerializer,
    )
    def patch(self, request: Request, character_id: UUID) -> Response:
        """Only what is sent changes; a card that says something else is a new version."""
        user = signed_in(request.user)
        access.get_own_character_for(user, character_id)
        body = CharacterFieldsSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        changed = fields.change_character(user, character_id, body.changes, body.base)
        return Response(WholeCharacterSerializer(changed).data)

    @operation("deleteCharacter", summary="Delete a character", responses={204: None})
    def delete(self, request: Request, character_id: UUID) -> Response:
        characters.delete_character(signed_in(request.user), character_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Versions(APIView):
    scope = Scope.CHARACTERS

    @operation(
        "listVersions",
        summary="List the versions of a character",
        parameters=[PageSerializer, OpenApiParameter("after", exclude=True)],
        responses=VersionsSerializer,
    )
    def get(self, request: Request, character_id: UUID) -> Response:
        """The newest first; `?before=<number>` for earlier ones."""
        character = access.get_own_character_for(signed_in(request.user), character_id)
        page = PageSerializer(data=request.query_params)
        page.is_valid(raise_exception=True)
        found = character.versions.defer("text")
        if (before := page.validated_data.get("before")) is not None:
            found = found.filter(number__lt=before)
        limit = page.validated_data["limit"]
        rows = list(found[: limit + 1])
        more = rows[limit - 1].number if len(rows) > limit else None
        return Response({"versions": VersionSerializer(rows[:limit], many=True).data, "next": more})
