"""The marketplace over REST, for its readers."""

from uuid import UUID

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from characters import access
from characters.actions import market as actions
from characters.forms.market import MarketForm
from characters.models import Report
from characters.pages import market as market_page
from characters.pages.market import Detail, PosterCard


class PosterSerializer(serializers.Serializer[PosterCard]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    tagline = serializers.CharField()
    author = serializers.CharField()
    hue = serializers.IntegerField()
    picture = serializers.CharField()
    rating = serializers.CharField()
    language = serializers.CharField()
    tags = serializers.ListField(source="all_tags", child=serializers.CharField())
    takes = serializers.IntegerField()
    favourites = serializers.IntegerField()
    has_voice = serializers.BooleanField()
    is_saved = serializers.BooleanField()


class DetailSerializer(serializers.Serializer[Detail]):
    """`description` is as its author wrote it: markdown, with macros, and never to be trusted as HTML."""

    description = serializers.CharField()
    greetings = serializers.IntegerField()
    lore_entries = serializers.IntegerField()
    version = serializers.IntegerField()
    digest = serializers.CharField()
    listed_at = serializers.DateTimeField()
    character_id = serializers.UUIDField(source="copy_id")


class NewTakeSerializer(serializers.Serializer[bool]):
    follows = serializers.BooleanField(default=False)


class NewReportSerializer(serializers.Serializer[Report]):
    kind = serializers.ChoiceField(choices=Report.Kind.choices)
    text = serializers.CharField(allow_blank=True, default="", max_length=actions.LONGEST_REPORT)


class Marketplace(APIView):
    def get(self, request: Request) -> Response:
        """One page of what is published; `next` is the cursor of the page after it, null at the end."""
        form = MarketForm(request.query_params)
        wish = form.wish()
        limit = form.cleaned_data["limit"] or market_page.PAGE
        shelf = market_page.shelf(signed_in(request.user), wish, form.place(), limit)
        return Response(
            {
                "characters": [PosterSerializer(card).data for card in shelf.cards],
                "next": shelf.after or None,
                "total": shelf.total,
                "is_total_cut": shelf.is_total_cut,
                "instead": shelf.instead,
            }
        )


class Published(APIView):
    def get(self, request: Request, publication_id: UUID) -> Response:
        user = signed_in(request.user)
        detail = market_page.detail(user, access.get_publication_for(user, publication_id))
        return Response({**PosterSerializer(detail.card).data, **DetailSerializer(detail).data})


class Take(APIView):
    def post(self, request: Request, publication_id: UUID) -> Response:
        body = NewTakeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        copy = actions.take(signed_in(request.user), publication_id, follows=body.validated_data["follows"])
        return Response({"character_id": copy.id, "name": copy.name}, status=status.HTTP_201_CREATED)


class Saved(APIView):
    def put(self, request: Request, publication_id: UUID) -> Response:
        actions.set_favourite(signed_in(request.user), publication_id, wanted=True)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def delete(self, request: Request, publication_id: UUID) -> Response:
        actions.set_favourite(signed_in(request.user), publication_id, wanted=False)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Reports(APIView):
    def post(self, request: Request, publication_id: UUID) -> Response:
        body = NewReportSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        row = actions.report(signed_in(request.user), publication_id, Report.Kind(said["kind"]), said["text"])
        return Response({"id": row.id}, status=status.HTTP_201_CREATED)
