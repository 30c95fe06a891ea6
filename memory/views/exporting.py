"""Taking out what is remembered."""

from collections.abc import AsyncGenerator, Iterator
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from accounts.access import signed_in
from core.database import in_thread
from memory.exporting import lines
from memory.pages.entries import whose


@login_required
@require_GET
async def export(request: HttpRequest, character_id: UUID) -> StreamingHttpResponse:
    """What one character remembers of them, as a file that is read while it is sent."""
    user = signed_in(await request.auser())
    face = await in_thread(whose)(user, character_id)
    return as_attachment(lines(user, character_id), face.name)


@login_required
@require_GET
async def export_all(request: HttpRequest) -> StreamingHttpResponse:
    return as_attachment(lines(signed_in(await request.auser())), "all")


def as_attachment(pieces: Iterator[str], name: str) -> StreamingHttpResponse:
    """A file of these lines, named after this and today; each piece is made when it is sent."""
    response = StreamingHttpResponse(_pieces(pieces), content_type="application/jsonl; charset=utf-8")
    file_name = f"memories-{slugify(name) or 'character'}-{now():%Y-%m-%d}.jsonl"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file_name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    # nginx would otherwise collect it.
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _pieces(pieces: Iterator[str]) -> AsyncGenerator[str, None]:
    following = in_thread(lambda: next(pieces, None))
    while (piece := await following()) is not None:
        yield piece
