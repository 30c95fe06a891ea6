"""A language model small enough to be made for one test run: random weights, a vocabulary learned from four lines."""

import json
from pathlib import Path

import gguf
import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

CONTEXT = 256
WIDTH, HEADS, LAYERS, INNER = 64, 4, 2, 128
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
LINES = (
    "The lamp is lit, and somebody is writing.",
    "Good evening. What shall we talk about?",
    "system user assistant: the quick brown fox jumps over the lazy dog.",
    "One small model, two layers, no sense at all.",
)


def write_tiny_model(path: Path) -> None:
    """A llama in GGUF that speaks ChatML, and never ends a reply by itself when it is greedy."""
    vocabulary, merges = _vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(vocabulary))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(vocabulary)
    writer.add_token_types(
        [gguf.TokenType.CONTROL if token in CONTROL else gguf.TokenType.NORMAL for token in vocabulary]
    )
    writer.add_token_merges(merges)
    writer.add_bos_token_id(vocabulary.index("<|endoftext|>"))
    writer.add_eos_token_id(vocabulary.index("<|endoftext|>"))
    writer.add_eot_token_id(vocabulary.index("<|im_end|>"))
    writer.add_add_bos_token(False)
    for name, weights in _weights(len(vocabulary), [vocabulary.index(token) for token in CONTROL]):
        writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary() -> tuple[list[str], list[str]]:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=list(CONTROL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(LINES, trainer)
    learned = json.loads(tokenizer.to_str())["model"]
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in learned["merges"]]
    return sorted(learned["vocab"], key=learned["vocab"].__getitem__), merges


def _weights(tokens: int, never: list[int]) -> "list[tuple[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]]":
    chance = np.random.default_rng(7)

    def noise(*shape: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
        return chance.standard_normal(shape, dtype=np.float32) / np.float32(np.sqrt(shape[-1]))

    ones = np.ones(WIDTH, np.float32)
    found = [("token_embd.weight", noise(tokens, WIDTH)), ("output_norm.weight", ones)]
    for layer in range(LAYERS):
        found += [
            (f"blk.{layer}.attn_norm.weight", ones),
            (f"blk.{layer}.ffn_norm.weight", ones),
            *((f"blk.{layer}.attn_{part}.weight", noise(WIDTH, WIDTH)) for part in ("q", "k", "v", "output")),
            (f"blk.{layer}.ffn_gate.weight", noise(INNER, WIDTH)),
            (f"blk.{layer}.ffn_up.weight", noise(INNER, WIDTH)),
            (f"blk.{layer}.ffn_down.weight", noise(WIDTH, INNER)),
        ]
    # Far apart, so that the best token is the best in every batch; a zero is never the best of so many.
    output = noise(tokens, WIDTH) * 8
    output[never] = 0
    return [*found, ("output.weight", output)]
