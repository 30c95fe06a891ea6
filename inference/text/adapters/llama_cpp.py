"""llama.cpp through llama-cpp-python's low-level calls: the only import of the library.

The binding changes with upstream (0.3.36 pinned); every call is in this file. One context holds `slots` sequences,
and each step decodes one batch for all of them.
"""

import ctypes
import logging
import math
import os
import secrets
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Items
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

import llama_cpp as llama
import numpy as np
from llama_cpp.llama_grammar import json_schema_to_gbnf
from numpy.typing import NDArray

from inference.errors import BadRequest, EngineFailed, EngineUnavailable
from inference.text.backend import Piece
from inference.text.engine import Engine, EngineLimits, TextEngine
from inference.text.formats import CHATML, Format, family_of
from inference.text.gguf import Header, NotAModel, read_header
from inference.text.pace import TILE_TOKENS
from inference.text.penalties import Penalties
from inference.text.prompt import Segment
from inference.text.sampling import SamplingParams
from inference.text.scheduler import Feed
from inference.text.sequence import Sequence
from inference.text.settings import KvType, TextSettings
from inference.text.templates import Unlearnable, learn

logger = logging.getLogger(__name__)

LONGEST_PIECE = 256
# Of a model that was trained for more, so that a laptop's memory is not taken by caches nobody fills.
CONTEXT_UNASKED = 8192
# The starter model (5.8 MB) says 1,500 tokens a second with one thread; with two, on two cores that have something
# else to do as well, 30 to 150.
SMALL_BYTES = 64 * 2**20
MANY_SPEAKERS = 3
# From here on attention is what a token costs, and so much of a tile costs more than a whole one.
DEEP_TOKENS, PART_OF_A_TILE = 1024, 48
KV_TYPES = {
    KvType.F32: llama.GGML_TYPE_F32,
    KvType.F16: llama.GGML_TYPE_F16,
    KvType.Q8_0: llama.GGML_TYPE_Q8_0,
    KvType.Q4_0: llama.GGML_TYPE_Q4_0,
}


@llama.llama_log_callback
def _log(level: int, text: bytes, _data: ctypes.c_void_p) -> None:
    """Silence. It lives at module level because a collected callback is a crash."""


def build(settings: TextSettings) -> TextEngine:
    backend = LlamaCppBackend(settings)
    return Engine(backend, EngineLimits(settings.waiting, settings.parking_mib * 2**20), backend.own_format())


@dataclass(frozen=True, slots=True)
class _Sampler:
    chain: ctypes.c_void_p
    penalties: Penalties


