from django.urls import URLPattern, path

from characters.api import publishing as api
from characters.views import publishing as views

urlpatterns: list[URLPattern] = [
    path("characters/<uuid:character_id>/publish/", views.publish, name="publish"),
    path("characters/<uuid:character_id>/unpublish/", views.unpublish, name="unpublish"),
]
api_urlpatterns: list[URLPattern] = [
    path("characters/<uuid:character_id>/publication", api.Publication.as_view(), name="api_publication"),
]
