"""llama.cpp through llama-cpp-python's low-level calls: the only import of the library.

The binding changes with upstream (0.3.36 pinned); every call is in this file. One context holds `slots`
sequences, each with the model's whole context to itself; a step decodes one token for each busy one.
"""

import ctypes
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import llama_cpp as llama

from inference.errors import EngineFailed, EngineUnavailable
from inference.text.engine import Engine, Piece, TextEngine
from inference.text.prompt import Segment
from inference.text.sampling import SamplingParams
from inference.text.settings import TextSettings

BATCH_TOKENS = 512
LONGEST_PIECE = 256

# With a C++ exception, llama.cpp would otherwise run a debugger on its own process.
os.environ.setdefault("GGML_NO_BACKTRACE", "1")


@llama.llama_log_callback
def _log(level: int, text: bytes, _data: ctypes.c_void_p) -> None:
    """Silence. It lives at module level because a collected callback is a crash."""


def build(settings: TextSettings) -> TextEngine:
    return Engine(LlamaCppBackend(settings))


class _Slot:
    def __init__(self, sampler: ctypes.c_void_p, prompt: list[int]) -> None:
        self.sampler = sampler
        self.prompt = prompt
        self.position = 0
        self.last: int | None = None


class LlamaCppBackend:
    def __init__(self, settings: TextSettings) -> None:
        """Raises `EngineUnavailable` if the file is missing or is no model."""
        path = Path(settings.model)
        if not path.is_file():
            raise EngineUnavailable(f"no model at {path.name}", "Set TEXT_MODEL to a GGUF file.")
        llama.llama_log_set(_log, ctypes.c_void_p(0))
        llama.llama_backend_init()
        model_params = llama.llama_model_default_params()
        model_params.n_gpu_layers = settings.gpu_layers
        model = llama.llama_model_load_from_file(str(path).encode(), model_params)
        if model is None:
            raise EngineUnavailable(f"{path.name} is not a model that llama.cpp can load", "Download it again.")
        self.name = path.stem
        self.slots = settings.slots
        self.context_tokens = settings.context or llama.llama_model_n_ctx_train(model)
        threads = settings.threads or os.cpu_count() or 1
        params = llama.llama_context_default_params()
        params.n_ctx = self.context_tokens * self.slots
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.n_seq_max = self.slots
        params.kv_unified = False
        params.n_threads = params.n_threads_batch = threads
        context = llama.llama_init_from_model(model, params)
        if context is None:
            raise EngineUnavailable(
                f"no memory for {self.slots} contexts of {self.context_tokens} tokens",
                "Lower TEXT_CONTEXT or TEXT_SLOTS.",
            )
        self._model = model
        self._vocab = llama.llama_model_get_vocab(model)
        self._context = context
        self._memory = llama.llama_get_memory(context)
        self._busy: dict[int, _Slot] = {}
        self._piece = ctypes.create_string_buffer(LONGEST_PIECE)

    def encode(self, segments: Sequence[Segment]) -> list[int]:
        tokens: list[int] = []
        for segment in segments:
            raw = segment.text.encode()
            room = len(raw) + 2
            found = (llama.llama_token * room)()
            count = llama.llama_tokenize(self._vocab, raw, len(raw), found, room, False, segment.control)
            if count < 0:
                raise EngineFailed(f"{len(raw)} bytes could not be tokenised")
            tokens.extend(found[:count])
        return tokens

    def begin(self, slot: int, tokens: Sequence[int], params: SamplingParams) -> None:
        llama.llama_memory_seq_rm(self._memory, slot, -1, -1)
        self._busy[slot] = _Slot(_sampler(params), list(tokens))

    def step(self) -> list[Piece]:
        pieces: list[Piece] = []
        for slot in [slot for slot, state in self._busy.items() if state.prompt]:
            try:
                self._read_prompt(slot, self._busy[slot])
            except EngineFailed as error:
                self.release(slot)
                pieces.append(Piece(slot, None, str(error)))
                continue
            pieces.append(self._sample(slot, -1))
        fed = [
            (slot, state) for slot, state in self._busy.items() if state.last is not None and not _new(slot, pieces)
        ]
        if fed:
            self._decode([(state.last or 0, state.position, slot, True) for slot, state in fed])
            for _slot, state in fed:
                state.position += 1
            pieces += [self._sample(slot, index) for index, (slot, _state) in enumerate(fed)]
        return pieces

    def release(self, slot: int) -> None:
        state = self._busy.pop(slot, None)
        if state is not None:
            llama.llama_sampler_free(state.sampler)
        llama.llama_memory_seq_rm(self._memory, slot, -1, -1)

    def _read_prompt(self, slot: int, state: _Slot) -> None:
        prompt, state.prompt = state.prompt, []
        for start in range(0, len(prompt), BATCH_TOKENS):
            part = prompt[start : start + BATCH_TOKENS]
            end = start + len(part) == len(prompt)
            last = len(part) - 1
            self._decode([(token, start + i, slot, end and i == last) for i, token in enumerate(part)])
        state.position = len(prompt)

    def _decode(self, tokens: Sequence[tuple[int, int, int, bool]]) -> None:
        """Run the model on (token, position, sequence, whether its successor will be sampled)."""
        batch = llama.llama_batch_init(len(tokens), 0, 1)
        try:
            batch.n_tokens = len(tokens)
            for i, (token, position, sequence, sampled) in enumerate(tokens):
                batch.token[i] = token
                batch.pos[i] = position
                batch.n_seq_id[i] = 1
                batch.seq_id[i][0] = sequence
                batch.logits[i] = sampled
            answer = llama.llama_decode(self._context, batch)
        finally:
            llama.llama_batch_free(batch)
        if answer != 0:
            raise EngineFailed(f"llama_decode answered {answer} for {len(tokens)} tokens")

    def _sample(self, slot: int, index: int) -> Piece:
        state = self._busy[slot]
        token = llama.llama_sampler_sample(state.sampler, self._context, index)
        if llama.llama_vocab_is_eog(self._vocab, token):
            self.release(slot)
            return Piece(slot, None)
        state.last = token
        length = llama.llama_token_to_piece(self._vocab, token, self._piece, LONGEST_PIECE, 0, False)
        return Piece(slot, self._piece.raw[: max(0, length)])


def _new(slot: int, pieces: Sequence[Piece]) -> bool:
    return any(piece.slot == slot for piece in pieces)


def _sampler(params: SamplingParams) -> ctypes.c_void_p:
    chain: ctypes.c_void_p = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
    if params.temperature <= 0:
        llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_greedy())
        return chain
    if params.top_k:
        llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_top_k(params.top_k))
    llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_top_p(params.top_p, 1))
    if params.min_p:
        llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_min_p(params.min_p, 1))
    llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_temp(params.temperature))
    seed = secrets.randbits(32) if params.seed is None else params.seed & 0xFFFFFFFF
    llama.llama_sampler_chain_add(chain, llama.llama_sampler_init_dist(seed))
    return chain
