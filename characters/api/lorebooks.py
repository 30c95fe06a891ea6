"""The REST door to lorebooks. A body is a book as a file has it: stand-alone V3, a card's, or a SillyTavern world."""

from dataclasses import replace
from functools import partial
from typing import IO
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiRequest,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from characters import access
from characters.actions import lorebooks as actions
from characters.api.importing import FormatIsOurs
from characters.cards import values
from characters.lore.entry import Book
from characters.lore.reading import Read, read
from characters.lore.writing import MOST_BYTES
from characters.models import Lorebook
from characters.pages import book_trial
from characters.pages import lorebooks as lorebooks_page
from characters.pages.lorebooks import Kind
from characters.report import Notices, Refused, sentence
from characters.serializers.lorebooks import (
    BookFileSerializer,
    LorebookChangesSerializer,
    LorebookSerializer,
    LorebooksSerializer,
    NewTrialSerializer,
    ShelvedSerializer,
    TakenInSerializer,
    TrialSerializer,
    WorldFileSerializer,
)
from characters.uploads import FORM_BYTES
from characters.views.importing import as_attachment
from core.errors import BadInput
from core.json import Json, JsonObject

operation = partial(extend_schema, tags=["lorebooks"])
BOOK = {
    "application/json": OpenApiRequest(
        {"type": "object", "description": "A lorebook as a file has it: V3, a card's, or a SillyTavern world."},
        examples=[
            OpenApiExample(
                "A stand-alone V3 file",
                {
                    "spec": "lorebook_v3",
                    "data": {
                        "name": "The coast",
                        "extensions": {},
                        "entries": [
                            {
                                "keys": ["lighthouse"],
                                "content": "The lighthouse has been dark since the storm.",
                                "extensions": {},
                                "enabled": True,
                                "insertion_order": 0,
                                "use_regex": False,
                            }
                        ],
                    },
                },
            )
        ],
    )
}


class BookParser(BaseParser):
    """JSON of strangers: bounded, and such that a database can hold it."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: object | None = None
    ) -> dict[str, Json]:
        most = MOST_BYTES + FORM_BYTES
        content = stream.read(most + 1)
        if len(content) > most:
            raise BadInput(_("The book would be larger than %(mib)d MiB.") % {"mib": MOST_BYTES // 2**20})
        try:
            found = values.parse(content, Notices(), "")
        except Refused as refused:
            raise BadInput(sentence(refused, _)) from refused
        if not isinstance(found, dict):
            raise BadInput(sentence(Refused("not_a_lorebook"), _))
        return found


class Lorebooks(APIView):
    scope = Scope.CHARACTERS
    parser_classes = [BookParser]

    @operation("listLorebooks", summary="List lorebooks", responses=LorebooksSerializer)
    def get(self, request: Request) -> Response:
        found = lorebooks_page.shelf(signed_in(request.user))
        return Response({"lorebooks": [ShelvedSerializer(one).data for one in found]})

    @operation("createLorebook", summary="Add a lorebook", request=BOOK, responses={201: TakenInSerializer})
    def post(self, request: Request) -> Response:
        found = _book(request.data)
        row = actions.create_lorebook(signed_in(request.user), found.book)
        return _answer(row, found, status.HTTP_201_CREATED)


class OneLorebook(APIView):
    scope = Scope.CHARACTERS
    parser_classes = [BookParser]
    content_negotiation_class = FormatIsOurs

    @operation(
        "getLorebook",
        summary="Get a lorebook",
        parameters=[OpenApiParameter("format", enum=[kind.value for kind in Kind])],
        responses=PolymorphicProxySerializer(
            component_name="LorebookOrFile",
            serializers=[LorebookSerializer, BookFileSerializer, WorldFileSerializer],
            resource_type_field_name=None,
        ),
    )
    def get(self, request: Request, lorebook_id: UUID) -> HttpResponse:
        """What it is; with `?format=v3` or `sillytavern`, the file."""
        row = access.get_lorebook_for(signed_in(request.user), lorebook_id)
        wanted = request.query_params.get("format")
        if wanted is None:
            return Response({**ShelvedSerializer(lorebooks_page.shelved(row)).data, "book": lorebooks_page.told(row)})
        if wanted not in set(Kind):
            raise BadInput(_("format is one of: %(known)s.") % {"known": ", ".join(Kind)})
        return as_attachment(lorebooks_page.export(row, Kind(wanted)))

    @operation("replaceLorebook", summary="Replace a lorebook", request=BOOK, responses=TakenInSerializer)
    def put(self, request: Request, lorebook_id: UUID) -> Response:
        """In place of what it says now."""
        user = signed_in(request.user)
        access.get_lorebook_for(user, lorebook_id)
        found = _book(request.data)
        return _answer(actions.save_lorebook(user, lorebook_id, found.book), found)

    @operation(
        "changeLorebook",
        summary="Change a lorebook",
        request=LorebookChangesSerializer,
        responses=ShelvedSerializer,
    )
    def patch(self, request: Request, lorebook_id: UUID) -> Response:
        """`name`, `description` and `is_global`; its entries stay."""
        user = signed_in(request.user)
        row = access.get_lorebook_for(user, lorebook_id)
        body = LorebookChangesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        book = row.book
        changed = replace(
            book, name=said.get("name", book.name), description=said.get("description", book.description)
        )
        if changed != book:
            row = actions.save_lorebook(user, lorebook_id, changed, row.updated_at)
        if "is_global" in said:
            row = actions.set_global(user, lorebook_id, wanted=said["is_global"])
        return Response(ShelvedSerializer(lorebooks_page.shelved(row)).data)

    @operation("deleteLorebook", summary="Delete a lorebook", responses={204: None})
    def delete(self, request: Request, lorebook_id: UUID) -> Response:
        actions.delete_lorebook(signed_in(request.user), lorebook_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Trials(APIView):
    scope = Scope.CHARACTERS
    parser_classes = [BookParser]

    @operation("testLorebook", summary="Try a lorebook out", request=NewTrialSerializer, responses=TrialSerializer)
    def post(self, request: Request) -> Response:
        """Which entries a text brings up, and why."""
        user = signed_in(request.user)
        body = NewTrialSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        if ("lorebook_id" in said) == ("book" in said):
            raise BadInput(_("Send either lorebook_id or book."))
        if "lorebook_id" in said:
            book: Book = access.get_lorebook_for(user, said["lorebook_id"]).book
        else:
            book = _book(said["book"]).book
            actions.check(book)
        speaker = access.default_persona_for(user).name
        heard = book_trial.messages(said["text"], speaker)
        budget = lorebooks_page.lore_budget()
        trial = book_trial.tried(
            book, heard, character=said["character"], user=speaker, budget=budget, seed=said["seed"]
        )
        return Response(book_trial.body(trial))


def _book(data: Json) -> Read:
    try:
        return read(data)
    except Refused as refused:
        raise BadInput(sentence(refused, _)) from refused


def _answer(row: Lorebook, found: Read, code: int = status.HTTP_200_OK) -> Response:
    """With what was mended or left out on the way in."""
    notices: list[JsonObject] = [
        {"where": notice.where, "fate": notice.fate.value, "message": sentence(notice, _)} for notice in found.notices
    ]
    return Response({**ShelvedSerializer(lorebooks_page.shelved(row)).data, "notices": notices}, status=code)
