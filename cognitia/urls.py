from django.contrib import admin
from django.urls import include, path

from chats import api as chats_api
from chats.views import home
from cognitia.health import health
from weights import api as weights_api

admin.site.site_header = admin.site.site_title = "Cognitia"
admin.site.index_title = ""

urlpatterns = [
    path("", home, name="home"),
    path("", include("accounts.urls")),
    path("account/", include("allauth.account.urls")),
    path("chats/", include("chats.urls")),
    path("", include("characters.urls")),
    path("models/", include("weights.urls")),
    path("api/v2/chats/<uuid:chat_id>/messages", chats_api.Messages.as_view(), name="api_messages"),
    path("api/v2/chats/<uuid:chat_id>/tags", chats_api.Tags.as_view(), name="api_chat_tags"),
    path("api/v2/replies/<uuid:reply_id>", chats_api.Reply.as_view(), name="api_reply"),
    path("api/v2/replies/<uuid:reply_id>/cancel", chats_api.CancelReply.as_view(), name="api_cancel"),
    path("api/v2/replies/<uuid:reply_id>/events", chats_api.reply_events, name="api_reply_events"),
    path("api/v2/", include("characters.urls.api")),
    path("api/v2/models", weights_api.Models.as_view(), name="api_models"),
    path("api/v2/models/<str:name>", weights_api.Model.as_view(), name="api_model"),
    path("admin/", admin.site.urls),
    path("health", health, name="health"),
]
handler400 = "cognitia.pages.bad_request"
handler403 = "cognitia.pages.forbidden"
handler404 = "cognitia.pages.not_found"
handler500 = "cognitia.pages.server_error"
