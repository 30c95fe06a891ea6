"""Every way in which a model's file has been broken, made of a whole one."""

import random
import struct


def broken_kinds(whole: bytes) -> dict[str, bytes]:
    """Files that are no models, by what is wrong with them."""
    embedding, data = tensor(whole, "token_embd.weight"), len(whole)
    first_shape, kind, offset = embedding + 4, embedding + 4 + 16, embedding + 4 + 16 + 4
    return {
        "empty": b"",
        "four bytes": whole[:4],
        "noise": random.Random(1).randbytes(4096),
        "another magic": b"GGML" + whole[4:],
        "an old version": put(whole, 4, "I", 1),
        "the other byte order": put(whole, 4, "I", 3 << 24),
        "countless tensors": put(whole, 8, "Q", 2**62),
        "countless entries": put(whole, 16, "Q", 2**62),
        "more tensors than there are": put(whole, 8, "Q", 60_000),
        "half the tensors": put(whole, 8, "Q", 3),
        "an endless key": put(whole, 24, "Q", 2**40),
        "a key that is no text": whole[:32] + b"\xff\xff" + whole[34:],
        "no architecture": whole.replace(b"general.architecture", b"general.architectura"),
        "no layers": put(whole, entry(whole, "llama.block_count"), "I", 0),
        "a context of a thousand million": put(whole, entry(whole, "llama.context_length"), "I", 2**32 - 1),
        "a NaN": put(whole, entry(whole, "llama.attention.layer_norm_rms_epsilon"), "f", float("nan")),
        "an endless vocabulary": put(whole, entry(whole, "tokenizer.ggml.tokens") + 4, "Q", 2**50),
        "a list of lists": put(whole, entry(whole, "tokenizer.ggml.tokens"), "I", 9),
        "fewer types than words": put(whole, entry(whole, "tokenizer.ggml.token_type") + 4, "Q", 5),
        "an end of turn that is no word": put(whole, entry(whole, "tokenizer.ggml.eos_token_id"), "I", 70_000),
        "nine dimensions": put(whole, embedding, "I", 9),
        "a side of nothing": put(whole, first_shape, "Q", 0),
        "a side without end": put(whole, first_shape, "Q", 2**61),
        "sides whose product runs over": put(put(whole, first_shape, "Q", 2**33), first_shape + 8, "Q", 2**33),
        "an unknown type": put(whole, kind, "I", 77),
        "an offset beyond the file": put(whole, offset, "Q", data),
        "an offset that runs over": put(whole, offset, "Q", 2**64 - 32),
        "an offset between two places": put(whole, offset, "Q", 7),
        "an offset onto another's weights": put(whole, tensor(whole, "output_norm.weight") + 4 + 8 + 4, "Q", 0),
        "cut in the header": whole[:200],
        "cut in the weights": whole[: len(whole) // 2],
        "the last bytes missing": whole[:-64],
    }


def flipped(whole: bytes, count: int, within: int = 6000) -> list[bytes]:
    """As many files with one other byte in the header: broken, or harmless."""
    chance = random.Random(7)
    mutants = []
    for _ in range(count):
        content = bytearray(whole)
        content[chance.randrange(within)] ^= chance.randrange(1, 256)
        mutants.append(bytes(content))
    return mutants


def entry(whole: bytes, key: str) -> int:
    """Where the value of an entry stands."""
    raw = key.encode()
    return whole.index(struct.pack("<Q", len(raw)) + raw) + 8 + len(raw) + 4


def tensor(whole: bytes, name: str) -> int:
    """Where the number of dimensions of a tensor stands."""
    raw = name.encode()
    return whole.rindex(struct.pack("<Q", len(raw)) + raw) + 8 + len(raw)


def put(whole: bytes, at: int, form: str, value: float) -> bytes:
    raw = struct.pack("<" + form, value)
    return whole[:at] + raw + whole[at + len(raw) :]
