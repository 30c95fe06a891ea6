"""The REST door to importing and exporting chats."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.callers import admitted
from accounts.models import Scope
from chats import access, exporting, uploads
from chats.actions import importing as actions
from chats.exporting import Kind
from chats.forms.importing import ImportForm
from chats.pages import importing as importing_page
from chats.serializers.importing import ChatImportSerializer, ChatImportsSerializer, NewChatImportSerializer
from chats.views.importing import as_attachment
from core.database import in_thread
from core.errors import BadInput, CognitiaError
from core.middleware import error_response
from core.openapi import in_schema

operation = partial(extend_schema, tags=["imports"])
SHOWN = 100


class Imports(APIView):
    scope = Scope.CHAT
    parser_classes = [MultiPartParser]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        # Before anything looks at the body, and the search for the form's token does.
        try:
            uploads.expect_files(request)
            return super().dispatch(request, *args, **kwargs)
        except CognitiaError as error:
            return error_response(request, error)

    @operation("listChatImports", summary="List imports of chats", responses=ChatImportsSerializer)
    def get(self, request: Request) -> Response:
        """The newest ones first."""
        user = signed_in(request.user)
        return Response({"imports": [importing_page.body(user, row) for row in access.chat_imports_for(user)[:SHOWN]]})

    @operation(
        "importChats",
        summary="Import chats",
        request=NewChatImportSerializer,
        responses={202: ChatImportSerializer},
    )
    def post(self, request: Request) -> Response:
        """Bring one file, in the field `file`; `character`, if it is given, is whom its chats are with."""
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid() or len(form.cleaned_data["file"]) != 1:
            sentence = _(
                "Send one file as `file` in a multipart form, and a character's id or nothing as `character`."
            )
            raise BadInput(sentence)
        (file,) = form.cleaned_data["file"]
        user = signed_in(request.user)
        row = actions.start_import(user, file.name or "", uploads.chunks(file), form.cleaned_data["character"])
        return Response(importing_page.body(user, row), status=status.HTTP_202_ACCEPTED)


class Import(APIView):
    scope = Scope.CHAT

    @operation("getChatImport", summary="Get an import of chats", responses=ChatImportSerializer)
    def get(self, request: Request, chat_import_id: UUID) -> Response:
        user = signed_in(request.user)
        return Response(importing_page.body(user, access.get_chat_import_for(user, chat_import_id)))


class CancelImport(APIView):
    scope = Scope.CHAT

    @operation("cancelChatImport", summary="Stop an import of chats", request=None, responses={202: None})
    def post(self, request: Request, chat_import_id: UUID) -> Response:
        actions.cancel_import(signed_in(request.user), chat_import_id)
        return Response(status=status.HTTP_202_ACCEPTED)


@in_schema(
    extend_schema(
        "exportChat",
        summary="Export a chat",
        tags=["chats"],
        parameters=[OpenApiParameter("format", enum=[kind.value for kind in Kind], default=Kind.OWN.value)],
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "application/jsonl"): OpenApiTypes.STR,
            (200, "text/markdown"): OpenApiTypes.STR,
            (200, "text/html"): OpenApiTypes.STR,
        },
    ),
    Scope.CHAT,
)
@require_GET
async def export(request: HttpRequest, chat_id: UUID) -> HttpResponseBase:
    """The chat as a file, read while it is sent; `?format=` is one of `Kind`."""
    try:
        user = await admitted(request, Scope.CHAT)
        wanted = request.GET.get("format", Kind.OWN.value)
        await in_thread(access.get_participation_for)(user, chat_id)
        if wanted not in set(Kind):
            raise BadInput(_("format is one of: %(known)s.") % {"known": ", ".join(Kind)})
        return as_attachment(await in_thread(exporting.export)(user, chat_id, Kind(wanted)))
    except CognitiaError as error:
        return error_response(request, error)
