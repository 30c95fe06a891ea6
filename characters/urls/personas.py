from django.urls import URLPattern, path

from characters.api import personas as api
from characters.views import personas

urlpatterns: list[URLPattern] = [
    path("personas/", personas.personas, name="personas"),
    path("personas/new/", personas.new, name="new_persona"),
    path("personas/<uuid:persona_id>/edit/", personas.edit, name="edit_persona"),
    path("personas/<uuid:persona_id>/default/", personas.make_default, name="default_persona"),
    path("personas/<uuid:persona_id>/archive/", personas.archive, name="archive_persona"),
    path("personas/<uuid:persona_id>/pictures/<str:digest>.webp", personas.picture, name="persona_picture"),
]
api_urlpatterns: list[URLPattern] = [
    path("personas", api.Personas.as_view(), name="api_personas"),
    path("personas/", api.Personas.as_view()),
    path("personas/template", api.Template.as_view(), name="api_persona_template"),
    path("personas/<uuid:persona_id>", api.Persona.as_view(), name="api_persona"),
]
