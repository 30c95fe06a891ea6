import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from characters.models.fields import DIGEST_LENGTH, Hue


class Persona(models.Model):
    """Who you are in a chat: a name, a symbol or a picture, and the colour of your bubble.

    One that has spoken is archived rather than deleted: its messages go on saying who said them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="personas")
    name = models.CharField(_("name"), max_length=80, default="Protag")
    symbol = models.CharField(_("symbol"), max_length=8, default="⚡")
    picture = models.CharField(max_length=DIGEST_LENGTH, blank=True)  # a file on the shelf
    hue = Hue(default=68)
    description = models.TextField(_("description"), blank=True)
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner"], condition=Q(is_default=True), name="one_default_persona"),
            models.CheckConstraint(condition=Q(hue__lte=359), name="persona_hue_in_degrees"),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(archived_at=None), name="the_default_persona_is_not_archived"
            ),
        ]

    def __str__(self) -> str:
        return self.name
