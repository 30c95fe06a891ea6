"""The REST routes below /api/v2/."""

from characters.urls import characters, importing, lorebooks, market, personas, publishing, tags

urlpatterns = [
    *importing.api_urlpatterns,
    *market.api_urlpatterns,
    *characters.api_urlpatterns,
    *lorebooks.api_urlpatterns,
    *personas.api_urlpatterns,
    *publishing.api_urlpatterns,
    *tags.api_urlpatterns,
]