class LlamaCppBackend:
    def __init__(self, settings: TextSettings) -> None:
        """Raises `EngineUnavailable` if the file is missing or is no model."""
        path = Path(settings.model)
        if not path.is_file():
            raise EngineUnavailable(f"no model at {path.name}", "Set TEXT_MODEL to a GGUF file.")
        try:
            self.recommended = _recommended(read_header(path))
        except NotAModel as reason:
            raise EngineUnavailable(f"{path.name} is not a whole model: {reason}", "Download it again.") from reason
        llama.llama_log_set(_log, ctypes.c_void_p(0))
        llama.llama_backend_init()
        model_params = llama.llama_model_default_params()
        model_params.n_gpu_layers = settings.gpu_layers
        model = llama.llama_model_load_from_file(str(path).encode(), model_params)
        if model is None:
            raise EngineUnavailable(f"{path.name} is not a model that llama.cpp can load", "Download it again.")
        self.name = settings.name or path.stem
        self.slots = settings.slots
        self.batch_tokens = max(settings.batch, settings.slots, TILE_TOKENS)
        # Attention passes over all cells of a pool, those of idle chats as well: with 2,000 tokens in each of four
        # slots a reply alone takes 31 ms a token, and 21 ms where each slot has a pool of its own. But slots that are
        # no neighbours are then computed one after another, each of which costs a graphics card what all do at once.
        self._one_pool = settings.gpu_layers != 0
        self.context_tokens = settings.context or min(llama.llama_model_n_ctx_train(model), CONTEXT_UNASKED)
        # Whose state is a running sum forgets no single token.
        sums = llama.llama_model_is_recurrent(model) or llama.llama_model_is_hybrid(model)
        self._takes_fillers = not (self._one_pool or sums)
        self._model = model
        self._vocab = llama.llama_model_get_vocab(model)
        self._vocabulary = llama.llama_vocab_n_tokens(self._vocab)
        self._context = self._new_context(settings)
        self._memory = llama.llama_get_memory(self._context)
        self._samplers: dict[int, _Sampler] = {}
        self._piece = ctypes.create_string_buffer(LONGEST_PIECE)
        self._batch = llama.llama_batch_init(self.batch_tokens, 0, 1)
        self._batch_tokens = np.ctypeslib.as_array(self._batch.token, (self.batch_tokens,))
        self._batch_positions = np.ctypeslib.as_array(self._batch.pos, (self.batch_tokens,))
        self._batch_outputs = np.ctypeslib.as_array(self._batch.logits, (self.batch_tokens,))
        np.ctypeslib.as_array(self._batch.n_seq_id, (self.batch_tokens,))[:] = 1

    def encode(self, segments: Items[Segment]) -> list[int]:
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

    def begin(self, sequence: Sequence, params: SamplingParams) -> None:
        if not all(0 <= token < self._vocabulary for token in sequence.tokens):
            raise EngineFailed(f"a token is not one of the model's {self._vocabulary}")
        chain = self._sampler(params)
        self._samplers[sequence.number] = _Sampler(chain, Penalties(params, sequence.tokens))

    def release(self, sequence: Sequence) -> None:
        if (sampler := self._samplers.pop(sequence.number, None)) is not None:
            llama.llama_sampler_free(sampler.chain)

    def step(self, feeds: Items[Feed]) -> list[Piece]:
        fillers = self._fillers(feeds)
        rows = [(feed.slot, feed.start, feed.tokens, feed.sequence if feed.samples else None) for feed in feeds]
        rows += [(slot, position, (0,) * count, None) for slot, position, count in fillers]
        end = 0
        sampled: list[tuple[Sequence, int]] = []
        for slot, position, tokens, sequence in sorted(rows, key=itemgetter(0)):
            start, end = end, end + len(tokens)
            self._batch_tokens[start:end] = tokens
            self._batch_positions[start:end] = range(position, position + len(tokens))
            self._batch_outputs[start:end] = 0
            for at in range(start, end):
                self._batch.seq_id[at][0] = slot
            if sequence is not None:
                self._batch_outputs[end - 1] = 1
                sampled.append((sequence, end - 1))
        self._batch.n_tokens = end
        answer = llama.llama_decode(self._context, self._batch)
        for slot, position, _ in fillers:
            llama.llama_memory_seq_rm(self._memory, slot, position, -1)
        if answer != 0:
            raise EngineFailed(f"llama_decode answered {answer} for {end} tokens")
        return [self._sample(sequence, at) for sequence, at in sampled]

    def _fillers(self, feeds: Items[Feed]) -> list[tuple[int, int, int]]:
        """Where tokens may stand that mean nothing, until this step is over: slot, first position and how many.

        They make a processor faster. Only neighbours are computed at once: replies in slots 0, 1 and 3 take 39 ms a
        token, and four neighbours 31; where there are few speakers or many holes it is no gain. And attention has
        tiles (see `pace`): 60 tokens 2,000 deep in a prompt take 0.60 s, and 64 of them 0.35.
        """
        if not self._takes_fillers:
            return []
        found = []
        for feed in feeds:
            if feed.start >= DEEP_TOKENS and PART_OF_A_TILE <= feed.count < TILE_TOKENS:
                found.append((feed.slot, feed.start + feed.count, TILE_TOKENS - feed.count))
        speaking = {feed.slot for feed in feeds}
        holes = set(range(min(speaking), max(speaking))) - speaking
        if len(holes) <= len(speaking) >= MANY_SPEAKERS and all(feed.count == 1 for feed in feeds):
            found += [(slot, llama.llama_memory_seq_pos_max(self._memory, slot) + 1, 1) for slot in sorted(holes)]
        return [filler for filler in found if filler[1] + filler[2] <= self.context_tokens]

    def cut(self, slot: int, keep: int) -> bool:
        if llama.llama_memory_seq_rm(self._memory, slot, keep, -1):
            return True
        llama.llama_memory_seq_rm(self._memory, slot, -1, -1)
        return False

    def copy(self, source: int, slot: int) -> bool:
        if not self._one_pool:
            # Between pools llama.cpp copies with the next decode: all cells, whatever they hold by then.
            return self.load(slot, self.save(source))
        llama.llama_memory_seq_rm(self._memory, slot, -1, -1)
        llama.llama_memory_seq_cp(self._memory, source, slot, -1, -1)
        return True

    def close(self) -> None:
        """Give the model's memory back. Nothing else may be called afterwards."""
        for sampler in self._samplers.values():
            llama.llama_sampler_free(sampler.chain)
        llama.llama_batch_free(self._batch)
        llama.llama_free(self._context)
        llama.llama_model_free(self._model)

    def save(self, slot: int) -> bytearray:
        state = bytearray(llama.llama_state_seq_get_size(self._context, slot))
        raw = (ctypes.c_uint8 * len(state)).from_buffer(state)
        if llama.llama_state_seq_get_data(self._context, raw, len(state), slot) != len(state):
            raise EngineFailed(f"the cache of slot {slot} could not be saved")
        return state

    def load(self, slot: int, state: bytearray) -> bool:
        llama.llama_memory_seq_rm(self._memory, slot, -1, -1)
        raw = (ctypes.c_uint8 * len(state)).from_buffer(state)
        if llama.llama_state_seq_set_data(self._context, raw, len(state), slot):
            return True
        llama.llama_memory_seq_rm(self._memory, slot, -1, -1)
        return False

    def own_format(self) -> Format:
        """The format of the template in the model's file: one of ours if it is of its family, else as learned."""
        template = (llama.llama_model_chat_template(self._model, None) or b"").decode(errors="replace")
        if (known := family_of(template)) is not None or not template:
            return known or CHATML
        try:
            return learn(template, self._spelled(llama.llama_vocab_bos), self._spelled(llama.llama_vocab_eos))
        except Unlearnable as reason:
            logger.warning("the model's own template is not used, but ChatML: %s", reason)
            return CHATML

    def _spelled(self, which: Callable[[ctypes.c_void_p], int]) -> str:
        """A control token of the vocabulary as a template writes it; empty if there is none."""
        token = which(self._vocab)
        return (llama.llama_vocab_get_text(self._vocab, token) or b"").decode() if token >= 0 else ""

    def _new_context(self, settings: TextSettings) -> ctypes.c_void_p:
        params = llama.llama_context_default_params()
        params.n_ctx = self.context_tokens * self.slots
        params.n_batch = params.n_ubatch = self.batch_tokens
        params.n_seq_max = self.slots
        params.kv_unified = self._one_pool
        params.n_threads = params.n_threads_batch = settings.threads or _threads(Path(settings.model))
        params.flash_attn_type = settings.flash_attention
        params.type_k = params.type_v = KV_TYPES[settings.kv_type]
        context: ctypes.c_void_p | None = llama.llama_init_from_model(self._model, params)
        if context is None:
            raise EngineUnavailable(
                f"no memory for {self.slots} contexts of {self.context_tokens} tokens",
                "Lower TEXT_CONTEXT or TEXT_SLOTS.",
            )
        return context

    def _scores(self, at: int) -> NDArray[np.float32]:
        """The scores of the whole vocabulary after token `at` of the batch: (tokens,), valid until the next step."""
        first = llama.llama_get_logits_ith(self._context, at).contents
        raw = (ctypes.c_float * self._vocabulary).from_address(ctypes.addressof(first))
        return np.frombuffer(raw, np.float32)

    def _sample(self, sequence: Sequence, at: int) -> Piece:
        scores, sampler = self._scores(at), self._samplers[sequence.number]
        # A NaN among them would end the process in the sampler; of a maximum it makes a NaN.
        if not math.isfinite(scores.max()):
            return Piece(sequence, error="the model's scores are not numbers")
        sampler.penalties.apply(scores)
        token = llama.llama_sampler_sample(sampler.chain, self._context, at)
        sampler.penalties.told(token)
        if llama.llama_vocab_is_eog(self._vocab, token):
            return Piece(sequence, ended=True)
        length = llama.llama_token_to_piece(self._vocab, token, self._piece, LONGEST_PIECE, 0, False)
        return Piece(sequence, token, self._piece.raw[: max(0, length)])

    def _sampler(self, params: SamplingParams) -> ctypes.c_void_p:
        """The chain that chooses a token by its scores. Raises `BadRequest` for a grammar that is none."""
        chain: ctypes.c_void_p = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        try:
            for link in self._links(params):
                llama.llama_sampler_chain_add(chain, link)
        except BadRequest:
            llama.llama_sampler_free(chain)
            raise
        return chain

    def _links(self, params: SamplingParams) -> Iterator[ctypes.c_void_p]:
        if params.logit_bias:
            pairs = [(token, bias) for token, bias in params.logit_bias if 0 <= token < self._vocabulary]
            biases = (llama.llama_logit_bias * len(pairs))(*(llama.llama_logit_bias(*pair) for pair in pairs))
            yield llama.llama_sampler_init_logit_bias(self._vocabulary, len(pairs), biases)
        if grammar := _grammar(params):
            link = llama.llama_sampler_init_grammar(self._vocab, grammar.encode(), b"root")
            if not link:
                raise BadRequest("the grammar could not be read")
            yield link
        if params.temperature <= 0:
            yield llama.llama_sampler_init_greedy()
            return
        if params.top_k:
            yield llama.llama_sampler_init_top_k(params.top_k)
        if params.top_p < 1:
            yield llama.llama_sampler_init_top_p(params.top_p, 1)
        if params.min_p:
            yield llama.llama_sampler_init_min_p(params.min_p, 1)
        yield llama.llama_sampler_init_temp(params.temperature)
        seed = secrets.randbits(32) if params.seed is None else params.seed & 0xFFFFFFFF
        yield llama.llama_sampler_init_dist(seed)


def _threads(path: Path) -> int:
    """One for each core; for a small model one, since two would wait for each other longer than they compute."""
    return 1 if path.stat().st_size < SMALL_BYTES else os.cpu_count() or 1


def _recommended(header: Header) -> SamplingParams:
    """How those who made the model would have its tokens chosen; what they do not say is our default."""
    said = {
        ours: float(value)
        for ours, theirs in (
            ("temperature", "temp"),
            ("top_p", "top_p"),
            ("min_p", "min_p"),
            ("repetition_penalty", "penalty_repeat"),
        )
        if isinstance(value := header.facts.get(f"general.sampling.{theirs}"), int | float)
    }
    top_k = header.facts.get("general.sampling.top_k", 0)
    try:
        return SamplingParams(**said, top_k=int(top_k))  # type: ignore[arg-type]
    except BadRequest as reason:
        logger.warning("what the model recommends is not used: %s", reason)
        return SamplingParams()


def _grammar(params: SamplingParams) -> str:
    if not params.json_schema:
        return params.grammar
    try:
        return str(json_schema_to_gbnf(params.json_schema))
    except Exception as error:
        raise BadRequest(f"the JSON schema could not be read: {error}") from error
