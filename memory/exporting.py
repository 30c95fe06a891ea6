"""What is remembered of a person as lines of JSON, for that person: rows in, text out, a piece at a time.

Between two pieces nothing holds a connection.
"""

import json
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from characters.models import Character
from memory import access, wall
from memory.models import Memory

PIECE = 500


def lines(user: User, character_id: UUID | None = None) -> Iterator[str]:
    """Everything that is stored of theirs, the oldest first, a JSON object on each line. All of it is read lazily."""
    rows = access.held_for(user, character_id).order_by("said_at", "id").defer("words")
    names: dict[UUID, str] = {}
    after = Q()
    while True:
        with wall.inside(user.pk):
            found = list(rows.filter(after)[:PIECE])
        if not found:
            return
        unknown = {row.character_id for row in found} - names.keys()
        names |= dict(Character.objects.filter(id__in=unknown).values_list("id", "name"))
        yield "".join(f"{_line(row, names.get(row.character_id, ''))}\n" for row in found)
        last = found[-1]
        after = Q(said_at__gt=last.said_at) | Q(said_at=last.said_at, id__gt=last.id)


def _line(row: Memory, name: str) -> str:
    said = {
        "id": str(row.id),
        "character": {"id": str(row.character_id), "name": name},
        "kind": row.kind,
        "text": row.text,
        "said_at": row.said_at.isoformat(),
        "speaker": row.speaker,
        "spoken_by": row.spoken_by,
        "chat_id": _id(row.chat_id),
        "message_id": _id(row.source_id),
        "made_of": [str(each) for each in row.sources],
        "replaces": _id(row.replaces_id),
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "emotion": row.emotion,
        "confidence": round(row.confidence, 3),
        "importance": round(row.importance, 3),
        "is_pinned": row.is_pinned,
        "counts": row.stands,
    }
    return json.dumps(said, ensure_ascii=False)


def _id(one: UUID | None) -> str | None:
    return str(one) if one is not None else None
