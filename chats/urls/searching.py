from django.urls import URLPattern, path

from chats.api import searching as api
from chats.views import searching as views

urlpatterns: list[URLPattern] = [
    path("search/", views.search, name="search"),
    path("search/results/", views.results, name="search_results"),
]
api_urlpatterns: list[URLPattern] = [path("search", api.Search.as_view(), name="api_search")]
