"""What a new memory makes untrue by its meaning, once it has a vector.

By their words alone, facts were compared when they were kept (memory/truth/learning.py). Both an old message and the
one that says otherwise stay; the link is what lets the second be told wherever the first comes up.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from pgvector.django import CosineDistance

from memory.holding import hold
from memory.models import Embedding, Kind, Memory
from memory.truth import facts, gate, validity
from memory.truth.updates import (
    LEAST_OF_FACTS,
    LEAST_WORDS,
    NEAREST_OF_NEWS,
    SAME,
    Older,
    has_cue,
    may_replace,
    replaced,
)

# Of those that are alike, so many are looked at.
NEAREST = 12
# What is said after a longer silence belongs to another sitting.
SITTING = timedelta(hours=6)
# A word is rare that so many messages have, or one in so many of all.
FEW, ONE_IN = 8, 50
# Those of the older messages that share a word with a newer one that few of this author's have.
SHARING = """
SELECT older.id FROM memory_memory older
WHERE older.id = ANY(%(older)s) AND EXISTS (
    SELECT FROM unnest(tsvector_to_array(older.words)) AS stem
    WHERE stem = ANY(SELECT unnest(tsvector_to_array(words)) FROM memory_memory WHERE id = %(newer)s) AND (
        SELECT count(*) FROM (
            SELECT FROM memory_memory said
            WHERE said.words @@ quote_literal(stem)::tsquery
                AND ARRAY[said.owner_id, said.character_id] @> ARRAY[%(owner)s, %(character)s]::uuid[]
                AND said.author_id = %(author)s AND said.kind = 'exchange'
            LIMIT %(few)s + 1
        ) AS found
    ) <= %(few)s
)
"""


def run_linking(memory_ids: Collection[UUID]) -> int:
    """Link these, which have their vectors, to what they say otherwise; a fact that was known already is taken out.

    How many were linked. Safe to run twice.
    """
    linked = 0
    rows = Memory.objects.filter(id__in=memory_ids, kind__in=(Kind.EXCHANGE, Kind.FACT), replaces=None, stands=True)
    for owner_id in rows.order_by("owner").values_list("owner", flat=True).distinct():
        for memory_id in rows.filter(owner=owner_id).order_by("said_at", "id").values_list("id", flat=True):
            # One at a time: who forgets something meanwhile does not wait for all of them.
            with transaction.atomic():
                hold([owner_id])
                memory = rows.filter(id=memory_id).first()
                if memory is not None:
                    link = _link_fact if memory.kind == Kind.FACT else _link_message
                    linked += link(memory)
    return linked


def _link_message(memory: Memory) -> bool:
    if not may_replace(memory.text):
        return False
    alike = [(older, similarity) for older, similarity in _alike(memory) if _may_be_replaced(older, memory)]
    sharing = _sharing(memory, [older.id for older, _similarity in alike[:NEAREST_OF_NEWS]])
    found = [
        Older(older.text, similarity, older.id in sharing, memory.said_at - older.said_at >= SITTING)
        for older, similarity in alike
    ]
    at = replaced(memory.text, found)
    if at is None:
        return False
    memory.replaces = alike[at][0]
    memory.save(update_fields=["replaces"])
    return True


def _may_be_replaced(older: Memory, newer: Memory) -> bool:
    """What is asked, or is only a word or two, says nothing that could become untrue."""
    words = gate.content_words(older.text)
    is_question = older.text.rstrip().endswith("?")
    is_other = newer.previous_id != older.id and words != gate.content_words(newer.text)
    return is_other and not is_question and len(words) >= LEAST_WORDS


def _sharing(newer: Memory, older: Sequence[UUID]) -> set[UUID]:
    """Those that share a word with it that few messages of their author have."""
    if not older:
        return set()
    said = Memory.objects.filter(
        owner_id=newer.owner_id, character_id=newer.character_id, author_id=newer.author_id, kind=Kind.EXCHANGE
    )
    few = max(FEW, said.count() // ONE_IN)
    with connection.cursor() as cursor:
        cursor.execute(
            SHARING,
            {
                "older": list(older),
                "newer": newer.id,
                "owner": newer.owner_id,
                "character": newer.character_id,
                "author": newer.author_id,
                "few": few,
            },
        )
        return {row[0] for row in cursor.fetchall()}


def _link_fact(memory: Memory) -> bool:
    says = facts.read(memory.text)
    for older, similarity in _alike(memory):
        if older.valid_until is not None:
            continue
        said = facts.read(older.text)
        is_same = gate.telling_words(memory.text) == gate.telling_words(older.text)
        if similarity >= SAME and is_same and says.is_negative == said.is_negative and not memory.is_pinned:
            memory.delete()
            return False
        # Two that were understood have been compared by what they say.
        if similarity >= LEAST_OF_FACTS and has_cue(memory.text) and not (says.relation and said.relation):
            validity.put_in_place_of(memory, older)
            return True
    return False


def _alike(memory: Memory) -> list[tuple[Memory, float]]:
    """Earlier ones of its kind that the same one said, the most alike first."""
    mine = Embedding.objects.filter(memory=memory).first()
    if mine is None:
        return []
    earlier = Memory.objects.filter(
        owner_id=memory.owner_id,
        character_id=memory.character_id,
        kind=memory.kind,
        author_id=memory.author_id,
        stands=True,
        said_at__lt=memory.said_at,
        embedding__model=mine.model,
    )
    nearest = earlier.annotate(apart=CosineDistance("embedding__vector", mine.vector)).order_by("apart")
    return [(row, 1.0 - float(row.apart)) for row in nearest[:NEAREST]]
