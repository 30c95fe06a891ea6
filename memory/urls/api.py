"""The REST routes below /api/v2/."""

from memory.urls import forgetting, memories, minds

urlpatterns = [*memories.api_urlpatterns, *forgetting.api_urlpatterns, *minds.api_urlpatterns]
