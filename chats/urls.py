from django.urls import path

from chats import views

app_name = "chats"
urlpatterns = [
    path("", views.chat_list, name="list"),
    path("<uuid:chat_id>/", views.chat_detail, name="detail"),
    path("<uuid:chat_id>/greeting/", views.greeting, name="greeting"),
    path("<uuid:chat_id>/persona/", views.persona, name="persona"),
    path("<uuid:chat_id>/tags/", views.tags, name="tags"),
    path("<uuid:chat_id>/lorebooks/", views.lorebooks, name="lorebooks"),
    path("<uuid:chat_id>/lines/", views.lines, name="lines"),
    path("<uuid:chat_id>/messages/", views.messages, name="messages"),
    path("<uuid:chat_id>/messages/<uuid:message_id>/", views.message, name="message"),
    path("<uuid:chat_id>/replies/<uuid:reply_id>/details/", views.details, name="details"),
    path("<uuid:chat_id>/replies/<uuid:reply_id>/retry/", views.retry, name="retry"),
    path("<uuid:chat_id>/replies/<uuid:reply_id>/cancel/", views.cancel, name="cancel"),
]
