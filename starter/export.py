"""A checkpoint as a GGUF file: `python -m starter.export`.

Q8_0 matrices, F32 norms, the tokenizer and the chat template inside; the head is the embedding.
"""

import argparse
import json
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf.quants import quantize

from starter.model import Config
from starter.paths import CHECKPOINT, MODEL, TOKENIZER
from starter.tokenizer import SPECIAL

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
# Recommended in the file, and measured with: so small a model is less sure of the right word than it should be.
TEMPERATURE, TOP_P = 0.3, 0.9
LAYER_NAMES = {
    "attn_norm": "attn_norm",
    "q": "attn_q",
    "k": "attn_k",
    "v": "attn_v",
    "o": "attn_output",
    "ffn_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}


def tensor_name(name: str) -> str:
    """Our name of a weight as llama.cpp calls it."""
    if name == "embedding.weight":
        return "token_embd.weight"
    if name == "norm.weight":
        return "output_norm.weight"
    _, layer, part, _ = name.split(".")
    return f"blk.{layer}.{LAYER_NAMES[part]}.weight"


def export(checkpoint: Path, out: Path) -> None:
    """Write the averaged weights of a checkpoint."""
    state = torch.load(checkpoint, weights_only=True)
    config = Config(**state["config"])
    writer = gguf.GGUFWriter(str(out), "llama")
    writer.add_name("Cognitia starter")
    writer.add_description(f"Trained from nothing on {state['progress']['tokens']} tokens of generated text.")
    writer.add_context_length(config.context)
    writer.add_embedding_length(config.dim)
    writer.add_block_count(config.layers)
    writer.add_feed_forward_length(config.hidden)
    writer.add_head_count(config.heads)
    writer.add_head_count_kv(config.heads)
    writer.add_layer_norm_rms_eps(config.norm_eps)
    writer.add_rope_freq_base(config.rope_base)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_vocab_size(config.vocab)
    writer.add_sampling_temp(TEMPERATURE)
    writer.add_sampling_top_p(TOP_P)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    add_tokenizer(writer)
    for name, weight in state["average"].items():
        array = weight.float().numpy()
        if array.ndim == 1:
            writer.add_tensor(tensor_name(name), array.astype(np.float32))
        else:
            quantised = quantize(array, gguf.GGMLQuantizationType.Q8_0)
            writer.add_tensor(tensor_name(name), quantised, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_tokenizer(writer: gguf.GGUFWriter) -> None:
    """The vocabulary, its merges, the ends of turn and text, and ChatML."""
    model = json.loads(TOKENIZER.read_text(encoding="utf-8"))["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].__getitem__)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if token in SPECIAL else gguf.TokenType.NORMAL for token in tokens])
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]])
    end_of_text, pad, _, end_of_turn = (model["vocab"][token] for token in SPECIAL)
    writer.add_bos_token_id(end_of_text)
    writer.add_eos_token_id(end_of_turn)
    writer.add_eot_token_id(end_of_turn)
    writer.add_pad_token_id(pad)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, default=CHECKPOINT)
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    export(options.checkpoint, options.out)
    print(f"{options.out.name}: {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
