from django.urls import URLPattern, path

from characters.api import tags as api
from characters.views import tags

urlpatterns: list[URLPattern] = [
    path("tags/", tags.tags, name="tags"),
    path("tags/<uuid:tag_id>/", tags.change, name="change_tag"),
    path("tags/<uuid:tag_id>/delete/", tags.delete, name="delete_tag"),
    path("characters/<uuid:character_id>/tags/", tags.character_tags, name="character_tags"),
]
api_urlpatterns: list[URLPattern] = [
    path("tags", api.Tags.as_view(), name="api_tags"),
    path("tags/", api.Tags.as_view()),
    path("tags/<uuid:tag_id>", api.Tag.as_view(), name="api_tag"),
    path("characters/<uuid:character_id>/tags", api.CharacterTags.as_view(), name="api_character_tags"),
]
