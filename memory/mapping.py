"""The map of what a character remembers of one person: the work of the task that draws it."""

from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Case, Count, FloatField, Q, QuerySet, Value, When

from memory.models import Embedding, Memory
from memory.plane import Floats, lay_out

MOST_POINTS = 500


def run_mapping(owner_id: UUID, character_id: UUID) -> int:
    """Give each of the most important memories its place on the map, near where it was before.

    Answers how many there are. Safe to run twice: the same memories have the same places.
    """
    wanted = shown_on_map(Memory.objects.filter(owner_id=owner_id, character_id=character_id))
    model = _usual_model(owner_id, character_id)
    rows = list(
        wanted.filter(embedding__model=model, embedding__owner_id=owner_id, embedding__character_id=character_id)
        .values_list("id", "embedding__vector", "x", "y")
        .order_by("-is_pinned", "-importance", "-said_at", "id")[:MOST_POINTS]
    )
    # In one order whatever their importance is by now, so that the same memories make the same map.
    rows.sort(key=lambda row: row[0])
    ids = [row[0] for row in rows]
    before = np.array([[np.nan if row[2] is None else row[2], np.nan if row[3] is None else row[3]] for row in rows])
    vectors = np.array([row[1] for row in rows], dtype=np.float64)
    places = lay_out(vectors, before) if rows else np.zeros((0, 2))
    with transaction.atomic():
        placed = Memory.objects.filter(owner_id=owner_id, character_id=character_id)
        placed.filter(x__isnull=False).exclude(id__in=ids).update(x=None, y=None)
        if ids:
            placed.filter(id__in=ids).update(x=_by_id(ids, places[:, 0]), y=_by_id(ids, places[:, 1]))
    return len(ids)


def shown_on_map(memories: QuerySet[Memory]) -> QuerySet[Memory]:
    """Those that a map may show: not the pieces of a card, and nothing that does not stand."""
    return memories.filter(stands=True)


def _usual_model(owner_id: UUID, character_id: UUID) -> str:
    """Vectors of two models cannot lie on one map: the model that most of them are of. "" without any."""
    counted = Embedding.objects.filter(Q(owner_id=owner_id), Q(character_id=character_id)).values_list("model")
    first = counted.annotate(number=Count("memory_id")).order_by("-number", "model").first()
    return first[0] if first else ""


def _by_id(ids: list[UUID], values: Floats) -> Case:
    cases = [When(id=each, then=Value(float(value))) for each, value in zip(ids, values, strict=True)]
    return Case(*cases, output_field=FloatField())
