"""One thread owns the model: several at once, each ends alone, and nothing is spent on what nobody awaits."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.tests.waiting import until
from inference.errors import ContextOverflow, EngineFailed, Overloaded
from inference.testing import ScriptedBackend, scripted_text
from inference.text.engine import Delta, Engine, EngineLimits, Finish, FinishReason, Generation
from inference.text.prompt import Prompt, Role, Turn
from inference.text.sampling import SamplingParams


@pytest.fixture
def backend() -> ScriptedBackend:
    return ScriptedBackend(slots=4)


@pytest.fixture
def engine(backend: ScriptedBackend) -> Engine:
    return Engine(backend)


def asked(text: str, **given: object) -> Generation:
    params = SamplingParams(max_tokens=int(str(given.pop("max_tokens", 500))), stop=("STOP",))
    return Generation(Prompt((Turn(Role.USER, text),)), params, **given)  # type: ignore[arg-type]


def hear(items: Iterator[Delta | Finish]) -> tuple[str, Finish]:
    *deltas, finish = items
    assert isinstance(finish, Finish)
    return "".join(delta.text for delta in deltas if isinstance(delta, Delta)), finish


def test_several_are_told_at_once(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda n: hear(engine.generate(asked(f"[tokens={n} rate=200]"))), range(10, 18)))
    assert [text for text, _ in told] == [scripted_text(n) for n in range(10, 18)]
    assert [finish.reply_tokens for _, finish in told] == list(range(10, 18))


def test_a_failing_one_fails_alone(engine: Engine) -> None:
    with ThreadPoolExecutor(2) as pool:
        good = pool.submit(lambda: hear(engine.generate(asked("[tokens=20 rate=100]"))))
        bad = pool.submit(lambda: hear(engine.generate(asked("[tokens=20 fail=2]"))))
        assert isinstance(bad.exception(timeout=5), EngineFailed)
        assert good.result(timeout=5)[0] == scripted_text(20)


def test_one_that_cannot_begin_fails_alone(engine: Engine, backend: ScriptedBackend) -> None:
    backend.fail("no")
    with pytest.raises(EngineFailed, match="no"):
        hear(engine.generate(asked("Hello")))
    assert hear(engine.generate(asked("Hello")))[1].reason == FinishReason.END


def test_cancel_ends_it_within_one_token(engine: Engine) -> None:
    cancelled = threading.Event()
    items = engine.generate(asked("[tokens=500 rate=20]", cancelled=cancelled))
    next(items)
    cancelled.set()
    text, finish = hear(items)
    assert finish.reason == FinishReason.CANCELLED
    assert len(text.split()) <= 1


def test_a_deadline_ends_it_with_what_was_said(engine: Engine) -> None:
    text, finish = hear(engine.generate(asked("[tokens=500 rate=50]", deadline=time.monotonic() + 0.2)))
    assert (finish.reason, text[:3]) == (FinishReason.DEADLINE, "w0 ")


def test_max_tokens_is_a_length(engine: Engine) -> None:
    text, finish = hear(engine.generate(asked("[tokens=50]", max_tokens=7)))
    assert (text, finish.reason, finish.reply_tokens) == (scripted_text(7), FinishReason.LENGTH, 7)


def test_a_stop_string_ends_it_unseen(engine: Engine, backend: ScriptedBackend) -> None:
    backend.script("Good ", "evening. ST", "OP and more", "more")
    text, finish = hear(engine.generate(asked("Hello")))
    assert (text, finish.reason) == ("Good evening. ", FinishReason.STOP)


def test_a_prompt_that_does_not_fit_is_refused(engine: Engine, backend: ScriptedBackend) -> None:
    with pytest.raises(ContextOverflow) as refused:
        hear(engine.generate(asked("word " * 9000)))
    assert refused.value.tokens > refused.value.room == backend.context_tokens


def test_whoever_stops_listening_gives_the_slot_back(engine: Engine, backend: ScriptedBackend) -> None:
    for _ in range(backend.slots * 2):
        items = engine.generate(asked("[tokens=5000 rate=20]"))
        next(items)
        items.close()  # type: ignore[attr-defined]
    until(lambda: not backend._busy)


def test_one_that_waits_gets_its_slot_when_another_ends(engine: Engine, backend: ScriptedBackend) -> None:
    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(lambda _: hear(engine.generate(asked("[tokens=5 rate=100]")))[0], range(12)))
    assert told == [scripted_text(5)] * 12


def test_too_many_are_refused_with_when_to_come_back(backend: ScriptedBackend) -> None:
    engine = Engine(backend, EngineLimits(waiting=0))
    with pytest.raises(Overloaded):
        hear(engine.generate(asked("Hello")))
