from django.urls import URLPattern, path

from chats.api import importing as api
from chats.views import importing

urlpatterns: list[URLPattern] = [
    path("chats/import/", importing.bring, name="import"),
    path("chats/import/<uuid:chat_import_id>/", importing.import_detail, name="import_detail"),
    path("chats/import/<uuid:chat_import_id>/report/", importing.import_report, name="import_report"),
    path("chats/import/<uuid:chat_import_id>/cancel/", importing.import_cancel, name="import_cancel"),
    path("chats/<uuid:chat_id>/export/<str:kind>/", importing.export, name="export"),
]
api_urlpatterns: list[URLPattern] = [
    path("chats/imports", api.Imports.as_view(), name="api_chat_imports"),
    path("chats/imports/<uuid:chat_import_id>", api.Import.as_view(), name="api_chat_import"),
    path("chats/imports/<uuid:chat_import_id>/cancel", api.CancelImport.as_view(), name="api_cancel_chat_import"),
    path("chats/<uuid:chat_id>/export", api.export, name="api_export_chat"),
]
