"""The marketplace over REST, for its readers."""

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
from characters.actions import market as actions
from characters.forms.market import MarketForm
from characters.models import Report
from characters.pages import market as market_page
from characters.serializers.market import (
    DetailSerializer,
    MarketSerializer,
    NewReportSerializer,
    NewTakeSerializer,
    PosterSerializer,
    PublishedSerializer,
    ReportedSerializer,
    ShelfSerializer,
    TakenSerializer,
)

operation = partial(extend_schema, tags=["marketplace"])


class Marketplace(APIView):
    scope = Scope.CHARACTERS

    @operation(
        "browseMarketplace", summary="Browse the marketplace", parameters=[MarketSerializer], responses=ShelfSerializer
    )
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
    scope = Scope.CHARACTERS

    @operation("getPublished", summary="Get a published character", responses=PublishedSerializer)
    def get(self, request: Request, publication_id: UUID) -> Response:
        user = signed_in(request.user)
        detail = market_page.detail(user, access.get_publication_for(user, publication_id))
        return Response({**PosterSerializer(detail.card).data, **DetailSerializer(detail).data})


class Take(APIView):
    scope = Scope.CHARACTERS

    @operation(
        "takeCharacter",
        summary="Take a published character",
        request=NewTakeSerializer,
        responses={201: TakenSerializer},
    )
    def post(self, request: Request, publication_id: UUID) -> Response:
        body = NewTakeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        copy = actions.take(signed_in(request.user), publication_id, follows=body.validated_data["follows"])
        return Response({"character_id": copy.id, "name": copy.name}, status=status.HTTP_201_CREATED)


class Saved(APIView):
    scope = Scope.CHARACTERS

    @operation("saveFavourite", summary="Save a published character", request=None, responses={204: None})
    def put(self, request: Request, publication_id: UUID) -> Response:
        actions.set_favourite(signed_in(request.user), publication_id, wanted=True)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @operation("removeFavourite", summary="Save it no longer", responses={204: None})
    def delete(self, request: Request, publication_id: UUID) -> Response:
        actions.set_favourite(signed_in(request.user), publication_id, wanted=False)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Reports(APIView):
    scope = Scope.CHARACTERS

    @operation(
        "reportPublished",
        summary="Report a published character",
        request=NewReportSerializer,
        responses={201: ReportedSerializer},
    )
    def post(self, request: Request, publication_id: UUID) -> Response:
        body = NewReportSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        row = actions.report(signed_in(request.user), publication_id, Report.Kind(said["kind"]), said["text"])
        return Response({"id": row.id}, status=status.HTTP_201_CREATED)
