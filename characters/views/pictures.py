"""Pictures of characters, to those who may see them."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.access import signed_in
from characters import files
from characters.access import get_picture_for
from core.errors import NotFound


@login_required
@require_GET
def picture(request: HttpRequest, character_id: UUID, digest: str, width: int) -> HttpResponse:
    """One of the small ones, or the whole; each drawn by us, none as it was brought."""
    asset = get_picture_for(signed_in(request.user), character_id, digest)
    if width == files.WHOLE:
        content, media_type = files.read(asset.digest), asset.media_type
    elif width in files.WIDTHS:
        content, media_type = files.variant(asset.digest, width), "image/webp"
    else:
        raise NotFound
    response = HttpResponse(content, content_type=media_type)
    # What it holds is part of its address.
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
