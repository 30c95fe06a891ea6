"""Words as PostgreSQL stems them, and BM25 over some rows of a much larger whole. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from memory.recalling.forms import forms

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

# How fast saying a word again stops to count, and how much length does: chat messages are short and much alike.
K1, B = 0.9, 0.3
# A neighbour this long is a text of its own and no context.
SHORT = 30

STEM = re.compile(r"('(?:[^']|'')+'):(\d+)")


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each word of a question stands in each row: (rows, words); how long the rows are, in words; and which
    words that are side by side in the question are so in a row."""

    words: Floats
    lengths: Floats
    pairs: Floats


def stems(vector: str) -> list[str]:
    """The words of a tsvector in the order of the text, each once and quoted as a tsquery has them.

    Of several forms of one word the first.
    """
    found: dict[str, None] = {}
    for _at, stem in sorted((int(at), stem) for stem, at in STEM.findall(vector)):
        if found.keys().isdisjoint(forms(stem)):
            found[stem] = None
    return list(found)


def count(vectors: Sequence[str], lengths: Sequence[int], wanted: Sequence[str]) -> Counts:
    """`vectors` are tsvectors as text; `lengths` how many words they have. Each of `wanted` stands for all its
    forms."""
    words = np.zeros((len(vectors), len(wanted)), np.float64)
    pairs = np.zeros(len(vectors), np.float64)
    if wanted:
        column = {form: at for at, stem in enumerate(wanted) for form in forms(stem)}
        pattern = re.compile(rf"({'|'.join(map(re.escape, column))}):([0-9,]+)")
        for row, vector in enumerate(vectors):
            hits = pattern.findall(vector)
            if not hits:
                continue
            places: list[tuple[int, int]] = []
            for stem, at in hits:
                own = column[stem]
                found = [int(place) for place in at.split(",")]
                words[row, own] += len(found)
                places += [(place, own) for place in found]
            if len(hits) > 1:
                places.sort()
                pairs[row] = sum(
                    after - before == 1 and 0 < there - here <= 2
                    for (here, before), (there, after) in pairwise(places)
                )
    return Counts(words, np.asarray(lengths, np.float64), pairs)


def idf(found: Sequence[int], rows: int) -> Floats:
    """How much it says that a row has a word which `found` of so many have."""
    frequency = np.asarray(found, np.float64)
    whole = np.maximum(rows, frequency)
    return np.log1p((whole - frequency + 0.5) / (frequency + 0.5)).astype(np.float64)


def bm25(counts: Floats, lengths: Floats, weights: Floats) -> Floats:
    """A score for each row. The usual length is that of these rows."""
    usual = max(float(lengths.mean()), 1e-6) if len(lengths) else 1.0
    damping = (K1 * (1 - B + B * lengths / usual))[:, None]
    scores: Floats = (counts * (K1 + 1) / (counts + damping)) @ weights
    return scores


def windows(counts: Counts, previous: Places, following: Places) -> tuple[Floats, Floats]:
    """Counts and lengths of each row with its neighbours, itself twice. -1: it has none.

    A long neighbour is left out: what it says would drown what the row does.
    """
    words, lengths = 2 * counts.words, 2 * counts.lengths
    for neighbours in (previous, following):
        near = (neighbours >= 0) & (counts.lengths[neighbours] <= SHORT)
        words = words + np.where(near[:, None], counts.words[neighbours], 0)
        lengths = lengths + np.where(near, counts.lengths[neighbours], 0)
    return words, lengths
