"""Memories that may answer a question, as the database finds them: by meaning, by words, by date, and what was said
around those. Exact within one person's memories of one character; everything is read inside the wall.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from memory.models import DERIVED, Kind
from memory.recalling import lexical
from memory.recalling.forms import forms
from memory.recalling.query import Query
from memory.recalling.question import Question
from memory.recalling.scoring import Rows, Whole
from memory.recalling.times import Span

Value = str | int | UUID | datetime | list[str] | list[UUID] | None
Row = tuple[Any, ...]

# So many by meaning, by words and by date; what was said around them comes on top.
NEAR, WORDED, DATED, PINNED = 80, 50, 40, 20
# Of so many the nearest are taken, because some are not ranked.
MOST_NEAR = 160
# A word that so many memories have tells nothing apart, and is not looked up further.
COMMON = 600
# So many tell how near, and how frequent, things are on the whole.
SAMPLED, SAMPLED_WORDS, MANY = 1_500, 300, 10_000
MOST_STEMS = 24
# A longer time than this is no place to look in.
MOST_DAYS = 400
# So near must a derived text be, in deviations, to lift what it was made of.
KEY_DEVIATIONS, MOST_KEYS = 1.5, 8
# What was made of more says little of each.
MOST_SOURCES = 40
FRESH = timedelta(seconds=60)

STEMS = "SELECT to_tsvector('english', %(words)s)::text"
FOUND = """
SELECT memory_id::text, counts
FROM memory_words_found(
    %(character)s, %(stems)s, %(others)s::uuid[], %(every)s, %(sampled)s, %(common)s, %(most)s
)
"""
# The vectors are of unit length. Without an index for nearness this is an exact scan; the addition keeps it one.
NEAREST = """
WITH near AS MATERIALIZED (
    SELECT memory_id, -(vector <#> %(vector)s::halfvec) + 0 AS cosine FROM memory_embedding embedding
    WHERE owner_id = %(owner)s AND character_id = %(character)s AND model = %(model)s {together}
    ORDER BY cosine DESC LIMIT %(most)s
)
SELECT memory.id::text, memory.kind, CASE WHEN memory.kind = ANY(%(keys)s) THEN memory.sources END, near.cosine
FROM near JOIN memory_memory memory ON memory.id = near.memory_id
WHERE memory.owner_id = %(owner)s AND memory.character_id = %(character)s AND memory.stands
ORDER BY near.cosine DESC, memory.id
"""
# Where others listen, little of what is near may be told: that is asked of each before the nearest are taken.
TOGETHER = """
AND EXISTS (
    SELECT FROM memory_memory memory
    WHERE memory.id = embedding.memory_id AND memory.owner_id = %(owner)s AND memory.people @> %(others)s::uuid[]
)
"""
# How near they are on the whole is told by some; and of more than so many, one more or less counts for nothing.
USUAL = """
SELECT avg(cosine), stddev_pop(cosine), (
    SELECT count(*) FROM (
        SELECT FROM memory_embedding WHERE owner_id = %(owner)s AND character_id = %(character)s LIMIT %(many)s
    ) counted
)
FROM (
    SELECT -(vector <#> %(vector)s::halfvec) AS cosine FROM memory_embedding
    WHERE owner_id = %(owner)s AND character_id = %(character)s AND model = %(model)s LIMIT %(sampled)s
) sampled
"""
COUNT = "SELECT count(*) FROM memory_memory WHERE owner_id = %(owner)s AND character_id = %(character)s"
MAY_BE_TOLD = """
    memory.owner_id = %(owner)s AND memory.character_id = %(character)s AND memory.stands
    AND memory.people @> %(others)s::uuid[]
    AND (memory.source_id IS NULL OR memory.source_id <> ALL(%(known)s::uuid[]))
    AND (%(chat)s::uuid IS NULL OR memory.chat_id IS DISTINCT FROM %(chat)s OR memory.said_at <= %(fresh)s)
"""
PINNED_ONES = f"""
SELECT memory.id::text FROM memory_memory memory
WHERE {MAY_BE_TOLD} AND memory.is_pinned ORDER BY said_at DESC LIMIT %(most)s
"""  # noqa: S608
SAID_BETWEEN = f"""
SELECT memory.id::text FROM memory_memory memory
LEFT JOIN memory_embedding embedding ON embedding.memory_id = memory.id AND embedding.model = %(model)s
WHERE {MAY_BE_TOLD} AND memory.said_at >= %(begin)s AND memory.said_at < %(end)s
ORDER BY embedding.vector <#> %(vector)s::halfvec, memory.said_at LIMIT %(most)s
"""  # noqa: S608
DERIVED_ONES = f"""
SELECT memory.id::text, memory.kind, memory.said_at, -(embedding.vector <#> %(vector)s::halfvec)
FROM memory_memory memory
LEFT JOIN memory_embedding embedding ON embedding.memory_id = memory.id AND embedding.model = %(model)s
WHERE {MAY_BE_TOLD} AND memory.kind = ANY(%(kinds)s)
ORDER BY memory.said_at DESC LIMIT %(most)s
"""  # noqa: S608
# A fact or lore in the words of the one message that it was taken from: that is told, and this only leads there.
SAID_ANYWAY = """
    memory.kind IN ('fact', 'lore') AND NOT memory.is_pinned AND cardinality(memory.sources) = 1
    AND EXISTS (SELECT FROM memory_memory said WHERE said.id = memory.sources[1] AND said.stands)
"""
ROWS = f"""
WITH found AS MATERIALIZED (SELECT unnest(%(ids)s::uuid[]) AS id),
around AS (
    SELECT id FROM found
    UNION SELECT before.previous_id FROM found JOIN memory_memory before USING (id)
    WHERE before.previous_id IS NOT NULL
    UNION SELECT after.id FROM found JOIN memory_memory after ON after.previous_id = found.id
)
SELECT memory.id::text, memory.previous_id::text, memory.chat_id::text, memory.kind, memory.speaker, memory.text,
    extract(epoch FROM memory.said_at)::float8, memory.is_pinned, memory.words::text, length(memory.words),
    -(embedding.vector <#> %(vector)s::halfvec)
FROM around JOIN memory_memory memory USING (id)
LEFT JOIN memory_embedding embedding ON embedding.memory_id = memory.id AND embedding.model = %(model)s
WHERE {MAY_BE_TOLD} AND memory.kind = ANY(%(kinds)s) AND NOT ({SAID_ANYWAY})
ORDER BY memory.said_at, memory.id
"""  # noqa: S608
DETAIL = """
memory.id::text, memory.source_id, memory.kind, memory.spoken_by, memory.text, memory.said_at, memory.emotion,
memory.importance, memory.replaces_id::text
"""
DETAILS = f"SELECT {DETAIL} FROM memory_memory memory WHERE {MAY_BE_TOLD} AND memory.id = ANY(%(ids)s::uuid[])"  # noqa: S608
LINKED = f"""
SELECT {DETAIL} FROM memory_memory memory
WHERE {MAY_BE_TOLD} AND memory.replaces_id = ANY(%(ids)s::uuid[])
UNION
SELECT {DETAIL} FROM memory_memory memory WHERE {MAY_BE_TOLD} AND memory.id = ANY(%(replaced)s::uuid[])
"""  # noqa: S608
# For the classic rule, which knows no kinds.
MOST_SIMILAR = f"""
SELECT {DETAIL}, -(embedding.vector <#> %(vector)s::halfvec) + 0 AS cosine
FROM memory_memory memory JOIN memory_embedding embedding ON embedding.memory_id = memory.id
WHERE {MAY_BE_TOLD} AND embedding.owner_id = %(owner)s AND embedding.character_id = %(character)s
    AND embedding.model = %(model)s AND memory.said_at <= %(before)s
    AND (memory.chat_id IS DISTINCT FROM %(chat)s OR %(chat)s::uuid IS NULL)
ORDER BY cosine DESC LIMIT %(most)s
"""  # noqa: S608
ALL_WORDS = f"""
SELECT {DETAIL}, ts_rank(memory.words, plainto_tsquery('english', %(text)s)) AS rank FROM memory_memory memory
WHERE {MAY_BE_TOLD} AND memory.words @@ plainto_tsquery('english', %(text)s) AND memory.said_at <= %(before)s
ORDER BY rank DESC, memory.said_at DESC LIMIT %(most)s
"""  # noqa: S608
RANKED_TOGETHER = [kind.value for kind in Kind if kind not in DERIVED]


@dataclass(frozen=True, slots=True)
class Found:
    """`ids` are those of `rows`, in the same order; `derived` the nearest texts that were made of memories."""

    ids: tuple[str, ...]
    rows: Rows
    whole: Whole
    stems: tuple[str, ...]
    derived: tuple[Derived, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    memory_id: str
    kind: str
    said_at: datetime
    cosine: float | None


def find(question: Question, search: Search) -> Found:
    """What may answer. To be asked inside the wall."""
    stems = tuple(lexical.stems(str(search.all(STEMS, words=question.words)[0][0]))[:MOST_STEMS])
    near = search.nearest()
    worded, found = search.worded(stems, near.count)
    ranked = [one.memory_id for one in near.found if one.kind in RANKED_TOGETHER][:NEAR]
    lifted = _lifted(near)
    ids = dict.fromkeys((*ranked, *worded, *search.pinned(), *search.dated(question.spans), *lifted))
    kept, rows = search.rows(tuple(ids), lifted)
    derived = search.derived(question.kinds) if question.kinds else ()
    return Found(kept, rows, Whole(near.count, near.mean, near.deviation, found), stems, derived)


def _lifted(near: Near) -> dict[str, float]:
    """What the nearest facts and summaries were made of, and how near those are, in thirds of a deviation."""
    lifted: dict[str, float] = {}
    keys = [one for one in near.found if one.sources]
    for one in keys[:MOST_KEYS]:
        nearness = (one.cosine - near.mean) / (near.deviation + 1e-6)
        if nearness >= KEY_DEVIATIONS:
            for source in one.sources[:MOST_SOURCES]:
                lifted[str(source)] = max(lifted.get(str(source), 0.0), nearness / 3)
    return lifted


@dataclass(frozen=True, slots=True)
class NearOne:
    memory_id: str
    kind: str
    sources: tuple[UUID, ...]
    cosine: float


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest by meaning, nearest first; of how many, and how near those are on the whole."""

    found: tuple[NearOne, ...]
    count: int
    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Detail:
    """All of one memory that is told or shown."""

    memory_id: str
    source_id: UUID | None
    kind: str
    spoken_by: str
    text: str
    said_at: datetime
    emotion: str
    importance: float
    replaces: str | None


def as_array(ids: Iterable[str]) -> str:
    """Ids as PostgreSQL writes an array of them: far faster than as parameters, one by one."""
    return "{" + ",".join(ids) + "}"


class Search:
    """Reads memories of one person and one character that everybody who listens may hear of. Without a vector they
    are found by words alone. To be used inside the wall."""

    def __init__(self, query: Query, vector: NDArray[np.float32] | None, model: str) -> None:
        self.has_vector = vector is not None
        self._nearest = NEAREST.format(together=TOGETHER if query.people - {query.owner_id} else "")
        self.parameters: dict[str, Value] = {
            "owner": query.owner_id,
            "character": query.character_id,
            "others": list(query.people - {query.owner_id}),
            "known": list(query.known),
            "chat": query.chat_id,
            "fresh": query.now - FRESH,
            "vector": None if vector is None else "[" + ",".join(f"{value:.5g}" for value in vector) + "]",
            "model": model,
            "kinds": RANKED_TOGETHER,
        }

    def all(self, sql: str, **parameters: Value) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.parameters | parameters)
            rows: list[Row] = cursor.fetchall()
        return rows

    def nearest(self) -> Near:
        if not self.has_vector:
            return Near((), int(self.all(COUNT)[0][0]), 0.0, 0.0)
        found = self.all(self._nearest, most=MOST_NEAR, keys=[Kind.FACT.value, Kind.LORE.value, Kind.SUMMARY.value])
        ((mean, deviation, count),) = self.all(USUAL, many=MANY, sampled=SAMPLED)
        near = tuple(NearOne(row[0], row[1], tuple(row[2] or ()), row[3]) for row in found)
        return Near(near, count, mean or 0.0, deviation or 0.0)

    def worded(self, stems: Sequence[str], every: int) -> tuple[list[str], list[int]]:
        """Those that have the words, the rarest first; how many have each word."""
        if not stems:
            return [], []
        words = [" | ".join(forms(stem)) for stem in stems]
        rows = self.all(FOUND, stems=words, every=every, sampled=SAMPLED_WORDS, common=COMMON, most=WORDED)
        counts = next(row[1] for row in rows if row[0] is None)
        return [str(row[0]) for row in rows if row[0] is not None], cast("list[int]", counts)

    def pinned(self) -> list[str]:
        return [str(row[0]) for row in self.all(PINNED_ONES, most=PINNED)]

    def dated(self, spans: Sequence[Span]) -> list[str]:
        found: list[str] = []
        for span in spans:
            if span.days <= MOST_DAYS:
                for begin, end in _instances(span):
                    found += [str(row[0]) for row in self.all(SAID_BETWEEN, begin=begin, end=end, most=DATED)]
        return found

    def derived(self, kinds: Sequence[str]) -> tuple[Derived, ...]:
        rows = self.all(DERIVED_ONES, kinds=list(kinds), most=400)
        return tuple(Derived(*row) for row in rows)

    def details(self, ids: Sequence[str]) -> list[Detail]:
        return [Detail(*row) for row in self.all(DETAILS, ids=as_array(ids))]

    def linked(self, details: Iterable[Detail]) -> list[Detail]:
        """What replaced one of these, and what one of these replaced."""
        ids = [one.memory_id for one in details]
        replaced = [one.replaces for one in details if one.replaces is not None]
        return [Detail(*row) for row in self.all(LINKED, ids=as_array(ids), replaced=as_array(replaced))]

    def most_similar(self, most: int, least: float, before: datetime) -> list[tuple[Detail, float]]:
        if not self.has_vector:
            return []
        rows = self.all(MOST_SIMILAR, most=most, before=before)
        return [(Detail(*row[:-1]), float(row[-1])) for row in rows if float(row[-1]) >= least]

    def with_all_words(self, text: str, most: int, before: datetime) -> list[tuple[Detail, float]]:
        rows = self.all(ALL_WORDS, text=text, most=most, before=before)
        return [(Detail(*row[:-1]), float(row[-1])) for row in rows]

    def rows(self, ids: Sequence[str], lifted: dict[str, float]) -> tuple[tuple[str, ...], Rows]:
        rows = self.all(ROWS, ids=as_array(ids))
        columns = list(zip(*rows, strict=True)) if rows else [()] * 11
        own, before, chats, _kinds, speakers, texts, times, pinned, vectors, lengths, cosines = columns
        places = {memory_id: at for at, memory_id in enumerate(own)}
        previous = np.array([places.get(one, -1) for one in before], np.intp)
        following = np.full(len(own), -1, np.intp)
        after = np.flatnonzero(previous >= 0)
        following[previous[after]] = after
        seconds = np.array(times, np.float64)
        return tuple(own), Rows(
            texts=texts,
            vectors=vectors,
            lengths=lengths,
            cosines=np.array([np.nan if one is None else one for one in cosines], np.float64),
            times=seconds,
            days=[int(one // 86_400) + EPOCH for one in times],
            chats=chats,
            speakers=speakers,
            pinned=np.array(pinned, bool),
            lifted=np.array([lifted.get(one, 0.0) for one in own], np.float64),
            previous=previous,
            following=following,
        )


EPOCH = date(1970, 1, 1).toordinal()
YEARS_BACK = 3


def _instances(span: Span) -> list[tuple[datetime, datetime]]:
    """From the first moment to after the last one; of the last few years, if none was said."""
    found = []
    for back in range(YEARS_BACK if span.yearly else 1):
        shift = timedelta(days=round(365.2425 * back))
        begin, end = span.first - shift, span.last - shift + timedelta(days=1)
        found.append((_midnight(begin), _midnight(end)))
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
