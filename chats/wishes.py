"""What a program asks for beside the words: how its reply is chosen, and what its system messages say. Pure.

Kept with the reply, so that a worker knows it, and another attempt knows the same.
"""

from dataclasses import asdict, dataclass, fields, replace

from core.json import Json, JsonObject
from inference.text.sampling import SamplingParams

SAMPLING = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "repetition_penalty",
    "presence_penalty",
    "frequency_penalty",
    "stop",
    "seed",
    "logit_bias",
    "json_schema",
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """None: as the chat, the character and the operator have it. `instructions` is what system messages say before the
    conversation, `note` what they say in it."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] | None = None
    seed: int | None = None
    logit_bias: tuple[tuple[int, float], ...] | None = None
    json_schema: str | None = None
    instructions: str = ""
    note: str = ""

    def over(self, params: SamplingParams) -> SamplingParams:
        """These go before others; `max_tokens` only takes away. Raises `BadRequest` for what no model can do."""
        wanted = {name: value for name in SAMPLING if (value := getattr(self, name)) is not None}
        most = params.max_tokens if self.max_tokens is None else min(params.max_tokens, self.max_tokens)
        return replace(params, max_tokens=most, **wanted)


NONE = Wishes()


def to_json(wishes: Wishes) -> JsonObject:
    """Only what was wished for."""
    said: JsonObject = {}
    for name, value in asdict(wishes).items():
        if value is not None and value != "":
            said[name] = (
                [list(one) if isinstance(one, tuple) else one for one in value] if isinstance(value, tuple) else value
            )
    return said


def from_json(said: JsonObject | None) -> Wishes:
    """As `to_json` wrote it."""
    known = {one.name for one in fields(Wishes)}
    return Wishes(**{name: _read(value) for name, value in (said or {}).items() if name in known})  # type: ignore[arg-type]


def _read(value: Json) -> Json | tuple[object, ...]:
    if not isinstance(value, list):
        return value
    return tuple(tuple(one) if isinstance(one, list) else one for one in value)
