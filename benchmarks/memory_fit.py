"""The weights of recall, from questions whose answers are known: a softmax regression by Newton's method.

`python -m benchmarks.memory DATA --fit` prints what belongs into memory/recalling/weights.py.
"""

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from memory.recalling.scoring import FEATURES
from memory.recalling.weights import FITTED, Fitted, Weights

Floats = NDArray[np.float64]

# What no data of ours has is set by hand.
BY_HAND = ("pinned", "extreme")
PENALTY = 1e-3
ROUNDS = 40
CLOSE = 1e-9


class Example:
    """Features of all that might answer a question, and the places of what does."""

    __slots__ = ("features", "gold")

    def __init__(self, features: Floats, gold: Sequence[int]) -> None:
        self.features = features
        self.gold = np.asarray(gold, np.intp)


def fit(examples: Sequence[Example]) -> Fitted:
    columns = [at for at, name in enumerate(FEATURES) if name not in BY_HAND]
    usable = [one for one in examples if len(one.gold)]
    fitted = _softmax([one.features[:, columns] for one in usable], [one.gold for one in usable])
    found = dict(zip([FEATURES[at] for at in columns], fitted.tolist(), strict=True))
    weights = replace(FITTED.question, **{name: round(value, 3) for name, value in found.items()})
    middle, slope = _likelihood(usable, weights)
    return replace(FITTED, question=weights, middle=round(middle, 2), slope=round(slope, 3))


def _softmax(features: Sequence[Floats], gold: Sequence[NDArray[np.intp]]) -> Floats:
    """The weights that make the right rows likely among all, on the average over questions, and small ones at that."""
    rows = np.concatenate(features)
    begins = np.cumsum([0, *(len(one) for one in features)])[:-1]
    of = np.repeat(np.arange(len(features)), [len(one) for one in features])
    wanted = np.zeros(len(rows))
    for begin, places in zip(begins, gold, strict=True):
        wanted[begin + places] = 1 / len(places)
    count = len(features)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = rows @ weights
        highest = np.maximum.reduceat(scores, begins)
        raised = np.exp(scores - highest[of])
        sums = np.add.reduceat(raised, begins)
        value = (np.log(sums).sum() + highest.sum() - (wanted * scores).sum()) / count
        return float(value + PENALTY * weights @ weights), raised / sums[of]

    weights = np.zeros(rows.shape[1])
    value, shares = loss(weights)
    for _round in range(ROUNDS):
        gradient = rows.T @ (shares - wanted) / count + 2 * PENALTY * weights
        weighted = rows * shares[:, None]
        means = np.add.reduceat(weighted, begins)
        hessian = (weighted.T @ rows - means.T @ means) / count + 2 * PENALTY * np.eye(len(weights))
        step, length = np.linalg.solve(hessian, gradient), 1.0
        while (after := loss(weights - length * step))[0] > value and length > 1e-6:
            length /= 2
        weights = weights - length * step
        gained, (value, shares) = value - after[0], after
        if gained < CLOSE:
            break
    return weights


def _likelihood(examples: Sequence[Example], weights: Weights) -> tuple[float, float]:
    """Of the best ten for each question: the score at which half are right, and how fast that changes."""
    scores, right = [], []
    for one in examples:
        found = one.features @ weights.vector()
        best = np.argsort(-found)[:10]
        scores.append(found[best])
        right.append(np.isin(best, one.gold))
    values, labels = np.concatenate(scores), np.concatenate(right).astype(np.float64)
    design = np.stack([values, np.ones(len(values))], axis=1)
    line = np.zeros(2)
    for _round in range(ROUNDS):
        likely = 1 / (1 + np.exp(-design @ line))
        hessian = (design * (likely * (1 - likely))[:, None]).T @ design + 1e-6 * np.eye(2)
        line = line + np.linalg.solve(hessian, design.T @ (labels - likely))
    return float(-line[1] / line[0]), float(line[0])


def text(fitted: Fitted) -> str:
    """As it stands in memory/recalling/weights.py."""
    pairs = [f"{field.name}={getattr(fitted.question, field.name):g}" for field in fields(Weights)]
    return f"QUESTION = Weights({', '.join(pairs)})\nmiddle={fitted.middle:g}, slope={fitted.slope:g}"
