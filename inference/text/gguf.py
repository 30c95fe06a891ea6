"""Whether a file is a whole GGUF model, before any library is shown it.

Libraries have trusted the counts and offsets in such files and read beyond their end (CVE-2026-7482 gave other
people's prompts away like that). Here every count, length and offset is held against the size of the file. The format
is described in ggml's docs/gguf.md.
"""

import math
import mmap
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MOST_ENTRIES = 100_000
LONGEST_KEY = 65_535
LONGEST_TENSOR_NAME = 64
MOST_DIMENSIONS = 4
MOST_LAYERS = 10_000
LAYER = re.compile(r"blk\.\d{1,5}\.")
ALIGNMENT = 32
STRING, ARRAY = 8, 9
# The formats of a number by the type's number in the file, and the two of strings and arrays above.
NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
# Tensor types: how many weights share a block, and its bytes.
BLOCKS = {
    0: (1, 4),  # F32
    1: (1, 2),  # F16
    2: (32, 18),  # Q4_0
    3: (32, 20),  # Q4_1
    6: (32, 22),  # Q5_0
    7: (32, 24),  # Q5_1
    8: (32, 34),  # Q8_0
    9: (32, 40),  # Q8_1
    10: (256, 84),  # Q2_K
    11: (256, 110),  # Q3_K
    12: (256, 144),  # Q4_K
    13: (256, 176),  # Q5_K
    14: (256, 210),  # Q6_K
    15: (256, 292),  # Q8_K
    16: (256, 66),  # IQ2_XXS
    17: (256, 74),  # IQ2_XS
    18: (256, 98),  # IQ3_XXS
    19: (256, 50),  # IQ1_S
    20: (32, 18),  # IQ4_NL
    21: (256, 110),  # IQ3_S
    22: (256, 82),  # IQ2_S
    23: (256, 136),  # IQ4_XS
    24: (1, 1),  # I8
    25: (1, 2),  # I16
    26: (1, 4),  # I32
    27: (1, 8),  # I64
    28: (1, 8),  # F64
    29: (256, 56),  # IQ1_M
    30: (1, 2),  # BF16
    34: (256, 54),  # TQ1_0
    35: (256, 66),  # TQ2_0
    39: (32, 17),  # MXFP4
}

Scalar = str | int | float | bool


class NotAModel(Exception):
    """Its sentence says what is wrong with the file."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a model's file says of itself. `facts` are its single values, not the arrays."""

    facts: dict[str, Scalar] = field(repr=False)
    tensors: int
    weights: int

    @property
    def architecture(self) -> str:
        return str(self.facts["general.architecture"])

    def number(self, name: str) -> int:
        """A whole number of this architecture, such as `context_length`; 0 if it does not say."""
        found = self.facts.get(f"{self.architecture}.{name}", 0)
        return int(found) if isinstance(found, int) else 0

    @property
    def embeds(self) -> bool:
        """It turns text into vectors, and cannot talk."""
        return "bert" in self.architecture or f"{self.architecture}.pooling_type" in self.facts


def read_header(path: Path) -> Header:
    """The header of a whole and plausible model. Raises `NotAModel`, and `OSError` if it cannot be read."""
    size = path.stat().st_size
    if size < len(MAGIC) + 4 + 8 + 8:
        raise NotAModel("the file is empty or cut off" if size else "the file is empty")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return _Reader(view, size).header()


