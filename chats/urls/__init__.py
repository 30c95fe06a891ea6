"""The pages, by noun. Their REST routes stand beside them in the same modules; `api` puts those together."""

from chats.urls import chats

app_name = "chats"
urlpatterns = [*chats.urlpatterns]
