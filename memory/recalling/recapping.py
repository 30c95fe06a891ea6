"""The one text that was made of memories (a summary, a dream, a journal entry) and may stand beside them."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import numpy as np

from memory.models import Kind
from memory.recalling import packing
from memory.recalling.candidates import Derived, Search
from memory.recalling.query import Query, Reason, Recollection
from memory.recalling.question import Question
from memory.recalling.times import Span

# It takes so much of the budget, and no more.
SHARE = 0.15
RECENT = re.compile(
    r"\b(?:recent(?:ly)?|last|latest|lately|newest|today|these days|this (?:week|morning|month))\b", re.I
)
LABELS = {Kind.SUMMARY: "Summary", Kind.DREAM: "Dream", Kind.JOURNAL: "Journal"}


def choose(query: Query, asked: Question, derived: tuple[Derived, ...], search: Search) -> Recollection | None:
    """Only where a whole is asked for, or dreams or entries by name; a fact is never answered by what was made up.

    Of the time that is named, if one is; the newest, if lately is asked for, or nothing in particular; else what is
    nearest.
    """
    fitting = [one for one in derived if one.kind in asked.kinds and _is_of(one, asked.spans)]
    if not fitting:
        return None
    if RECENT.search(query.text) or asked.overview:
        best = fitting[0]
    else:
        best = max(fitting, key=lambda one: one.cosine if one.cosine is not None else -1.0)
    detail = search.details([best.memory_id])[0]
    label = LABELS[Kind(detail.kind)]
    heading = query.count(f"{packing.heading(detail.said_at.date())} {label}: \n")
    text = packing.beginning(detail.text, int(query.budget * SHARE) - heading, query.count)
    if not text:
        return None
    line = f"{label}: {text}"
    return Recollection(
        memory_id=UUID(detail.memory_id),
        source_id=None,
        kind=detail.kind,
        line=line,
        said_at=detail.said_at,
        emotion=detail.emotion,
        score=max(0.0, min(1.0, best.cosine or 0.0)),
        reasons=(Reason.RECAP,),
        tokens=query.count(f"{packing.heading(detail.said_at.date())} {line}\n"),
    )


def _is_of(one: Derived, spans: Sequence[Span]) -> bool:
    """Whether it was made then, or on the day after: that is when dreams and summaries of a day are."""
    day = one.said_at.date()
    if not spans:
        return True
    return any(
        date.fromordinal(first) <= day <= date.fromordinal(last) + timedelta(days=1)
        for span in spans
        for first, last in span.instances(np.array([day.toordinal()]))
    )
