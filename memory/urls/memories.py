from django.urls import URLPattern, path

from memory.api import context, contradictions, fiction
from memory.api import memories as api
from memory.views import entries, exporting, timeline

ONE = "memories/one/<uuid:memory_id>/"

urlpatterns: list[URLPattern] = [
    path("memories/", timeline.everyone, name="everyone"),
    path("memories/export/", exporting.export_all, name="export_all"),
    path("memories/contradictions/<uuid:contradiction_id>/", entries.decide, name="decide"),
    path(ONE, timeline.memory, name="memory"),
    path(f"{ONE}pin/", entries.pin, name="pin"),
    path(f"{ONE}correct/", entries.correct, name="correct"),
    path("memories/<uuid:character_id>/", timeline.character, name="character"),
    path("memories/<uuid:character_id>/export/", exporting.export, name="export"),
]
api_urlpatterns: list[URLPattern] = [
    path("memories", api.Memories.as_view(), name="api_memories"),
    path("memories/export", api.export, name="api_export_memories"),
    path("memories/contradictions", contradictions.Contradictions.as_view(), name="api_contradictions"),
    path(
        "memories/contradictions/<uuid:contradiction_id>",
        contradictions.Contradiction.as_view(),
        name="api_contradiction",
    ),
    path("memories/<uuid:memory_id>", api.Memory.as_view(), name="api_memory"),
    path("retrieve-context", context.Context.as_view(), name="api_retrieve_context"),
    path("dreams", fiction.Dreams.as_view(), name="api_dreams"),
    path("dreams/search", fiction.FoundDreams.as_view(), name="api_search_dreams"),
    path("journal", fiction.Journal.as_view(), name="api_journal"),
    path("journal/search", fiction.FoundJournal.as_view(), name="api_search_journal"),
]
