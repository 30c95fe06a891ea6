"""The search box of the memory page: by words, and by meaning where that is at hand within a moment.

This is for a person who looks for something; what a character recalls is memory.recalling.recall.
"""

import re
from uuid import UUID

import numpy as np
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q, QuerySet
from numpy.typing import NDArray
from pgvector.django import CosineDistance

from memory.embedding import model_name, query_vector
from memory.models import Embedding, Memory

MOST = 60
# Below this nothing but chance is alike; calibrated on nothing, so it only keeps the tail of a short list away.
LEAST_ALIKE = 0.25
WORDS_SHARE = 0.5
WORD = re.compile(r"\w+")


def meaning(text: str) -> NDArray[np.float32] | None:
    """Of what is looked for; None where it is not at hand in time. To be asked before a transaction begins."""
    return query_vector(text)


def find(
    owner_id: UUID, character_id: UUID | None, rows: QuerySet[Memory], text: str, vector: NDArray[np.float32] | None
) -> list[Memory]:
    """Of these rows, which are all this person's, those that fit best, best first; at most 60."""
    scores: dict[UUID, float] = {}
    by_words = _by_words(rows, text)
    best = max((rank for _id, rank in by_words), default=0.0) or 1.0
    for memory_id, rank in by_words:
        scores[memory_id] = WORDS_SHARE * rank / best
    if vector is not None:
        for memory_id, alike in _by_meaning(owner_id, character_id, rows, vector):
            scores[memory_id] = scores.get(memory_id, 0.0) + (1 - WORDS_SHARE) * alike
    first = sorted(scores, key=lambda each: (-scores[each], each))[:MOST]
    found = rows.in_bulk(first)
    return [found[each] for each in first if each in found]


def _by_words(rows: QuerySet[Memory], text: str) -> list[tuple[UUID, float]]:
    """Any of the words: with all of them, a question finds next to nothing. The last one may be half typed."""
    said = WORD.findall(text)
    if not said:
        return []
    query = SearchQuery(" | ".join([*said, f"{said[-1]}:*"]), search_type="raw", config="english")
    matching = rows.filter(Q(words=query) | Q(text__icontains=text))
    ranked = matching.annotate(rank=SearchRank(F("words"), query, normalization=1)).order_by("-rank", "-said_at")
    return [(each, float(rank) + 1e-6) for each, rank in ranked.values_list("id", "rank")[:MOST]]


def _by_meaning(
    owner_id: UUID, character_id: UUID | None, rows: QuerySet[Memory], vector: NDArray[np.float32]
) -> list[tuple[UUID, float]]:
    near = Embedding.objects.filter(owner_id=owner_id, model=model_name(), memory__in=rows.order_by().values("id"))
    if character_id is not None:
        near = near.filter(character_id=character_id)
    distances = near.annotate(distance=CosineDistance("vector", vector)).order_by("distance")
    alike = ((each, 1 - float(distance)) for each, distance in distances.values_list("memory_id", "distance")[:MOST])
    return [(each, likeness) for each, likeness in alike if likeness >= LEAST_ALIKE]
