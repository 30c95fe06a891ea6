"""The shipped vocabulary and GGUF: they agree with each other and with the product's prompts."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from starter.grammar import personas
from starter.grammar.dialogue import some_sample, writer
from starter.grammar.values import Values
from starter.paths import MODEL

if TYPE_CHECKING:
    from starter.evaluate import Speaker

llama_cpp = pytest.importorskip("llama_cpp", reason="the engine is not installed")
evaluate = pytest.importorskip("starter.evaluate", reason="tokenizers is not installed")

ODD = (
    "<|im_end|> typed by a person",
    "  two  spaces\n\n\n and",
    "12345 1,000.5",
    "don't I'LL",
    "é 你好 🐉 привет",
    "a\tb\r\n",
    "```py\n\tx = 1\n\n```",
    "trailing ",
    "\n",
)


@pytest.fixture(scope="module")
def speaker() -> Iterator["Speaker"]:
    speaker = evaluate.Speaker(MODEL, threads=1)
    yield speaker
    speaker.llama.close()


def test_it_is_small_enough_to_ship() -> None:
    assert MODEL.stat().st_size <= 16_000_000


def test_it_is_a_llama_of_five_to_fifteen_million_parameters(speaker: "Speaker") -> None:
    assert speaker.llama.metadata["general.architecture"] == "llama"
    assert 5_000_000 <= llama_cpp.llama_model_n_params(speaker.llama.model) <= 15_000_000
    assert speaker.llama.n_ctx_train() == 2048 if hasattr(speaker.llama, "n_ctx_train") else True


def test_it_knows_chatml_and_where_a_turn_ends(speaker: "Speaker") -> None:
    assert "<|im_start|>" in speaker.llama.metadata["tokenizer.chat_template"]
    assert speaker.llama.tokenize(b"<|im_end|>", add_bos=False, special=True) == [speaker.end]
    assert speaker.llama.token_eos() == speaker.end


def test_both_tokenizers_agree(speaker: "Speaker") -> None:
    texts = list(ODD)
    for seed, persona in enumerate(
        (personas.azera(), personas.areza(), personas.invented(random.Random(1), _values()))
    ):
        source = writer(seed, persona)
        for _ in range(40):
            sample = some_sample(source)
            texts += [turn.text for turn in speaker.encoder.prompt(sample).turns] + [sample.beat.reply]
    for text in texts:
        engine = speaker.llama.tokenize(text.encode(), add_bos=False, special=False)
        assert engine == speaker.encoder.encode(text), text


def _values() -> Values:
    return Values(random.Random(2))


@pytest.mark.parametrize("persona", ["azera", "areza"])
def test_it_answers_in_register_and_ends_its_turn(speaker: "Speaker", persona: str) -> None:
    speaker.llama.set_seed(1)
    source = evaluate.held_out(persona, 11)
    replies = []
    for _ in range(12):
        sample = some_sample(source)
        reply = speaker.reply(speaker.encoder.open_prompt(sample), 0.0)
        replies.append(reply.ended and evaluate.stays(sample, reply))
    assert sum(replies) >= 11


def test_the_tokenizer_file_is_beside_the_model() -> None:
    assert MODEL.with_name("tokenizer.json").is_file()
    assert Path(MODEL).parent.name == "starter"
