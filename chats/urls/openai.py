"""The routes below /v1/."""

from django.urls import path

from chats.openai import doors

urlpatterns = [
    path("chat/completions", doors.chat_completions, name="openai_chat_completions"),
    path("completions", doors.completions, name="openai_completions"),
    path("models", doors.model_list, name="openai_models"),
    path("models/<str:name>", doors.model, name="openai_model"),
    path("embeddings", doors.embeddings, name="openai_embeddings"),
]
