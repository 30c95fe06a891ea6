"""How the next token is chosen."""

import math
from dataclasses import dataclass

from inference.errors import BadRequest

LONGEST_GRAMMAR = 32_768
MOST_BIASES = 1024


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """`seed` None: a different reply each time. `top_k` 0, `min_p` 0.0, `repetition_penalty` 1.0 and the other
    penalties 0.0: not used; penalties look at the last `penalty_tokens`, of the prompt as well as the reply.

    `logit_bias` pairs tokens with what is added to their scores. `grammar` is GBNF and `json_schema` a JSON schema,
    of which one may be given: the reply can then be nothing else. Raises `BadRequest`.
    """

    temperature: float = 0.7
    top_p: float = 0.9
    top_k: int = 0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    penalty_tokens: int = 64
    max_tokens: int = 512
    stop: tuple[str, ...] = ()
    seed: int | None = None
    logit_bias: tuple[tuple[int, float], ...] = ()
    grammar: str = ""
    json_schema: str = ""

    def __post_init__(self) -> None:
        for name, least, most in RANGES:
            value = getattr(self, name)
            # A NaN is in no range.
            if not least <= value <= most:
                raise BadRequest(f"{name} is {value}; it must be between {least:g} and {most:g}")
        if self.grammar and self.json_schema:
            raise BadRequest("a grammar and a JSON schema exclude each other")
        if max(len(self.grammar), len(self.json_schema)) > LONGEST_GRAMMAR:
            raise BadRequest(f"a grammar may have {LONGEST_GRAMMAR} characters")
        if len(self.logit_bias) > MOST_BIASES or any(math.isnan(bias) for _, bias in self.logit_bias):
            raise BadRequest(f"logit_bias takes up to {MOST_BIASES} tokens, each with a number")


RANGES = (
    ("temperature", 0.0, 5.0),
    ("top_p", 0.0, 1.0),
    ("top_k", 0, 1_000_000),
    ("min_p", 0.0, 1.0),
    ("repetition_penalty", 0.1, 3.0),
    ("presence_penalty", -2.0, 2.0),
    ("frequency_penalty", -2.0, 2.0),
    ("penalty_tokens", 0, 4096),
    ("max_tokens", 1, 1_000_000),
)
