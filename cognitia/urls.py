from django.contrib import admin
from django.urls import include, path

from chats.views.chats import home
from cognitia.health import health
from core import openapi
from weights import api as weights_api

admin.site.site_header = admin.site.site_title = "Cognitia"
admin.site.index_title = ""

urlpatterns = [
    path("", home, name="home"),
    path("", include("accounts.urls")),
    path("account/", include("accounts.urls.entrance")),
    path("settings/", include("accounts.urls.settings")),
    path("", include("chats.urls")),
    path("", include("characters.urls")),
    path("", include("memory.urls")),
    path("models/", include("weights.urls")),
    path("api/v2/", include("accounts.urls.api")),
    path("api/v2/", include("chats.urls.api")),
    path("api/v2/", include("characters.urls.api")),
    path("api/v2/", include("memory.urls.api")),
    path("api/v2/models", weights_api.Models.as_view(), name="api_models"),
    path("api/v2/models/<str:name>", weights_api.Model.as_view(), name="api_model"),
    path("api/v2/openapi.json", openapi.Document.as_view(), name="api_document"),
    path("docs", openapi.swagger, name="docs"),
    path("redoc", openapi.redoc, name="redoc"),
    path("v1/", include("chats.urls.openai")),
    path("admin/", admin.site.urls),
    path("health", health, name="health"),
]
handler400 = "cognitia.pages.bad_request"
handler403 = "cognitia.pages.forbidden"
handler404 = "cognitia.pages.not_found"
handler500 = "cognitia.pages.server_error"
