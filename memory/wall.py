"""The second wall between people: inside it the database itself shows one person's memories and nobody else's.

The first wall is the owner in every query. This one holds when somebody forgets that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

# Migration 0002 makes it. It can only read, and row-level security binds it as it does not bind the tables' owner.
ROLE = "cognitia_reader"


@contextmanager
def inside(owner_id: UUID) -> Iterator[None]:
    """A transaction that reads as this person. Nothing can be written in it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true), set_config('app.uid', %s, true)", [ROLE, str(owner_id)])
        yield
        # Inside an outer transaction the local settings would outlive this block; an error takes them back with it.
        cursor.execute("SELECT set_config('role', 'none', true), set_config('app.uid', '', true)")
