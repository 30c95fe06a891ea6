"""The same scores as the library's own sampler gives, which looks at every token of the vocabulary."""

import llama_cpp as llama
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inference.text.penalties import Penalties
from inference.text.sampling import SamplingParams

VOCABULARY = 40

tokens = st.integers(0, VOCABULARY - 1)


def of_the_library(params: SamplingParams, heard: list[int], scores: list[float]) -> list[float]:
    sampler = llama.llama_sampler_init_penalties(
        VOCABULARY,
        params.penalty_tokens,
        params.repetition_penalty,
        params.frequency_penalty,
        params.presence_penalty,
    )
    for token in heard:
        llama.llama_sampler_accept(sampler, token)
    candidates = (llama.llama_token_data * VOCABULARY)(
        *(llama.llama_token_data(token, scores[token], 0.0) for token in range(VOCABULARY))
    )
    array = llama.llama_token_data_array(data=candidates, size=VOCABULARY, selected=-1, sorted=False)
    llama.llama_sampler_apply(sampler, array)
    llama.llama_sampler_free(sampler)
    return [candidates[token].logit for token in range(VOCABULARY)]


@given(
    prompt=st.lists(tokens, max_size=30),
    told=st.lists(tokens, max_size=30),
    scores=st.lists(st.floats(-30, 30, width=32), min_size=VOCABULARY, max_size=VOCABULARY),
    window=st.integers(0, 25),
    repetition=st.sampled_from([1.0, 1.1, 0.5]),
    frequency=st.sampled_from([0.0, 0.7, -1.0]),
    presence=st.sampled_from([0.0, 0.3]),
)
def test_they_are_those_of_the_library(
    prompt: list[int],
    told: list[int],
    scores: list[float],
    window: int,
    repetition: float,
    frequency: float,
    presence: float,
) -> None:
    params = SamplingParams(
        repetition_penalty=repetition,
        frequency_penalty=frequency,
        presence_penalty=presence,
        penalty_tokens=window,
    )
    ours, penalties = np.array(scores, np.float32), Penalties(params, prompt)
    for token in told:
        penalties.told(token)
    penalties.apply(ours)
    np.testing.assert_allclose(ours, of_the_library(params, prompt + told, scores), rtol=1e-5, atol=1e-5)
