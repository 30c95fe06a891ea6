"""The sender's name for what is asked for: asking again with it is the same."""

from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request

from core.errors import BadInput


def idempotency_key(request: Request) -> UUID | None:
    """Raises `BadInput`."""
    text = request.headers.get("Idempotency-Key")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadInput(_("Idempotency-Key must be a UUID.")) from None
