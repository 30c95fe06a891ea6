"""The REST door to dreams and to the journal: what a character made up, and never a fact."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from memory.models import Kind
from memory.pages.timeline import Wish, found
from memory.serializers import FindSerializer, ListSerializer, MemorySerializer


class Texts(APIView):
    """All of one kind."""

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


class Dreams(Texts):
    kind, field = Kind.DREAM, "dreams"


class FoundDreams(FoundTexts):
    kind, field = Kind.DREAM, "dreams"


class Journal(Texts):
    kind, field = Kind.JOURNAL, "journal"


class FoundJournal(FoundTexts):
    kind, field = Kind.JOURNAL, "journal"
