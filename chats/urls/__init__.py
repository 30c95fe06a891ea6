"""The pages, by noun. Their REST routes stand beside them in the same modules; `api` puts those together."""

from chats.urls import branching, chats, company, importing, organising, searching, suggesting

app_name = "chats"
urlpatterns = [
    *importing.urlpatterns,
    *chats.urlpatterns,
    *branching.urlpatterns,
    *organising.urlpatterns,
    *company.urlpatterns,
    *suggesting.urlpatterns,
    *searching.urlpatterns,
]
