from django.urls import path

from chats.consumers import CharacterConsumer, ChatConsumer

websocket_urlpatterns = [
    path("ws/chats/<uuid:chat_id>/", ChatConsumer.as_asgi()),
    path("ws/chat", CharacterConsumer.as_asgi()),
    path("ws/chat/", CharacterConsumer.as_asgi()),
]
