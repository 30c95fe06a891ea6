"""A file that is no whole model is refused with a reason, and no library is asked about it."""

from pathlib import Path

import gguf as reference
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.text.gguf import BLOCKS, Header, NotAModel, read_header
from inference.text.tests.broken_models import broken_kinds
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
    seen = {}
    for name, content in broken_kinds(whole).items():
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
