"""Every way of choosing the next token, on a real model; nonsense is refused before it reaches one."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.errors import BadRequest, EngineFailed
from inference.text.adapters.llama_cpp import LlamaCppBackend
from inference.text.engine import Delta, Engine, Finish, FinishReason, Generation
from inference.text.prompt import Prompt, Role, Segment, Turn
from inference.text.sampling import LONGEST_GRAMMAR, SamplingParams
from inference.text.settings import TextSettings
from inference.text.tests.random_model import write_model

PLAIN = SamplingParams(temperature=1.0, top_p=1.0, max_tokens=40, seed=3)
SCHEMA = {"type": "object", "properties": {"mood": {"enum": ["calm", "sad"]}}, "required": ["mood"]}


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> LlamaCppBackend:
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    write_model(path)
    return LlamaCppBackend(TextSettings("", str(path), slots=2, threads=1))


@pytest.fixture(scope="module")
def engine(backend: LlamaCppBackend) -> Iterator[Engine]:
    engine = Engine(backend)
    yield engine
    engine.close()


def say(engine: Engine, params: SamplingParams) -> tuple[str, Finish]:
    *deltas, finish = engine.generate(Generation(Prompt((Turn(Role.USER, "Hello"),)), params))
    assert isinstance(finish, Finish)
    return "".join(delta.text for delta in deltas if isinstance(delta, Delta)), finish


def test_a_seed_gives_the_same_reply_and_another_seed_another(engine: Engine) -> None:
    assert say(engine, PLAIN)[0] == say(engine, PLAIN)[0] != say(engine, replace(PLAIN, seed=4))[0]


def test_without_a_seed_replies_differ(engine: Engine) -> None:
    assert len({say(engine, replace(PLAIN, seed=None))[0] for _ in range(4)}) > 1


@pytest.mark.parametrize("narrow", [{"top_k": 1}, {"top_p": 0.0}, {"min_p": 1.0}, {"temperature": 0.0}])
def test_the_narrowest_choice_is_the_best_token(engine: Engine, narrow: dict[str, float]) -> None:
    greedy = say(engine, replace(PLAIN, temperature=0.0))[0]
    assert say(engine, replace(PLAIN, **narrow))[0] == greedy  # type: ignore[arg-type]


def test_a_bias_forces_a_token_and_forbids_one(engine: Engine, backend: LlamaCppBackend) -> None:
    (wanted,) = backend.encode([Segment("e")])
    text, _ = say(engine, replace(PLAIN, logit_bias=((wanted, 1000.0),), max_tokens=5))
    assert text == "eeeee"
    greedy = replace(PLAIN, temperature=0.0)
    first = backend.encode([Segment(say(engine, replace(greedy, max_tokens=1))[0])])
    forbidden = replace(greedy, logit_bias=tuple((token, -math.inf) for token in first))
    assert say(engine, forbidden)[0] != say(engine, greedy)[0]


@pytest.mark.parametrize(
    "penalty", [{"repetition_penalty": 3.0}, {"presence_penalty": 2.0}, {"frequency_penalty": 2.0}]
)
def test_a_penalty_moves_it_away_from_what_it_says(
    engine: Engine, backend: LlamaCppBackend, penalty: dict[str, float]
) -> None:
    few = tuple((token, 1000.0) for token in backend.encode([Segment(letter) for letter in ascii_lowercase]))
    stuck = replace(PLAIN, logit_bias=few, temperature=3.0)
    freed = replace(stuck, **penalty)  # type: ignore[arg-type]
    assert set(say(engine, freed)[0]) <= set(ascii_lowercase)
    assert say(engine, freed)[0] != say(engine, stuck)[0]


def test_a_grammar_leaves_nothing_else_to_say(engine: Engine) -> None:
    text, finish = say(engine, replace(PLAIN, grammar='root ::= ("yes" | "no") " " [a-c]'))
    assert text in {f"{word} {letter}" for word in ("yes", "no") for letter in "abc"}
    assert finish.reason == FinishReason.END


def test_a_json_schema_makes_json_of_it(engine: Engine) -> None:
    text, _ = say(engine, replace(PLAIN, json_schema=json.dumps(SCHEMA), max_tokens=60))
    assert json.loads(text)["mood"] in {"calm", "sad"}


def test_a_stop_string_is_not_shown(engine: Engine) -> None:
    whole, _ = say(engine, PLAIN)
    stop = whole[len(whole) // 2 :][:3]
    text, finish = say(engine, replace(PLAIN, stop=(stop,)))
    assert (text, finish.reason) == (whole[: whole.index(stop)], FinishReason.STOP)


@pytest.mark.parametrize("broken", [{"grammar": "root ::= ("}, {"grammar": "nonsense"}, {"json_schema": "{"}])
def test_a_grammar_that_is_none_fails_alone(engine: Engine, broken: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        say(engine, replace(PLAIN, **broken))  # type: ignore[arg-type]
    assert say(engine, PLAIN)[1].reason == FinishReason.LENGTH


@pytest.mark.parametrize(
    "nonsense",
    [
        {"temperature": math.nan},
        {"temperature": -0.1},
        {"top_p": 1.1},
        {"top_k": -1},
        {"min_p": math.inf},
        {"repetition_penalty": 0.0},
        {"presence_penalty": 9.0},
        {"max_tokens": 0},
        {"logit_bias": ((1, math.nan),)},
        {"grammar": "x" * (LONGEST_GRAMMAR + 1)},
        {"grammar": "root ::= [a]", "json_schema": "{}"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_with_a_sentence(nonsense: dict[str, object]) -> None:
    with pytest.raises(BadRequest) as refused:
        SamplingParams(**nonsense)  # type: ignore[arg-type]
    assert str(refused.value)


def test_scores_that_are_no_numbers_end_one_reply_and_no_other(
    engine: Engine, backend: LlamaCppBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(at: int) -> NDArray[np.float32]:
        return np.full(8, np.nan, np.float32)

    before = say(engine, PLAIN)[0]
    with monkeypatch.context() as broken:
        broken.setattr(backend, "_scores", poisoned)
        with pytest.raises(EngineFailed, match="not numbers"):
            say(engine, PLAIN)
    assert say(engine, PLAIN)[0] == before


@pytest.mark.parametrize(("said", "expected"), [(None, 0.7), (0.25, 0.25), (-3.0, 0.7)])
def test_what_the_file_recommends_is_the_default_if_it_makes_sense(
    tmp_path: Path, said: float | None, expected: float
) -> None:
    write_model(tmp_path / "tiny.gguf", temperature=said)
    backend = LlamaCppBackend(TextSettings("", str(tmp_path / "tiny.gguf"), slots=1, threads=1))
    assert backend.recommended.temperature == expected
    backend.close()