class _Reader:
    def __init__(self, view: mmap.mmap, size: int) -> None:
        self._view, self._size, self._at = view, size, 0

    def header(self) -> Header:
        if self._bytes(4) != MAGIC:
            raise NotAModel("the file is not a GGUF")
        if (version := self._number("I")) not in VERSIONS:
            raise NotAModel(f"it is of version {version} of the format; {VERSIONS[0]} and {VERSIONS[1]} are known")
        tensors, entries = self._count("tensors", 24), self._count("entries", 13)
        facts: dict[str, Scalar] = {}
        lengths: dict[str, int] = {}
        for _ in range(entries):
            key = self._string("a key", LONGEST_KEY)
            if key in facts or key in lengths:
                raise NotAModel(f"it says {key} twice")
            kind = self._number("I")
            if kind == ARRAY:
                lengths[key] = self._skip_array(key)
            else:
                facts[key] = self._value(kind, key)
        self._check_facts(facts, lengths)
        return Header(facts, tensors, self._check_tensors(tensors, facts))

    def _check_facts(self, facts: dict[str, Scalar], lengths: dict[str, int]) -> None:
        architecture = facts.get("general.architecture")
        if not isinstance(architecture, str) or not architecture:
            raise NotAModel("it does not say what kind of model it is")
        for name, most in (("block_count", MOST_LAYERS), ("context_length", 2**31), ("embedding_length", 2**31)):
            value = facts.get(f"{architecture}.{name}")
            if not isinstance(value, int) or not 0 < value < most:
                raise NotAModel(f"its {name} is {value}")
        for key, value in facts.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise NotAModel(f"its {key} is not a number")
        words = lengths.get("tokenizer.ggml.tokens", 0)
        if facts.get("tokenizer.ggml.model") not in (None, "no_vocab", "none") and not words:
            raise NotAModel("it has no vocabulary")
        for name in ("scores", "token_type"):
            if lengths.get(f"tokenizer.ggml.{name}", words) != words:
                raise NotAModel(f"its vocabulary has {words} words but another number of {name}")
        for name in ("bos", "eos", "eot", "unknown", "padding"):
            token = facts.get(f"tokenizer.ggml.{name}_token_id")
            if isinstance(token, int) and words and token != 2**32 - 1 and not 0 <= token < words:
                raise NotAModel(f"its {name} token is not in the vocabulary")

    def _check_tensors(self, count: int, facts: dict[str, Scalar]) -> int:
        """How many weights there are, all of them inside the file and none of them twice."""
        alignment = facts.get("general.alignment", ALIGNMENT)
        if not isinstance(alignment, int) or not 8 <= alignment <= 65_536 or alignment & (alignment - 1):
            raise NotAModel(f"its alignment is {alignment}")
        spans: list[tuple[int, int, str]] = []
        names: set[str] = set()
        weights = 0
        for name, elements, start, length in self._tensors(count):
            if name in names:
                raise NotAModel(f"it has {name} twice")
            if start % alignment:
                raise NotAModel(f"{name} does not begin where it may")
            names.add(name)
            weights += elements
            spans.append((start, start + length, name))
        if not any(name.startswith("token_embd") for name in names):
            raise NotAModel("it has no words to begin with: token_embd is missing")
        layers = facts[f"{facts['general.architecture']}.block_count"]
        if bare := set(range(int(layers))) - {int(name.split(".")[1]) for name in names if LAYER.match(name)}:
            raise NotAModel(f"layer {min(bare)} of {layers} has no weights")
        first = -(-self._at // alignment) * alignment
        spans.sort()
        for (_, end, name), (start, _, after) in pairwise(spans):
            if start < end:
                raise NotAModel(f"{name} and {after} overlap")
        if first + spans[-1][1] > self._size:
            missing = first + spans[-1][1] - self._size
            raise NotAModel(f"it ends before its weights do: {missing:,} bytes are missing")
        return weights

    def _tensors(self, count: int) -> Iterator[tuple[str, int, int, int]]:
        """Name, number of weights, offset and bytes of each."""
        for _ in range(count):
            name = self._string("a tensor's name", LONGEST_TENSOR_NAME)
            dimensions = self._number("I")
            if not 1 <= dimensions <= MOST_DIMENSIONS:
                raise NotAModel(f"{name} has {dimensions} dimensions")
            shape = [self._number("Q") for _ in range(dimensions)]
            kind, offset = self._number("I"), self._number("Q")
            if kind not in BLOCKS:
                raise NotAModel(f"{name} is of a type that nobody knows: {kind}")
            block, length = BLOCKS[kind]
            elements = math.prod(shape)
            if min(shape) < 1 or shape[0] % block or elements // block * length > self._size or offset > self._size:
                raise NotAModel(f"{name} does not fit into the file")
            yield name, elements, offset, elements // block * length

    def _value(self, kind: int, key: str) -> Scalar:
        if kind == STRING:
            return self._string(key, self._size)
        if kind not in NUMBERS:
            raise NotAModel(f"{key} is of a type that nobody knows: {kind}")
        found: Scalar = struct.unpack("<" + NUMBERS[kind], self._bytes(struct.calcsize("<" + NUMBERS[kind])))[0]
        return found

    def _skip_array(self, key: str) -> int:
        """Its length. The elements are looked at no more than needed to find the end."""
        kind, length = self._number("I"), self._number("Q")
        if kind == STRING:
            if length > (self._size - self._at) // 8:
                raise NotAModel(f"{key} is longer than the file")
            for _ in range(length):
                self._bytes(self._number("Q"))
        elif kind in NUMBERS:
            self._bytes(length * struct.calcsize("<" + NUMBERS[kind]))
        else:
            raise NotAModel(f"{key} is a list of what nobody knows: {kind}")
        return length

    def _count(self, what: str, least_bytes: int) -> int:
        count = self._number("Q")
        if count > MOST_ENTRIES or count * least_bytes > self._size:
            raise NotAModel(f"it claims to have {count:,} {what}")
        return count

    def _string(self, what: str, longest: int) -> str:
        length = self._number("Q")
        if length > longest:
            raise NotAModel(f"{what} is {length:,} bytes long")
        try:
            return self._bytes(length).decode()
        except UnicodeDecodeError as error:
            raise NotAModel(f"{what} is not text") from error

    def _number(self, form: str) -> int:
        return int(struct.unpack("<" + form, self._bytes(struct.calcsize("<" + form)))[0])

    def _bytes(self, length: int) -> bytes:
        if length > self._size - self._at:
            raise NotAModel("it is cut off within its header")
        start, self._at = self._at, self._at + length
        return self._view[start : self._at]
