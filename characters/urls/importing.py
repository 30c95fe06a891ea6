from django.urls import URLPattern, path

from characters.api import importing as api
from characters.views import importing, pictures

urlpatterns: list[URLPattern] = [
    path("characters/import/", importing.bring, name="import"),
    path("characters/import/<uuid:import_id>/", importing.import_detail, name="import_detail"),
    path("characters/import/<uuid:import_id>/report/", importing.import_report, name="import_report"),
    path("characters/import/<uuid:import_id>/cancel/", importing.import_cancel, name="import_cancel"),
    path("characters/<uuid:character_id>/export/<str:kind>/", importing.export, name="export"),
    path("characters/<uuid:character_id>/pictures/<str:digest>/<int:width>.webp", pictures.picture, name="picture"),
]
api_urlpatterns: list[URLPattern] = [
    path("characters/import", api.Imports.as_view(), name="api_import_character"),
    path("imports/<uuid:import_id>", api.Import.as_view(), name="api_import"),
    path("imports/<uuid:import_id>/cancel", api.CancelImport.as_view(), name="api_cancel_import"),
    path("characters/<uuid:character_id>/export", api.Export.as_view(), name="api_export_character"),
]
