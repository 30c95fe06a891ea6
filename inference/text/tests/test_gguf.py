"""A file that is no whole model is refused with a reason, and no library is asked about it."""

import random
import struct
from pathlib import Path

import gguf as reference
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.text.gguf import BLOCKS, Header, NotAModel, read_header
from inference.text.tests.random_model import TINY, write_model

STARTER = Path(__file__).resolve().parents[3] / "starter" / "starter.gguf"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    write_model(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken") / "broken.gguf"


def read(place: Path, content: bytes) -> Header:
    place.write_bytes(content)
    return read_header(place)


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


def test_a_whole_model_says_what_it_is(whole: bytes, place: Path) -> None:
    header = read(place, whole)
    assert (header.architecture, header.number("context_length")) == ("llama", TINY.context)
    assert header.number("block_count") == TINY.layers
    assert not header.embeds
    assert read_header(STARTER).weights == 5_311_232


def test_the_sizes_of_blocks_are_those_of_the_format() -> None:
    theirs = {int(kind): sizes for kind, sizes in reference.GGML_QUANT_SIZES.items()}
    assert {kind: theirs[kind] for kind in BLOCKS} == BLOCKS


def test_every_way_of_being_broken_is_refused_with_a_reason(whole: bytes, place: Path) -> None:
    embedding, data = tensor(whole, "token_embd.weight"), len(whole)
    first_shape, kind, offset = embedding + 4, embedding + 4 + 16, embedding + 4 + 16 + 4
    broken = {
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
    seen = {}
    for name, content in broken.items():
        with pytest.raises(NotAModel) as refused:
            read(place, content)
        seen[name] = str(refused.value)
        assert seen[name]
    assert len(set(seen.values())) > len(seen) / 2


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, 6000), flipped=st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_harmless_and_never_a_crash(
    whole: bytes, place: Path, at: int, flipped: int
) -> None:
    content = bytearray(whole)
    content[at] ^= flipped
    try:
        header = read(place, bytes(content))
    except NotAModel:
        return
    assert header.tensors > 0


@settings(max_examples=100, deadline=None)
@given(length=st.integers(0, 60_000))
def test_a_file_that_was_not_received_whole_is_never_a_model(whole: bytes, place: Path, length: int) -> None:
    with pytest.raises(NotAModel):
        read(place, whole[: min(length, len(whole) - 1)])
