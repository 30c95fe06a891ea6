from django.urls import URLPattern, path

from chats.api import chats as api
from chats.views import chats as views

urlpatterns: list[URLPattern] = [
    path("chats/", views.chat_list, name="list"),
    path("chats/<uuid:chat_id>/", views.chat_detail, name="detail"),
    path("chats/<uuid:chat_id>/greeting/", views.greeting, name="greeting"),
    path("chats/<uuid:chat_id>/persona/", views.persona, name="persona"),
    path("chats/<uuid:chat_id>/tags/", views.tags, name="tags"),
    path("chats/<uuid:chat_id>/lorebooks/", views.lorebooks, name="lorebooks"),
    path("chats/<uuid:chat_id>/lines/", views.lines, name="lines"),
    path("chats/<uuid:chat_id>/messages/", views.messages, name="messages"),
    path("chats/<uuid:chat_id>/messages/<uuid:message_id>/", views.message, name="message"),
    path("chats/<uuid:chat_id>/replies/<uuid:reply_id>/details/", views.details, name="details"),
    path("chats/<uuid:chat_id>/replies/<uuid:reply_id>/retry/", views.retry, name="retry"),
    path("chats/<uuid:chat_id>/replies/<uuid:reply_id>/cancel/", views.cancel, name="cancel"),
]
api_urlpatterns: list[URLPattern] = [
    path("chats/<uuid:chat_id>/messages", api.Messages.as_view(), name="api_messages"),
    path("chats/<uuid:chat_id>/tags", api.Tags.as_view(), name="api_chat_tags"),
    path("replies/<uuid:reply_id>", api.Reply.as_view(), name="api_reply"),
    path("replies/<uuid:reply_id>/cancel", api.CancelReply.as_view(), name="api_cancel"),
    path("replies/<uuid:reply_id>/events", api.reply_events, name="api_reply_events"),
]
