"""Good language models that anybody may pull, from the smallest to the largest. All are GGUF files of four bits.

Sizes, licences and file names are those that the hub shows. No checksum is stated: the repositories have replaced
files under the same name, so the hub's own is asked for when a model is pulled. `cache_bytes` is what one token takes
in a cache of F16: layers x key-value heads x length of a head x 2 (keys and values) x 2 bytes.
"""

from dataclasses import dataclass

# What the batch, the sampler and the library itself take, seen with 0.5 B to 8 B models and TEXT_SLOTS=4.
OVERHEAD_BYTES = 400_000_000
REFERENCE_CONTEXT = 8192

APACHE = "Apache-2.0"
LLAMA_31 = "Llama 3.1 Community License"
LLAMA_32 = "Llama 3.2 Community License"


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    label: str
    repository: str
    file: str
    license: str
    parameters: int
    size_bytes: int
    cache_bytes: int
    context: int
    sha256: str = ""

    def memory_bytes(self, slots: int) -> int:
        """With `slots` replies at once, each in 8,192 tokens of its own."""
        return memory_needed(self.size_bytes, self.cache_bytes, min(self.context, REFERENCE_CONTEXT), slots)


def memory_needed(size_bytes: int, cache_bytes: int, context: int, slots: int) -> int:
    """RAM, or a card's memory, for the weights and for `slots` full caches."""
    return size_bytes + cache_bytes * context * slots + OVERHEAD_BYTES


LEDGER = (
    Entry(
        name="qwen2.5-0.5b",
        label="Qwen2.5 0.5B Instruct",
        repository="bartowski/Qwen2.5-0.5B-Instruct-GGUF",
        file="Qwen2.5-0.5B-Instruct-Q4_K_M.gguf",
        license=APACHE,
        parameters=494_000_000,
        size_bytes=398_000_000,
        cache_bytes=12_288,
        context=32_768,
    ),
    Entry(
        name="llama3.2-1b",
        label="Llama 3.2 1B Instruct",
        repository="bartowski/Llama-3.2-1B-Instruct-GGUF",
        file="Llama-3.2-1B-Instruct-Q4_K_M.gguf",
        license=LLAMA_32,
        parameters=1_240_000_000,
        size_bytes=808_000_000,
        cache_bytes=32_768,
        context=131_072,
    ),
    Entry(
        name="qwen2.5-1.5b",
        label="Qwen2.5 1.5B Instruct",
        repository="bartowski/Qwen2.5-1.5B-Instruct-GGUF",
        file="Qwen2.5-1.5B-Instruct-Q4_K_M.gguf",
        license=APACHE,
        parameters=1_540_000_000,
        size_bytes=986_000_000,
        cache_bytes=28_672,
        context=32_768,
    ),
    Entry(
        name="llama3.2-3b",
        label="Llama 3.2 3B Instruct",
        repository="bartowski/Llama-3.2-3B-Instruct-GGUF",
        file="Llama-3.2-3B-Instruct-Q4_K_M.gguf",
        license=LLAMA_32,
        parameters=3_210_000_000,
        size_bytes=2_020_000_000,
        cache_bytes=114_688,
        context=131_072,
    ),
    Entry(
        name="qwen2.5-7b",
        label="Qwen2.5 7B Instruct",
        repository="bartowski/Qwen2.5-7B-Instruct-GGUF",
        file="Qwen2.5-7B-Instruct-Q4_K_M.gguf",
        license=APACHE,
        parameters=7_620_000_000,
        size_bytes=4_680_000_000,
        cache_bytes=57_344,
        context=32_768,
    ),
    Entry(
        name="llama3.1-8b",
        label="Llama 3.1 8B Instruct",
        repository="bartowski/Meta-Llama-3.1-8B-Instruct-GGUF",
        file="Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf",
        license=LLAMA_31,
        parameters=8_030_000_000,
        size_bytes=4_920_000_000,
        cache_bytes=131_072,
        context=131_072,
    ),
    Entry(
        name="mistral-nemo-12b",
        label="Mistral Nemo 12B Instruct",
        repository="bartowski/Mistral-Nemo-Instruct-2407-GGUF",
        file="Mistral-Nemo-Instruct-2407-Q4_K_M.gguf",
        license=APACHE,
        parameters=12_200_000_000,
        size_bytes=7_480_000_000,
        cache_bytes=163_840,
        context=131_072,
    ),
    Entry(
        name="qwen2.5-14b",
        label="Qwen2.5 14B Instruct",
        repository="bartowski/Qwen2.5-14B-Instruct-GGUF",
        file="Qwen2.5-14B-Instruct-Q4_K_M.gguf",
        license=APACHE,
        parameters=14_800_000_000,
        size_bytes=8_990_000_000,
        cache_bytes=196_608,
        context=32_768,
    ),
)
BY_NAME = {entry.name: entry for entry in LEDGER}
