"""Language models made for one run: random weights, and a vocabulary learned from four lines."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from gguf.quants import quantize
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
LINES = (
    "The lamp is lit, and somebody is writing.",
    "Good evening. What shall we talk about?",
    "system user assistant: the quick brown fox jumps over the lazy dog.",
    "One small model, two layers, no sense at all.",
)
LEARNED_TOKENS = 320

Weights = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A llama: `vocabulary` beyond what is learned is filled with words that no text is made of."""

    width: int
    heads: int
    kv_heads: int
    layers: int
    inner: int
    context: int
    vocabulary: int = LEARNED_TOKENS
    quantised: bool = False

    @property
    def kv_width(self) -> int:
        return self.width // self.heads * self.kv_heads


TINY = Shape(width=64, heads=4, kv_heads=4, layers=2, inner=128, context=256)


def write_model(path: Path, shape: Shape = TINY, template: str = "", temperature: float | None = None) -> None:
    """A GGUF that speaks ChatML, and never ends a reply by itself when it is greedy."""
    vocabulary, merges = _vocabulary()
    control = [vocabulary.index(token) for token in CONTROL]
    vocabulary += [f"\u0120{number}" for number in range(shape.vocabulary - len(vocabulary))]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_vocab_size(len(vocabulary))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(vocabulary)
    writer.add_token_types(
        [gguf.TokenType.CONTROL if token in CONTROL else gguf.TokenType.NORMAL for token in vocabulary]
    )
    writer.add_token_merges(merges)
    writer.add_bos_token_id(control[0])
    writer.add_eos_token_id(control[0])
    writer.add_eot_token_id(control[2])
    writer.add_add_bos_token(False)
    if temperature is not None:
        writer.add_sampling_temp(temperature)
    if template:
        writer.add_chat_template(template)
    for name, weights in _weights(shape, len(vocabulary), control):
        if shape.quantised and weights.ndim == 2:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, quantize(weights, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary() -> tuple[list[str], list[str]]:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=LEARNED_TOKENS,
        special_tokens=list(CONTROL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(LINES, trainer)
    learned = json.loads(tokenizer.to_str())["model"]
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in learned["merges"]]
    return sorted(learned["vocab"], key=learned["vocab"].__getitem__), merges


def _weights(shape: Shape, tokens: int, never: list[int]) -> Iterator[tuple[str, Weights]]:
    chance = np.random.default_rng(7)

    def noise(*size: int) -> Weights:
        return chance.standard_normal(size, dtype=np.float32) / np.float32(np.sqrt(size[-1]))

    ones = np.ones(shape.width, np.float32)
    yield "token_embd.weight", noise(tokens, shape.width)
    yield "output_norm.weight", ones
    for layer in range(shape.layers):
        yield f"blk.{layer}.attn_norm.weight", ones
        yield f"blk.{layer}.ffn_norm.weight", ones
        yield f"blk.{layer}.attn_q.weight", noise(shape.width, shape.width)
        yield f"blk.{layer}.attn_k.weight", noise(shape.kv_width, shape.width)
        yield f"blk.{layer}.attn_v.weight", noise(shape.kv_width, shape.width)
        yield f"blk.{layer}.attn_output.weight", noise(shape.width, shape.width)
        yield f"blk.{layer}.ffn_gate.weight", noise(shape.inner, shape.width)
        yield f"blk.{layer}.ffn_up.weight", noise(shape.inner, shape.width)
        yield f"blk.{layer}.ffn_down.weight", noise(shape.width, shape.inner)
    # Far apart, so that the best token is the best in every batch; a zero is never the best of so many.
    output = noise(tokens, shape.width) * 8
    output[never] = 0
    yield "output.weight", output
