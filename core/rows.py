"""One row of those that somebody may see."""

from typing import TypeVar
from uuid import UUID

from django.db import models
from django.db.models import QuerySet

from core.errors import NotFound

RowT = TypeVar("RowT", bound=models.Model)


def one(rows: QuerySet[RowT], **where: UUID | int) -> RowT:
    """Raises `NotFound`."""
    found = rows.filter(**where).first()
    if found is None:
        raise NotFound
    return found


def id_of(text: str) -> UUID | None:
    """None for what is no id of ours."""
    try:
        return UUID(text)
    except ValueError:
        return None
