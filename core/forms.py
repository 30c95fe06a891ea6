"""What more than one app reads out of a form."""

from uuid import UUID

from django.http import QueryDict

from core.errors import NotFound


def ids(posted: QueryDict, name: str) -> list[UUID]:
    """Those that are ticked in the boxes of this name. Raises `NotFound` for what is no id."""
    try:
        return [UUID(str(text)) for text in posted.getlist(name)]
    except ValueError:
        raise NotFound from None
