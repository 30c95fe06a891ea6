"""The pages, by noun. Their REST routes stand beside them in the same modules; `api` puts those together."""

from characters.urls import characters, importing, lorebooks, market, personas, publishing, tags

app_name = "characters"
urlpatterns = [
    *importing.urlpatterns,
    *market.urlpatterns,
    *characters.urlpatterns,
    *lorebooks.urlpatterns,
    *personas.urlpatterns,
    *publishing.urlpatterns,
    *tags.urlpatterns,
]
