"""Batching, prefix reuse, copies and parked caches change nothing but rounding."""

import random
import threading
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.text.adapters.llama_cpp import LlamaCppBackend
from inference.text.backend import Piece
from inference.text.engine import Delta, Engine, EngineLimits, Finish, Generation
from inference.text.prompt import Prompt, Role, Turn
from inference.text.sampling import SamplingParams
from inference.text.scheduler import Feed
from inference.text.sequence import Sequence
from inference.text.settings import FlashAttention, KvType, TextSettings
from inference.text.tests.random_model import TINY, write_model

# Kernels differ with the width of a batch, and so do the last bits of an F32 sum. Scores here are up to 25. (Flash
# attention adds up in F16 and differs by 0.2, which says nothing about whose cache is whose; so it is off here.)
TOLERANCE = 2e-3
PROMPT_SETS, STEPS, SLOTS = 200, 6, 3
WORDS = "the lamp is lit and somebody writing good evening what shall we talk about quick brown fox".split()


class Recording(LlamaCppBackend):
    """Keeps the scores that every token was chosen by."""

    def __init__(self, settings: TextSettings) -> None:
        super().__init__(settings)
        self.scores: dict[tuple[int, ...], list[NDArray[np.float32]]] = defaultdict(list)

    def _sample(self, sequence: Sequence, at: int) -> Piece:
        self.scores[tuple(sequence.tokens)].append(self._scores(at).copy())
        return super()._sample(sequence, at)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    write_model(path, replace(TINY, context=512))
    return path


def asked(texts: Iterable[str], tokens: int = STEPS, conversation: str = "") -> Generation:
    turns = tuple(Turn(Role.USER if n % 2 == 0 else Role.ASSISTANT, text) for n, text in enumerate(texts))
    return Generation(Prompt(turns), SamplingParams(temperature=0, max_tokens=tokens), conversation=conversation)


def say(engine: Engine, generation: Generation) -> Finish:
    *_, finish = engine.generate(generation)
    assert isinstance(finish, Finish)
    return finish


def words(chance: random.Random, least: int, most: int) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(least, most)))


# Without a card to lay layers on, only the pool is the one that a card would have.
@pytest.mark.parametrize("gpu_layers", [0, -1], ids=["a pool for each slot", "one pool"])
def test_alone_together_reused_copied_or_parked_the_scores_are_the_same(model: Path, gpu_layers: int) -> None:
    chance = random.Random(11)
    exact = TextSettings(
        "",
        str(model),
        threads=1,
        gpu_layers=gpu_layers,
        kv_type=KvType.F32,
        flash_attention=FlashAttention.OFF,
    )
    alone, shared = Recording(replace(exact, slots=1)), Recording(replace(exact, slots=SLOTS))
    one_by_one = Engine(alone, EngineLimits(parking_bytes=0))
    together = Engine(shared, EngineLimits(parking_bytes=2**22))
    personas = [words(chance, 20, 40) for _ in range(4)]
    chats = {str(number): [chance.choice(personas)] for number in range(9)}
    reused = 0
    with ThreadPoolExecutor(5) as pool:
        for _ in range(PROMPT_SETS // 5):
            asking = chance.sample(sorted(chats), 5)
            for name in asking:
                chats[name] = [*chats[name][:5], words(chance, 1, 12)]
            sets = [asked(chats[name], conversation=name) for name in asking]
            reused += sum(finish.reused_tokens for finish in pool.map(lambda one: say(together, one), sets))
            for name in asking:
                say(one_by_one, asked([words(chance, 3, 3)], tokens=1))
                say(one_by_one, asked(chats[name]))
    compared = [
        float(np.abs(one - other).max())
        for tokens, ours in shared.scores.items()
        for one in ours
        for other in alone.scores.get(tokens, [])
    ]
    assert len(compared) > PROMPT_SETS * STEPS * 0.9
    assert max(compared) < TOLERANCE
    assert reused > PROMPT_SETS * 20


def tokens_of_nobody(model: Path, monkeypatch: pytest.MonkeyPatch, *, filled: bool) -> list[NDArray[np.float32]]:
    """Scores of three in slots 0, 1 and 3 while a fourth idles, one of them deep in its prompt by a part of a tile."""
    if not filled:
        monkeypatch.setattr(LlamaCppBackend, "_fillers", lambda _self, _feeds: [])
    chance = random.Random(7)
    backend = Recording(
        TextSettings(
            "", str(model), slots=4, threads=1, kv_type=KvType.F32, flash_attention=FlashAttention.OFF, batch=1024
        )
    )
    people = [Sequence(chance.choices(range(300), k=length), 9) for length in (40, 30, 20, 1080)]
    for slot, person in enumerate(people):
        backend.begin(person, SamplingParams(temperature=0))
        backend.step([Feed(person, slot, 0, min(30, len(person.tokens)))])
    backend.step([Feed(people[0], 0, 30, 10)])
    backend.step([Feed(people[3], 3, 30, 1000)])
    backend.step([Feed(people[3], 3, 1030, 50)])
    speaking = [(0, people[0]), (1, people[1]), (3, people[3])]
    for _ in range(3):
        for _, person in speaking:
            person.tokens.append(chance.randrange(300))
        backend.step([Feed(person, slot, len(person.tokens) - 1, 1) for slot, person in speaking])
    people[2].tokens.append(5)
    backend.step([Feed(people[2], 2, 20, 1)])
    scores = [one for ours in backend.scores.values() for one in ours]
    backend.close()
    return scores


def test_tokens_that_only_make_a_batch_faster_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_model(tmp_path / "tiny.gguf", replace(TINY, context=2048))
    filled = tokens_of_nobody(tmp_path / "tiny.gguf", monkeypatch, filled=True)
    plain = tokens_of_nobody(tmp_path / "tiny.gguf", monkeypatch, filled=False)
    assert len(filled) == len(plain) == 14
    assert max(float(np.abs(one - other).max()) for one, other in zip(filled, plain, strict=True)) < TOLERANCE


def test_many_at_once_with_cancels_lose_nobody(model: Path) -> None:
    """`benchmarks/text.py` does the same for a minute, and looks at the memory."""
    engine = Engine(LlamaCppBackend(TextSettings("", str(model), slots=SLOTS, threads=1)))

    def hammer(seed: int) -> int:
        chance, finished = random.Random(seed), 0
        for _ in range(25):
            generation = replace(
                asked([words(chance, 1, 60)], chance.randint(1, 30), conversation=str(chance.randint(0, 5))),
                cancelled=threading.Event(),
            )
            leaves_after = chance.choice([0, 1, 5, 1000])
            told = 0
            for item in engine.generate(generation):
                if isinstance(item, Finish):
                    finished += 1
                    assert told <= generation.params.max_tokens
                elif isinstance(item, Delta):
                    told += item.tokens
                    if told >= leaves_after:
                        generation.cancelled.set()
        return finished

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(hammer, range(4))) == [25] * 4
    assert not engine._scheduler.running
    assert not engine._scheduler.waiting
