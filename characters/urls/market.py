from django.urls import URLPattern, path

from characters.api import market as api
from characters.views import market

ONE = "characters/marketplace/<uuid:publication_id>"

urlpatterns: list[URLPattern] = [
    path("characters/", market.market, name="market"),
    path("characters/saved/", market.saved, name="saved"),
    path("characters/<uuid:publication_id>/about/", market.about, name="about"),
    path("characters/<uuid:publication_id>/take/", market.take, name="take"),
    path("characters/<uuid:publication_id>/favourite/", market.favourite, name="favourite"),
    path("characters/<uuid:publication_id>/report/", market.report, name="report"),
    path("characters/<uuid:character_id>/follow/", market.follow, name="follow"),
]
api_urlpatterns: list[URLPattern] = [
    path("characters/marketplace", api.Marketplace.as_view(), name="api_marketplace"),
    path(ONE, api.Published.as_view(), name="api_published"),
    path(f"{ONE}/take", api.Take.as_view(), name="api_take"),
    path(f"{ONE}/favourite", api.Saved.as_view(), name="api_favourite"),
    path(f"{ONE}/report", api.Reports.as_view(), name="api_report"),
]
