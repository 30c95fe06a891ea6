"""The REST routes below /api/v2/."""

from chats.urls import chats, company, importing, organising, searching, suggesting

urlpatterns = [
    *importing.api_urlpatterns,
    *chats.api_urlpatterns,
    *company.api_urlpatterns,
    *organising.api_urlpatterns,
    *suggesting.api_urlpatterns,
    *searching.api_urlpatterns,
]
