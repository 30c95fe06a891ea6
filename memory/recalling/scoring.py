"""How well each of some memories answers a question: a few features of each, and one weight for each feature.

A feature is of the row itself (its words, its meaning, who said it and when) or of what stands around it, since in a
chat the words of a question are often in the turn before its answer. The weights are fitted by
benchmarks/memory_fit.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from memory.recalling import lexical
from memory.recalling.lexical import Floats, Places
from memory.recalling.question import Question
from memory.recalling.times import SAID_WHEN, Span
from memory.recalling.weights import Weights

WORD = re.compile(r"\w+")
NUMBERS = frozenset("one two three four five six seven eight nine ten once twice".split())
# Not at the beginning of a sentence, where everything has a capital letter.
NAMES = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")
FIRST_PERSON = frozenset("i my we our me".split())
# A sitting ends when nothing is said for so long.
SITTING_SECONDS = 2 * 3600.0
# What is said within so long of something else has to do with it.
MOMENT_SECONDS = 180.0
# Where both are named, the first is who did it, most often.
LESS_SURE = 0.6
# Outside a time that was named, a memory counts less and less: within so many days a third. What happened on a day is
# told within the week; what happened in a month or a year may be told a month later.
FADING_DAYS, FADING_DAYS_LONG = 7.0, 20.0
LONG_DAYS = 20
# The best so many of a sitting tell what it was about.
BEST = 3
FEATURES = tuple(field.name for field in fields(Weights))


@dataclass(frozen=True, slots=True)
class Rows:
    """Memories that may answer, one beside the other. `vectors` are tsvectors as text, `lengths` how many words they
    have, `cosines` how near their meaning is (NaN: not embedded), `times` when they were said, in seconds. `previous`
    and `following` are the places of neighbours among these rows; -1: none."""

    texts: Sequence[str]
    vectors: Sequence[str]
    lengths: Sequence[int]
    cosines: Floats
    times: NDArray[np.float64]
    days: Sequence[int]
    chats: Sequence[str | None]
    speakers: Sequence[str]
    pinned: NDArray[np.bool_]
    lifted: Floats
    previous: Places
    following: Places


@dataclass(frozen=True, slots=True)
class Whole:
    """All memories of which the rows are some: how many, how near their meaning is on the whole, and in how many of
    them each word of the question is."""

    count: int
    mean: float
    deviation: float
    found: Sequence[int]


def features(question: Question, stems: Sequence[str], rows: Rows, whole: Whole) -> Floats:
    """(rows, features), in the order of `FEATURES`."""
    counts = lexical.count(rows.vectors, rows.lengths, stems)
    idf = lexical.idf(whole.found, whole.count)
    own = lexical.bm25(counts.words, counts.lengths, idf) / (idf.sum() * (lexical.K1 + 1) + 1e-6)
    near_words, near_lengths = lexical.windows(counts, rows.previous, rows.following)
    around = lexical.bm25(near_words, near_lengths, idf)
    nearness = np.where(np.isnan(rows.cosines), whole.mean, rows.cosines)
    dense = (nearness - whole.mean) / (whole.deviation + 1e-6) / 3
    both = _stretched(own) + _stretched(dense)
    groups = sittings(rows)
    # Long messages are about something each by itself; what stands around them says less of them.
    shortness = min(1.0, lexical.SHORT / max(float(counts.lengths.mean()), 1.0)) if len(counts.lengths) else 1.0
    asking = np.array([text.rstrip().endswith("?") for text in rows.texts], np.float64)
    words = [WORD.findall(text.lower()) for text in rows.texts]
    times = np.array([min(sum(map(SAID_WHEN.__contains__, said)), 3) / 3 for said in words], np.float64)
    columns: dict[str, Floats | float] = {
        "speaker": _speakers(question, rows),
        "window": around / (around.max(initial=0.0) + 1e-6),
        "own": own,
        "date": dates(question.spans, rows.days),
        "time_asked": times * question.when,
        "time_other": times * (not question.when),
        "topic": _topics(both, groups) * shortness,
        "asks": asking,
        "answers": _shifted(own * asking, rows.previous),
        "pairs": np.minimum(counts.pairs, 2),
        "first_person": _has(FIRST_PERSON, words),
        "number": _has(NUMBERS, words, bare_numbers=True) * question.number,
        "dense": dense,
        "dense_high": np.maximum(dense, 0) ** 2,
        "dense_before": _shifted(dense, rows.previous) * shortness,
        "dense_answers": _shifted(np.maximum(dense, 0) * asking, rows.previous),
        "coverage": (near_words > 0) @ idf / (idf.sum() + 1e-6),
        "moment": _moments(both, rows, groups) * shortness,
        "name": _cue(NAMES, rows.texts) if question.name else 0.0,
        "pinned": rows.pinned.astype(np.float64),
        "key": rows.lifted,
        "extreme": _extremes(question, around, rows),
    }
    return np.stack([np.broadcast_to(columns[name], len(rows.texts)) for name in FEATURES], axis=1).astype(np.float64)


def dates(named: Sequence[Span], days: Sequence[int]) -> Floats:
    """1 within one of the times that were named, less and less outside; `days` are ordinals (`date.toordinal`)."""
    found = np.zeros(len(days), np.float64)
    if not named:
        return found
    ordinals = np.asarray(days)
    for span in named:
        fading = FADING_DAYS_LONG if span.days > LONG_DAYS else FADING_DAYS
        away = np.full(len(days), np.inf)
        for first, last in span.instances(ordinals):
            away = np.minimum(away, np.maximum(np.maximum(first - ordinals, ordinals - last), 0))
        # A whole year says little of what is meant.
        found = np.maximum(found, np.exp(-away / fading) * (0.3 if span.days > 300 else 1.0))
    return found.astype(np.float64)


def _speakers(question: Question, rows: Rows) -> Floats:
    if question.speaker is None:
        return np.zeros(len(rows.texts), np.float64)
    said = np.array([speaker == question.speaker for speaker in rows.speakers], np.float64)
    return said * (1.0 if question.speaker_is_sure else LESS_SURE)


def _has(wanted: frozenset[str], words: Sequence[Sequence[str]], *, bare_numbers: bool = False) -> Floats:
    found = [not wanted.isdisjoint(said) or (bare_numbers and any(map(str.isdigit, said))) for said in words]
    return np.array(found, np.float64)


def _cue(pattern: re.Pattern[str], texts: Sequence[str]) -> Floats:
    return np.array([pattern.search(text) is not None for text in texts], np.float64)


def _shifted(values: Floats, places: Places) -> Floats:
    return np.where(places >= 0, values[places], 0).astype(np.float64)


def _stretched(values: Floats) -> Floats:
    """From 0 to 1."""
    if not len(values) or values.max() - values.min() < 1e-9:
        return np.zeros(len(values))
    stretched: Floats = (values - values.min()) / (values.max() - values.min())
    return stretched


def _topics(values: Floats, groups: Sequence[Places]) -> Floats:
    """How well the sitting of each row answers, by the best of its rows."""
    found = np.zeros(len(values), np.float64)
    for places in groups:
        best = np.sort(values[places])[-BEST:]
        found[places] = best.mean()
    return _stretched(found)


def _moments(values: Floats, rows: Rows, groups: Sequence[Places]) -> Floats:
    """How well the best of the others answers that were said shortly before or after."""
    found = np.zeros(len(values), np.float64)
    for places in groups:
        if len(places) > 1:
            apart = np.abs(rows.times[places][:, None] - rows.times[places][None, :])
            near = values[places][None, :] * np.exp(-apart / MOMENT_SECONDS)
            np.fill_diagonal(near, 0)
            found[places] = near.max(axis=1)
    return _stretched(found)


def sittings(rows: Rows) -> list[Places]:
    """The places of rows of one chat between which no long time passed; rows of no chat are each by themselves."""
    numbers = {chat: at for at, chat in enumerate(dict.fromkeys(rows.chats))}
    chats = np.array([-1 - at if chat is None else numbers[chat] for at, chat in enumerate(rows.chats)])
    if not len(chats):
        return []
    order = np.lexsort((rows.times, chats))
    breaks = (np.diff(chats[order]) != 0) | (np.diff(rows.times[order]) > SITTING_SECONDS)
    return np.split(order, np.flatnonzero(breaks) + 1)


def _extremes(question: Question, values: Floats, rows: Rows) -> Floats:
    """For the first or the last time: 1 for the first or last row of those that say what is asked, less for others."""
    found = np.zeros(len(values), np.float64)
    if question.first_time == question.last_time or not len(values):
        return found
    near = np.flatnonzero(values >= 0.6 * values.max())
    order = near[np.argsort(rows.times[near] * (1 if question.first_time else -1), kind="stable")]
    found[order] = 1 / (1 + np.arange(len(order)))
    return found
