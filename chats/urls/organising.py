from django.urls import URLPattern, path

from chats.api import organising as api
from chats.views import organising as views

urlpatterns: list[URLPattern] = [
    path("chats/rows/", views.rows, name="rows"),
    path("chats/all/", views.every, name="all"),
    path("chats/archive/", views.archive, name="archive"),
    path("chats/trash/", views.trash, name="trash"),
    path("chats/bulk/", views.bulk, name="bulk"),
    path("chats/<uuid:chat_id>/place/", views.place, name="place"),
    path("chats/<uuid:chat_id>/title/", views.title, name="title"),
    path("chats/<uuid:chat_id>/delete/", views.delete, name="delete_chat"),
    path("chats/<uuid:chat_id>/restore/", views.restore, name="restore_chat"),
    path("folders/", views.folders, name="folders"),
    path("folders/<uuid:folder_id>/", views.folder, name="folder"),
    path("folders/<uuid:folder_id>/delete/", views.delete_folder, name="delete_folder"),
]
api_urlpatterns: list[URLPattern] = [
    path("folders", api.Folders.as_view(), name="api_folders"),
    path("folders/<uuid:folder_id>", api.Folder.as_view(), name="api_folder"),
    path("chats/<uuid:chat_id>/place", api.ChatPlace.as_view(), name="api_chat_place"),
]
