from django.urls import URLPattern, path

from characters.api import lorebooks as api
from characters.views import lorebooks

urlpatterns: list[URLPattern] = [
    path("lorebooks/", lorebooks.lorebooks, name="lorebooks"),
    path("lorebooks/new/", lorebooks.new, name="new_lorebook"),
    path("lorebooks/test/", lorebooks.trial, name="lorebook_test"),
    path("lorebooks/reading/", lorebooks.reading, name="lorebook_reading"),
    path("lorebooks/<uuid:lorebook_id>/", lorebooks.lorebook, name="lorebook"),
    path("lorebooks/<uuid:lorebook_id>/delete/", lorebooks.delete, name="delete_lorebook"),
    path("lorebooks/<uuid:lorebook_id>/global/", lorebooks.set_global, name="global_lorebook"),
    path("lorebooks/<uuid:lorebook_id>/export/<str:kind>/", lorebooks.export, name="export_lorebook"),
]
api_urlpatterns: list[URLPattern] = [
    path("lorebooks", api.Lorebooks.as_view(), name="api_lorebooks"),
    path("lorebooks/test", api.Trials.as_view(), name="api_lorebook_test"),
    path("lorebooks/<uuid:lorebook_id>", api.OneLorebook.as_view(), name="api_lorebook"),
]
