"""Scores of tokens that were said lately, made lower; only those, however large the vocabulary is.

llama.cpp's own sampler looks up every token of the vocabulary: 0.1 ms of 32,000 for each reply and step.
"""

from collections import Counter, deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from inference.text.sampling import SamplingParams


class Penalties:
    """The formula is that of llama.cpp's `llama_sampler_init_penalties`, over the last `penalty_tokens` tokens."""

    def __init__(self, params: SamplingParams, prompt: Iterable[int]) -> None:
        self._params = params
        self._recent: deque[int] = deque(maxlen=params.penalty_tokens)
        self._counts: Counter[int] = Counter()
        self._used = params.penalty_tokens > 0 and (
            params.repetition_penalty != 1.0 or params.frequency_penalty != 0.0 or params.presence_penalty != 0.0
        )
        for token in prompt if self._used else ():
            self.told(token)

    def told(self, token: int) -> None:
        if not self._used:
            return
        if len(self._recent) == self._recent.maxlen:
            oldest = self._recent[0]
            self._counts[oldest] -= 1
            if not self._counts[oldest]:
                del self._counts[oldest]
        self._recent.append(token)
        self._counts[token] += 1

    def apply(self, scores: NDArray[np.float32]) -> None:
        """In place, to the scores of the whole vocabulary: (tokens,)."""
        if not self._counts:
            return
        tokens = np.fromiter(self._counts.keys(), np.int64, len(self._counts))
        counts = np.fromiter(self._counts.values(), np.float32, len(self._counts))
        params, lately = self._params, scores[tokens]
        lately = np.where(lately > 0, lately / params.repetition_penalty, lately * params.repetition_penalty)
        scores[tokens] = lately - counts * params.frequency_penalty - params.presence_penalty
