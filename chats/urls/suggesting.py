from django.urls import URLPattern, path

from chats.api import suggesting as api
from chats.views import suggesting as views

urlpatterns: list[URLPattern] = [
    path("chats/<uuid:chat_id>/suggestions/", views.suggestions, name="suggestions"),
    path("chats/<uuid:chat_id>/suggestions/<uuid:suggestion_id>/", views.suggestion, name="suggestion"),
    path("chats/<uuid:chat_id>/suggestions/<uuid:suggestion_id>/cancel/", views.cancel, name="cancel_suggestion"),
]
api_urlpatterns: list[URLPattern] = [
    path("chats/<uuid:chat_id>/suggestions", api.Suggestions.as_view(), name="api_suggestions"),
    path("chats/<uuid:chat_id>/suggestions/<uuid:suggestion_id>", api.Suggestion.as_view(), name="api_suggestion"),
]
