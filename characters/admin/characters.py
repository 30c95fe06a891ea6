from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from characters.models import Character


@admin.register(Character)
class CharacterAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """How the built-in characters are told. What people make for themselves is nobody else's business."""

    list_display = ("name", "tagline", "language_model", "prompt_format", "updated_at")
    fields = ("language_model", "prompt_format", "temperature", "top_p", "max_tokens")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Character]:
        return super().get_queryset(request).filter(owner=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Character | None = None) -> bool:
        return False
