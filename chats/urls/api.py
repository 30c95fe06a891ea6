"""The REST routes below /api/v2/."""

from chats.urls import chats

urlpatterns = [*chats.api_urlpatterns]
