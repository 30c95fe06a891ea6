from django.urls import URLPattern, path

from memory.api import minds as api
from memory.views import mind

CHARACTER = "memories/<uuid:character_id>/"

urlpatterns: list[URLPattern] = [
    path(f"{CHARACTER}map/", mind.draw_map, name="map"),
    path(f"{CHARACTER}vitals/", mind.vitals, name="vitals"),
    path(f"{CHARACTER}mind/frozen/", mind.freeze, name="freeze"),
    path(f"{CHARACTER}mind/bounds/", mind.bound, name="bound"),
    path(f"{CHARACTER}mind/<uuid:event_id>/undo/", mind.undo_event, name="undo_event"),
]
api_urlpatterns: list[URLPattern] = [
    path("status", api.Status.as_view(), name="api_status"),
    path("minds/<uuid:character_id>/freeze", api.Freeze.as_view(), name="api_freeze"),
    path("minds/<uuid:character_id>/thaw", api.Thaw.as_view(), name="api_thaw"),
    path("minds/<uuid:character_id>/bounds", api.Limits.as_view(), name="api_bounds"),
    path("minds/<uuid:character_id>/events", api.Events.as_view(), name="api_mind_events"),
    path("minds/<uuid:character_id>/events/<uuid:event_id>/undo", api.Undo.as_view(), name="api_undo_event"),
]
