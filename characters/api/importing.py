"""The REST door to importing and exporting."""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from characters import access, exporting, uploads
from characters.actions import importing as actions
from characters.cards.containers import MOST_FILE_BYTES
from characters.exporting import Kind
from characters.forms.importing import ImportForm
from characters.pages import imports as imports_page
from characters.serializers.importing import CharacterImportSerializer, NewImportSerializer
from characters.views.importing import as_attachment
from core.errors import BadInput, CognitiaError
from core.middleware import error_response

operation = partial(extend_schema, tags=["imports"])
# As the API calls them.
FORMATS = {"png": Kind.PNG, "json": Kind.JSON, "v2": Kind.V2_JSON, "charx": Kind.CHARX, "md": Kind.MARKDOWN}


class Imports(APIView):
    scope = Scope.CHARACTERS
    parser_classes = [MultiPartParser]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        # Before anything looks at the body, and the search for the form's token does.
        try:
            uploads.expect_files(request, MOST_FILE_BYTES)
            return super().dispatch(request, *args, **kwargs)
        except CognitiaError as error:
            return error_response(request, error)

    @operation(
        "importCharacter",
        summary="Import a character or a lorebook",
        request=NewImportSerializer,
        responses={202: CharacterImportSerializer},
    )
    def post(self, request: Request) -> Response:
        """Bring one file, in the field `file`."""
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid() or len(form.cleaned_data["file"]) != 1:
            raise BadInput(_("Send one file, in the field `file` of a multipart form."))
        (file,) = form.cleaned_data["file"]
        row = actions.start_import(signed_in(request.user), file.name or "", uploads.chunks(file))
        return Response(imports_page.body(row), status=status.HTTP_202_ACCEPTED)


class Import(APIView):
    scope = Scope.CHARACTERS

    @operation("getImport", summary="Get an import", responses=CharacterImportSerializer)
    def get(self, request: Request, import_id: UUID) -> Response:
        return Response(imports_page.body(access.get_import_for(signed_in(request.user), import_id)))


class CancelImport(APIView):
    scope = Scope.CHARACTERS

    @operation("cancelImport", summary="Stop an import", request=None, responses={202: None})
    def post(self, request: Request, import_id: UUID) -> Response:
        actions.cancel_import(signed_in(request.user), import_id)
        return Response(status=status.HTTP_202_ACCEPTED)


class FormatIsOurs(DefaultContentNegotiation):
    """REST framework would look for a renderer of that name."""

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:  # noqa: A002
        return list(renderers)


class Export(APIView):
    scope = Scope.CHARACTERS
    content_negotiation_class = FormatIsOurs

    @extend_schema(
        "exportCharacter",
        summary="Export a character",
        tags=["characters"],
        parameters=[OpenApiParameter("format", enum=list(FORMATS), default="png")],
        responses={
            (200, "image/png"): OpenApiTypes.BINARY,
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "application/zip"): OpenApiTypes.BINARY,
            (200, "text/markdown"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, character_id: UUID) -> HttpResponse:
        """The newest version as a file; `?format=` is one of `FORMATS`."""
        character = access.get_character_for(signed_in(request.user), character_id)
        kind = FORMATS.get(request.query_params.get("format", "png"))
        if kind is None:
            raise BadInput(_("format is one of: %(known)s.") % {"known": ", ".join(FORMATS)})
        return as_attachment(exporting.export(character, kind))
