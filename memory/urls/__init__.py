"""The pages, by noun. Their REST routes stand beside them in the same modules; `api` puts those together."""

from memory.urls import forgetting, memories, minds

app_name = "memory"
urlpatterns = [*memories.urlpatterns, *forgetting.urlpatterns, *minds.urlpatterns]
