"""The REST door to the personas of users, and to the sheet that a character's is begun from."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from characters import access
from characters.actions import personas as actions
from characters.actions.editing import TEMPLATE
from characters.serializers.personas import (
    PersonaFieldsSerializer,
    PersonaSerializer,
    PersonasSerializer,
    SheetSerializer,
)

operation = partial(extend_schema, tags=["personas"])


class Personas(APIView):
    scope = Scope.CHARACTERS

    @operation("listPersonas", summary="List personas", responses=PersonasSerializer)
    def get(self, request: Request) -> Response:
        found = access.personas_for(signed_in(request.user))
        return Response({"personas": PersonaSerializer(found, many=True).data})

    @operation(
        "createPersona",
        summary="Make a persona",
        request=PersonaFieldsSerializer,
        responses={201: PersonaSerializer},
    )
    def post(self, request: Request) -> Response:
        body = PersonaFieldsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = actions.create_persona(signed_in(request.user), body.changes)
        return Response(PersonaSerializer(made).data, status=status.HTTP_201_CREATED)


class Persona(APIView):
    scope = Scope.CHARACTERS

    @operation("getPersona", summary="Get a persona", responses=PersonaSerializer)
    def get(self, request: Request, persona_id: UUID) -> Response:
        return Response(PersonaSerializer(access.get_persona_for(signed_in(request.user), persona_id)).data)

    @operation(
        "changePersona",
        summary="Change a persona",
        request=PersonaFieldsSerializer(partial=True),
        responses=PersonaSerializer,
    )
    def patch(self, request: Request, persona_id: UUID) -> Response:
        user = signed_in(request.user)
        access.get_persona_for(user, persona_id)
        body = PersonaFieldsSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        return Response(PersonaSerializer(actions.change_persona(user, persona_id, body.changes)).data)

    @operation("deletePersona", summary="Delete a persona", responses={204: None})
    def delete(self, request: Request, persona_id: UUID) -> Response:
        """One that has spoken is archived."""
        actions.archive_persona(signed_in(request.user), persona_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MarkdownRenderer(BaseRenderer):
    media_type, format, charset = "text/markdown", "md", "utf-8"

    def render(
        self,
        data: Mapping[str, str | Mapping[str, str]],
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, object] | None = None,
    ) -> str:
        """An error has no markdown: its sentence will do."""
        error = data.get("error")
        return str(error["message"] if isinstance(error, Mapping) else data["markdown"])


class Template(APIView):
    """What a character's sheet looks like: as JSON, or as markdown by `Accept` or `?format=md`."""

    scope = Scope.CHARACTERS
    renderer_classes = [JSONRenderer, MarkdownRenderer]

    @operation(
        "getPersonaTemplate",
        summary="Get the sheet to begin from",
        responses={(200, "application/json"): SheetSerializer, (200, "text/markdown"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> Response:
        return Response({"markdown": TEMPLATE.read_text()})
