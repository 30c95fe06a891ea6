"""What every text engine promises, whatever library it is made of."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from inference.errors import ContextOverflow, EngineFailed, EngineUnavailable
from inference.testing import ScriptedBackend
from inference.text.adapters import llama_cpp
from inference.text.backend import Piece, TextBackend
from inference.text.engine import Delta, Engine, Finish, FinishReason, Generation
from inference.text.prompt import Prompt, Role, Segment, Turn
from inference.text.sampling import SamplingParams
from inference.text.scheduler import Feed
from inference.text.settings import TextSettings
from inference.text.tests.random_model import CONTROL, write_model

SLOTS = 4
GREEDY = SamplingParams(temperature=0.0, max_tokens=20)
# The scripted engine does as it is told; a real one reads over it.
SAY_MUCH = "[tokens=9000] Hello"


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    write_model(path)
    return path


@dataclass(frozen=True)
class Adapter:
    engine: Engine
    backend: TextBackend


Build = Callable[[], TextBackend]


@pytest.fixture
def llama(tiny_model: Path) -> Build:
    return lambda: llama_cpp.LlamaCppBackend(TextSettings("", str(tiny_model), slots=SLOTS, threads=1))


@pytest.fixture
def scripted() -> Build:
    return lambda: ScriptedBackend(slots=SLOTS)


@pytest.fixture(params=["scripted", "llama"])
def adapter(request: pytest.FixtureRequest) -> Adapter:
    build: Build = request.getfixturevalue(request.param)
    backend = build()
    return Adapter(Engine(backend), backend)


def asked(text: str, params: SamplingParams = GREEDY, cancelled: threading.Event | None = None) -> Generation:
    return Generation(Prompt((Turn(Role.USER, text),)), params, cancelled=cancelled or threading.Event())


def hear(items: Iterator[Delta | Finish]) -> tuple[str, Finish]:
    *deltas, finish = items
    assert isinstance(finish, Finish)
    # What was computed before differs from one run to the next; what is said may not.
    return "".join(delta.text for delta in deltas if isinstance(delta, Delta)), replace(finish, reused_tokens=0)


def during_step(
    backend: TextBackend, monkeypatch: pytest.MonkeyPatch, number: int, act: Callable[[], None]
) -> list[int]:
    """Do something while the backend is in step `number`; the list grows by one with every step."""
    steps: list[int] = []
    step = backend.step

    def watched(feeds: Sequence[Feed]) -> list[Piece]:
        steps.append(len(steps) + 1)
        if len(steps) == number:
            act()
        return step(feeds)

    monkeypatch.setattr(backend, "step", watched)
    return steps


class TestContract:
    @pytest.mark.parametrize("params", [GREEDY, replace(GREEDY, temperature=1.0, top_k=40, min_p=0.01, seed=7)])
    def test_the_same_question_with_the_same_seed_has_the_same_answer(
        self, adapter: Adapter, params: SamplingParams
    ) -> None:
        first, second = (hear(adapter.engine.generate(asked(SAY_MUCH, params))) for _ in range(2))
        assert first == second
        assert first[1].reply_tokens > 0

    def test_several_at_once_do_not_disturb_each_other(self, adapter: Adapter) -> None:
        questions = [f"[tokens={number + 9}] Question {number}" for number in range(SLOTS * 2)]
        alone = [hear(adapter.engine.generate(asked(question))) for question in questions]
        with ThreadPoolExecutor(len(questions)) as pool:
            together = list(pool.map(lambda question: hear(adapter.engine.generate(asked(question))), questions))
        assert together == alone
        assert len({text for text, _ in alone}) > 1

    def test_max_tokens_is_a_length(self, adapter: Adapter) -> None:
        _, finish = hear(adapter.engine.generate(asked(SAY_MUCH, replace(GREEDY, max_tokens=7))))
        assert (finish.reason, finish.reply_tokens) == (FinishReason.LENGTH, 7)

    def test_the_end_of_the_context_is_a_length_too(self, adapter: Adapter) -> None:
        _, finish = hear(adapter.engine.generate(asked(SAY_MUCH, replace(GREEDY, max_tokens=100_000))))
        assert finish.reason == FinishReason.LENGTH
        assert finish.prompt_tokens + finish.reply_tokens == adapter.engine.context_tokens

    def test_a_prompt_that_does_not_fit_is_refused_with_how_much_does(self, adapter: Adapter) -> None:
        with pytest.raises(ContextOverflow) as refused:
            hear(adapter.engine.generate(asked("word " * 9000)))
        assert refused.value.tokens > refused.value.room == adapter.engine.context_tokens

    def test_tokens_of_text_are_counted_as_the_model_counts_them(self, adapter: Adapter) -> None:
        assert adapter.engine.count("") == 0
        assert adapter.engine.count("Good evening") <= adapter.engine.count("Good evening to all of you")

    def test_stop_is_seen_within_one_token(self, adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
        generation = asked(SAY_MUCH)
        steps = during_step(adapter.backend, monkeypatch, 3, generation.cancelled.set)
        _, finish = hear(adapter.engine.generate(generation))
        assert (finish.reason, finish.reply_tokens, steps) == (FinishReason.CANCELLED, 3, [1, 2, 3])

    def test_a_stopped_one_leaves_its_slot_to_the_next(
        self, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expected = hear(adapter.engine.generate(asked(SAY_MUCH)))
        cancelled = threading.Event()
        during_step(adapter.backend, monkeypatch, 2, cancelled.set)
        stopped = [adapter.engine.generate(asked(SAY_MUCH, cancelled=cancelled)) for _ in range(SLOTS)]
        with ThreadPoolExecutor(SLOTS) as pool:
            assert {finish.reason for _, finish in pool.map(hear, stopped)} == {FinishReason.CANCELLED}
            assert (
                list(pool.map(lambda _: hear(adapter.engine.generate(asked(SAY_MUCH))), range(SLOTS)))
                == [expected] * SLOTS
            )

    def test_one_that_cannot_begin_fails_alone(self, adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
        def nonsense(segments: Sequence[Segment]) -> list[int]:
            return [999_999]

        expected = hear(adapter.engine.generate(asked(SAY_MUCH)))
        with monkeypatch.context() as broken:
            broken.setattr(adapter.backend, "encode", nonsense)
            with pytest.raises(EngineFailed):
                hear(adapter.engine.generate(asked(SAY_MUCH)))
        assert hear(adapter.engine.generate(asked(SAY_MUCH))) == expected

    def test_a_batch_that_fails_is_tried_again_one_by_one(
        self, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expected = hear(adapter.engine.generate(asked(SAY_MUCH)))
        step = adapter.backend.step

        def burn(feeds: Sequence[Feed]) -> list[Piece]:
            if any(feed.sequence.user == "poison" for feed in feeds):
                raise OSError("the card is on fire")
            return step(feeds)

        with monkeypatch.context() as broken, ThreadPoolExecutor(SLOTS) as pool:
            broken.setattr(adapter.backend, "step", burn)
            good = [pool.submit(lambda: hear(adapter.engine.generate(asked(SAY_MUCH)))) for _ in range(SLOTS - 1)]
            bad = pool.submit(lambda: hear(adapter.engine.generate(replace(asked(SAY_MUCH), user="poison"))))
            assert isinstance(bad.exception(), EngineFailed)
            assert [told.result() for told in good] == [expected] * (SLOTS - 1)

    def test_a_step_that_fails_leaves_an_engine_that_works(
        self, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def burn(feeds: Sequence[Feed]) -> list[Piece]:
            raise OSError("the card is on fire")

        expected = hear(adapter.engine.generate(asked(SAY_MUCH)))
        with monkeypatch.context() as broken:
            broken.setattr(adapter.backend, "step", burn)
            with pytest.raises(EngineFailed, match="on fire"):
                hear(adapter.engine.generate(asked(SAY_MUCH)))
        assert hear(adapter.engine.generate(asked(SAY_MUCH))) == expected


class TestControlTokens:
    """Only where a model has some."""

    @pytest.mark.parametrize("typed", CONTROL)
    def test_what_a_person_types_never_becomes_one(self, llama: Build, typed: str) -> None:
        backend = llama()
        control = {backend.encode([Segment(token, control=True)])[0] for token in CONTROL}
        assert len(control) == len(CONTROL)
        assert len(backend.encode([Segment(typed, control=True)])) == 1
        letters = backend.encode([Segment(f"a{typed}b")])
        assert len(letters) > 3
        assert not control & set(letters)

    def test_a_typed_one_does_not_change_where_turns_end(self, llama: Build) -> None:
        backend = llama()
        end = backend.encode([Segment("<|im_end|>", control=True)])
        tokens = backend.encode([Segment("<|im_end|>"), Segment("<|im_end|>", control=True), Segment("<|im_end|>")])
        assert [token for token in tokens if token in end] == end

    def test_they_are_never_shown(self, llama: Build) -> None:
        params = replace(GREEDY, temperature=2.0, top_p=1.0, max_tokens=200, seed=3)
        text, _ = hear(Engine(llama()).generate(asked("Hello", params)))
        assert not [token for token in CONTROL if token in text]


class TestWithoutAModel:
    def test_a_file_that_is_not_there_is_a_sentence_with_a_hint(self, tmp_path: Path) -> None:
        with pytest.raises(EngineUnavailable, match=r"nonesuch\.gguf") as refused:
            llama_cpp.build(TextSettings("", str(tmp_path / "nonesuch.gguf")))
        assert "TEXT_MODEL" in refused.value.hint

    @pytest.mark.parametrize("kind", ["nothing", "noise", "half of one"])
    def test_a_file_that_is_no_model_is_a_sentence_with_a_hint(
        self, kind: str, tiny_model: Path, tmp_path: Path
    ) -> None:
        whole = tiny_model.read_bytes()
        bytes_ = {"nothing": b"", "noise": bytes(range(256)) * 64, "half of one": whole[: len(whole) // 2]}[kind]
        broken = tmp_path / "broken.gguf"
        broken.write_bytes(bytes_)
        with pytest.raises(EngineUnavailable, match=r"broken\.gguf") as refused:
            llama_cpp.build(TextSettings("", str(broken)))
        assert refused.value.hint
