from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from characters.models import Decision


@admin.register(Decision)
class DecisionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What was decided, by whom and why. Nobody adds to it, changes it or takes from it, superusers neither."""

    actions = None
    list_display = ("at", "actor_name", "verb", "subject", "reason", "short_digest")
    list_filter = ("verb",)
    search_fields = ("actor_name", "subject", "reason", "digest")
    date_hierarchy = "at"
    fields = ("at", "actor_name", "verb", "subject", "digest", "reason")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    @admin.display(description="digest", ordering="digest")
    def short_digest(self, row: Decision) -> str:
        return row.digest[:12]
