"""The REST door to dreams and to the journal: what a character made up, and never a fact."""

from functools import partial
from typing import ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.models import Scope
from memory.models import Kind
from memory.pages.timeline import Wish, found
from memory.serializers import (
    DreamsSerializer,
    FindSerializer,
    FoundDreamsSerializer,
    FoundJournalSerializer,
    JournalSerializer,
    ListSerializer,
    MemorySerializer,
)

listed = partial(extend_schema, parameters=[ListSerializer])
found_by = partial(extend_schema, parameters=[FindSerializer])


class Texts(APIView):
    """All of one kind."""

    scope = Scope.MEMORY
    kind: ClassVar[Kind]
    field: ClassVar[str]

    def get(self, request: Request) -> Response:
        """The newest first; `after` of one page is the next one's."""
        asked = ListSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted, wish = asked.validated_data, Wish(kind=self.kind)
        got = found(signed_in(request.user), wanted["character"], wish, wanted["after"], wanted["limit"])
        return Response({self.field: MemorySerializer(got.rows, many=True).data, "after": got.after})


class FoundTexts(Texts):
    def get(self, request: Request) -> Response:
        """Those that fit `q` best, by their words and by what they mean."""
        asked = FindSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        wish = Wish(text=wanted["q"], kind=self.kind)
        got = found(signed_in(request.user), wanted["character"], wish, most=wanted["limit"])
        return Response({self.field: MemorySerializer(got.rows, many=True).data})


@extend_schema_view(get=listed("listDreams", tags=["dreams"], summary="List dreams", responses=DreamsSerializer))
class Dreams(Texts):
    kind, field = Kind.DREAM, "dreams"


@extend_schema_view(
    get=found_by("searchDreams", tags=["dreams"], summary="Search dreams", responses=FoundDreamsSerializer)
)
class FoundDreams(FoundTexts):
    kind, field = Kind.DREAM, "dreams"


@extend_schema_view(
    get=listed("listJournal", tags=["journal"], summary="List the journal", responses=JournalSerializer)
)
class Journal(Texts):
    kind, field = Kind.JOURNAL, "journal"


@extend_schema_view(
    get=found_by("searchJournal", tags=["journal"], summary="Search the journal", responses=FoundJournalSerializer)
)
class FoundJournal(FoundTexts):
    kind, field = Kind.JOURNAL, "journal"
