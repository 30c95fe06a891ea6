from django.urls import URLPattern, path

from characters.api import characters as api
from characters.views import characters, editor

urlpatterns: list[URLPattern] = [
    path("characters/yours/", characters.yours, name="yours"),
    path("characters/new/", characters.new, name="new"),
    path("characters/preview/", editor.preview, name="preview"),
    path("characters/<uuid:character_id>/edit/", editor.edit, name="edit"),
    path("characters/<uuid:character_id>/draft/", editor.draft, name="draft"),
    path("characters/<uuid:character_id>/draft/discard/", editor.discard, name="discard"),
    path("characters/<uuid:character_id>/face/", editor.face, name="face"),
    path("characters/<uuid:character_id>/delete/", characters.delete, name="delete"),
    path("characters/<uuid:character_id>/undelete/", characters.undelete, name="undelete"),
    path("characters/<uuid:character_id>/versions/", characters.versions, name="versions"),
    path("characters/<uuid:character_id>/versions/<int:number>/", characters.version, name="version"),
    path("characters/<uuid:character_id>/versions/<int:number>/restore/", characters.restore, name="restore"),
]
api_urlpatterns: list[URLPattern] = [
    path("characters", api.Characters.as_view(), name="api_characters"),
    path("characters/", api.Characters.as_view()),
    path("characters/<uuid:character_id>", api.Character.as_view(), name="api_character"),
    path("characters/<uuid:character_id>/versions", api.Versions.as_view(), name="api_versions"),
]
