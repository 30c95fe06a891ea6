"""Pictures of characters, to those who may see them."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.access import signed_in
from characters import files
from characters.access import get_picture_for
from characters.portrayal import drawn
from core.errors import NotFound


@login_required
@require_GET
def picture(request: HttpRequest, character_id: UUID, digest: str, width: int) -> HttpResponse:
    """One of the small ones, or the whole; each drawn by us, none as it was brought."""
    asset = get_picture_for(signed_in(request.user), character_id, digest)
    if width not in (files.WHOLE, *files.WIDTHS):
        raise NotFound
    return drawn(asset.digest, width, asset.media_type)
