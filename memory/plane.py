"""From meanings to a map: where each memory lies, which lie together, and what those are about. Pure.

A principal component analysis is used because it is quick, needs no library of its own, and gives the same picture of
the same memories every time. Each new picture is then turned, flipped and moved onto the one before it, so that what
somebody found in one corner yesterday is there today.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

MARGIN = 0.06  # of the map, which stays empty at its edges
FEW = 3  # that many places must be known from before, or the map has no direction to keep
POINTS_A_CLUSTER = 12
MOST_CLUSTERS = 6
ROUNDS = 30
LABEL_WORDS = 3
WORD = re.compile(r"[^\W\d_]{3,}")
# What every text is full of says nothing of what it is about.
COMMON = frozenset(
    "about after again all also always and any are because been before being but can cannot could did does doing done "
    "down each even every for from get gets getting goes going gone got had has have having her here hers him his how "
    "into its itself just know let like look made make many maybe may more most much must never not now off once one "
    "only other our out over own perhaps put really said same say says see she should since some something still such "
    "take tell than that the their them then there these they thing things think this those though through too two "
    "under until upon very want was way well were what when where which while who whom why will with without would "
    "yes yet you your yours yourself don didn doesn isn wasn won wouldn couldn ain aren hasn haven".split()
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """`members` are places in the list that was given. `label` is empty where no word stands out."""

    x: float
    y: float
    spread: float
    label: str
    members: tuple[int, ...]


def lay_out(vectors: Floats, before: Floats) -> Floats:
    """A place for each row, within (0, 1). `before` has the old places, with NaN for what had none."""
    count = len(vectors)
    if count == 0:
        return np.zeros((0, 2))
    placed = _components(vectors)
    known = ~np.isnan(before).any(axis=1)
    if known.sum() >= FEW:
        return _within(_turned(placed, placed[known], before[known]))
    span = max(float(np.abs(placed).max()), 1e-9)
    spread: Floats = 0.5 + placed / span * (0.5 - MARGIN)
    return _within(spread)


def _components(vectors: Floats) -> Floats:
    """The first two principal components, spread alike. Their signs are fixed by their largest entries."""
    centred = vectors - vectors.mean(axis=0)
    left, sizes, right = np.linalg.svd(centred, full_matrices=False)
    rank = min(2, len(sizes))
    signs = np.sign(right[np.arange(rank), np.abs(right[:rank]).argmax(axis=1)])
    places = np.zeros((len(vectors), 2))
    # A long tail on one side would press all others into the middle: ranks and distances have half a say each.
    for axis in range(rank):
        if sizes[axis] < 1e-9:
            continue
        column = left[:, axis] * signs[axis]
        column = column / max(float(np.abs(column).max()), 1e-9)
        order = column.argsort(kind="stable").argsort(kind="stable") / max(1, len(column) - 1) * 2 - 1
        places[:, axis] = (column + order) / 2
    return places


def _turned(places: Floats, some: Floats, old: Floats) -> Floats:
    """All places, rotated, flipped, scaled and moved as lays `some` best upon `old` (orthogonal Procrustes)."""
    some_middle, old_middle = some.mean(axis=0), old.mean(axis=0)
    some_spread = float(np.linalg.norm(some - some_middle))
    if some_spread < 1e-9:
        moved: Floats = places + old_middle
        return moved
    left, sizes, right = np.linalg.svd((some - some_middle).T @ (old - old_middle))
    scale = float(sizes.sum()) / some_spread**2
    turned: Floats = (places - some_middle) @ (left @ right) * max(scale, 1e-3) + old_middle
    return turned


def _within(places: Floats) -> Floats:
    """The same picture, made smaller where it would leave the map."""
    low, high = places.min(axis=0), places.max(axis=0)
    starts, ends = np.maximum(low, MARGIN), np.minimum(high, 1 - MARGIN)
    for axis in range(2):
        span = high[axis] - low[axis]
        if span < 1e-9 or ends[axis] <= starts[axis]:
            places[:, axis] = np.clip(places[:, axis], MARGIN, 1 - MARGIN)
        else:
            places[:, axis] = starts[axis] + (places[:, axis] - low[axis]) / span * (ends[axis] - starts[axis])
    return places


def clusters(places: Floats, texts: Sequence[str]) -> list[Cluster]:
    """Which lie together, the largest first, each with its most telling words."""
    count = len(places)
    if count < FEW * 2:
        return []
    middles = _means(places, max(1, min(MOST_CLUSTERS, count // POINTS_A_CLUSTER)))
    nearest = np.linalg.norm(places[:, None] - middles[None], axis=2).argmin(axis=1)
    groups = [tuple(int(at) for at in np.flatnonzero(nearest == n)) for n in range(len(middles))]
    labels = _labels([[texts[at] for at in group] for group in groups])
    found = []
    for group, label in zip(groups, labels, strict=True):
        if len(group) < FEW:
            continue
        inside = places[list(group)]
        middle = inside.mean(axis=0)
        spread = float(np.linalg.norm(inside - middle, axis=1).mean())
        found.append(Cluster(float(middle[0]), float(middle[1]), spread, label, group))
    return sorted(found, key=lambda one: -len(one.members))


def _means(places: Floats, number: int) -> Floats:
    """K-means from the points farthest apart: no chance in it, so the same places give the same clusters."""
    middles = [places[np.linalg.norm(places - places.mean(axis=0), axis=1).argmin()]]
    while len(middles) < number:
        distances = np.min([np.linalg.norm(places - each, axis=1) for each in middles], axis=0)
        middles.append(places[distances.argmax()])
    centres = np.array(middles)
    for _ in range(ROUNDS):
        nearest = np.linalg.norm(places[:, None] - centres[None], axis=2).argmin(axis=1)
        moved = np.array(
            [places[nearest == n].mean(axis=0) if (nearest == n).any() else centres[n] for n in range(number)]
        )
        if np.allclose(moved, centres):
            break
        centres = moved
    return centres


def _labels(groups: Sequence[Sequence[str]]) -> list[str]:
    """For each group the words that are in many of its texts and in few of the others'."""
    counted = [_spread_of_words(texts) for texts in groups]
    everywhere: Counter[str] = Counter()
    for count in counted:
        everywhere.update(count)
    total = sum(len(texts) for texts in groups)
    labels = []
    for count, texts in zip(counted, groups, strict=True):
        least = 2 if len(texts) > FEW else 1
        scored = sorted(
            (
                (-number * math.log((1 + total) / (1 + everywhere[word] - number + len(texts) * 0.2)), word)
                for word, number in count.items()
                if number >= least
            ),
        )
        labels.append(", ".join(word for _score, word in scored[:LABEL_WORDS]))
    return labels


def _spread_of_words(texts: Sequence[str]) -> Counter[str]:
    """In how many of these texts each word is."""
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update({word for word in WORD.findall(text.lower()) if word not in COMMON})
    return counted
