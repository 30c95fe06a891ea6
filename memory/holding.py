"""Of two who change what is remembered of a person, one comes after the other.

The lock is memory's own and not the person's row: that one is held by whoever sends a message, which must never wait
for what is remembered of an import meanwhile.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from accounts.models import User

# In order, or two that hold several people could each wait for the other.
HOLD = """
SELECT pg_advisory_xact_lock(hashtextextended('memory:' || id, 0))
FROM (SELECT unnest(%s::uuid[]) AS id) AS people
"""


def hold(owner_ids: Iterable[UUID]) -> set[UUID]:
    """Until the transaction ends. Answers those of these people that are still there."""
    ids = sorted(set(owner_ids))
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [ids])
    return set(User.objects.filter(id__in=ids).values_list("id", flat=True))
