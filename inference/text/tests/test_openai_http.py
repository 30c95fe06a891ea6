"""A model behind HTTP: the real server that ships with llama-cpp-python, and one of ours that misbehaves on demand."""

import asyncio
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from socket import socket

import pytest

from core.tests.waiting import until
from inference.errors import BadRequest, ContextOverflow, EngineFailed, EngineUnavailable, Overloaded
from inference.text.adapters import openai_http
from inference.text.adapters.openai_http import OpenAIEngine
from inference.text.engine import Delta, Finish, FinishReason, Generation
from inference.text.prompt import Prompt, Role, Turn
from inference.text.sampling import SamplingParams
from inference.text.settings import TextSettings
from inference.text.tests.fake_openai import Misbehaving, piece, running_openai

STARTER = Path(__file__).resolve().parents[3] / "starter" / "starter.gguf"
GREEDY = SamplingParams(temperature=0.0, max_tokens=40)


def asked(text: str = "Hello", params: SamplingParams = GREEDY, **given: object) -> Generation:
    turns = (Turn(Role.SYSTEM, "You are Azera."), Turn(Role.USER, text))
    return replace(Generation(Prompt(turns), params, cancelled=threading.Event()), **given)  # type: ignore[arg-type]


def hear(engine: OpenAIEngine, generation: Generation) -> tuple[str, str, Finish]:
    *deltas, finish = engine.generate(generation)
    assert isinstance(finish, Finish)
    said = [delta for delta in deltas if isinstance(delta, Delta)]
    return "".join(one.text for one in said), "".join(one.thinking for one in said), finish


class TestARealServer:
    """llama-cpp-python's own, in a process of its own, on the starter model."""

    @pytest.fixture(scope="class")
    @classmethod
    def url(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "llama_cpp.server", "--model", str(STARTER), "--port", str(port)]
        command += ["--n_ctx", "2048", "--n_threads", "1", "--host", "127.0.0.1"]
        said = tmp_path_factory.mktemp("server") / "said"
        # It reads its settings from the environment as well, where other tests leave things.
        with said.open("w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env={"PATH": os.environ["PATH"]})
        url = f"http://127.0.0.1:{port}/v1"

        def answers() -> bool:
            assert process.poll() is None, said.read_text()
            with suppress(OSError), urllib.request.urlopen(f"{url}/models"):  # noqa: S310  our own
                return True
            return False

        until(answers, seconds=60)
        yield url
        process.kill()
        process.wait()

    @pytest.fixture
    def engine(self, url: str) -> OpenAIEngine:
        return OpenAIEngine(TextSettings("", "starter", url=url))

    def test_it_answers_word_by_word(self, engine: OpenAIEngine) -> None:
        *deltas, finish = engine.generate(asked("Good evening."))
        assert isinstance(finish, Finish)
        assert finish.reason in {FinishReason.END, FinishReason.LENGTH}
        assert len(deltas) > 1
        assert finish.reply_tokens > 0

    def test_the_length_is_a_length(self, engine: OpenAIEngine) -> None:
        _, _, finish = hear(engine, asked("Tell me a story.", replace(GREEDY, max_tokens=2)))
        assert finish.reason == FinishReason.LENGTH

    def test_the_same_seed_gives_the_same_answer(self, engine: OpenAIEngine) -> None:
        params = SamplingParams(temperature=1.0, max_tokens=20, seed=5)
        assert hear(engine, asked(params=params))[0] == hear(engine, asked(params=params))[0]

    def test_a_prompt_that_does_not_fit_is_an_error(self, engine: OpenAIEngine) -> None:
        with pytest.raises((ContextOverflow, BadRequest, EngineFailed)):
            hear(engine, asked("word " * 4000))


@pytest.fixture
def server() -> Iterator[tuple[Misbehaving, str]]:
    with running_openai() as found:
        yield found


class TestOneThatMisbehaves:
    @pytest.fixture(autouse=True)
    def _quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The client's pauses between attempts are its own business; they need not be waited for."""

        async def at_once(seconds: float, *rest: object) -> None:
            await real(0)

        real = asyncio.sleep
        monkeypatch.setattr("openai._base_client.anyio.sleep", at_once)

    @pytest.fixture
    def state(self, server: tuple[Misbehaving, str]) -> Misbehaving:
        return server[0]

    @pytest.fixture
    def engine(self, server: tuple[Misbehaving, str]) -> OpenAIEngine:
        return OpenAIEngine(TextSettings("", "m", slots=2, waiting=6, url=server[1]))

    def test_it_tries_again_when_the_server_is_busy_or_failing(self, engine: OpenAIEngine, state: Misbehaving) -> None:
        state.script = [(503, "starting", {}), (429, "slow down", {"Retry-After": "1"}), (500, "oh", {})]
        assert hear(engine, asked())[0] == "Good evening."
        assert len(state.requests) == 4

    def test_it_gives_up_with_when_to_come_back(self, engine: OpenAIEngine, state: Misbehaving) -> None:
        state.script = [(429, "slow down", {"Retry-After": "7"})] * (openai_http.RETRIES + 1)
        with pytest.raises(Overloaded) as refused:
            hear(engine, asked())
        assert refused.value.retry_after_seconds == 7
        assert len(state.requests) == openai_http.RETRIES + 1

    @pytest.mark.parametrize(
        ("status", "text", "error"),
        [
            (401, "no", EngineUnavailable),
            (403, "no", EngineUnavailable),
            (404, "no such model", EngineUnavailable),
            (400, "maximum context length is 4096 tokens", ContextOverflow),
            (400, "nonsense", BadRequest),
            (418, "teapot", EngineFailed),
        ],
    )
    def test_what_will_not_get_better_is_said_at_once(
        self, engine: OpenAIEngine, state: Misbehaving, status: int, text: str, error: type[Exception]
    ) -> None:
        state.script = [(status, text, {})]
        with pytest.raises(error):
            hear(engine, asked())
        assert len(state.requests) == 1

    def test_stop_closes_the_connection(self, engine: OpenAIEngine, state: Misbehaving) -> None:
        state.script = [["endless"]]
        generation = asked()
        items = engine.generate(generation)
        next(items)
        generation.cancelled.set()
        *_, finish = items
        assert isinstance(finish, Finish)
        assert finish.reason == FinishReason.CANCELLED
        assert state.closed.wait(5)

    def test_whoever_stops_listening_has_cancelled(self, engine: OpenAIEngine, state: Misbehaving) -> None:
        state.script = [["endless"]]
        items = engine.generate(asked())
        next(items)
        items.close()  # type: ignore[attr-defined]
        assert state.closed.wait(5)

    def test_stop_is_heard_while_the_server_says_nothing(self, engine: OpenAIEngine, state: Misbehaving) -> None:
        state.script = [["wait"]]
        generation = asked()
        threading.Timer(0.05, generation.cancelled.set).start()
        assert hear(engine, generation)[2].reason == FinishReason.CANCELLED

    def test_so_is_a_deadline(self, engine: OpenAIEngine, state: Misbehaving) -> None:
        state.script = [["wait"]]
        _, _, finish = hear(engine, asked(deadline=time.monotonic() + 0.05))
        assert finish.reason == FinishReason.DEADLINE

    @pytest.mark.parametrize("how", ["break off", "{broken"])
    def test_a_server_that_fails_in_mid_reply_is_an_error(
        self, engine: OpenAIEngine, state: Misbehaving, how: str
    ) -> None:
        state.script = [[piece(content="Good"), how]]
        items = engine.generate(asked())
        assert next(items) == Delta("Good")
        with pytest.raises(EngineFailed):
            list(items)

    def test_no_more_than_so_many_are_in_flight(self, engine: OpenAIEngine, state: Misbehaving) -> None:
        state.script = [["wait", piece(content="one")]] * 6
        with ThreadPoolExecutor(6) as pool:
            told = [pool.submit(hear, engine, asked()) for _ in range(6)]
            until(lambda: state.at_once == 2)
            state.go_on.set()
            assert [one.result()[0] for one in told] == ["one"] * 6
        assert state.most_at_once == 2

    def test_too_many_waiting_are_refused(self, server: tuple[Misbehaving, str]) -> None:
        engine = OpenAIEngine(TextSettings("", "m", slots=1, waiting=0, url=server[1]))
        server[0].script = [["endless"]]
        first = engine.generate(asked())
        next(first)
        with pytest.raises(Overloaded):
            hear(engine, asked())

    def test_thoughts_are_told_apart_however_the_server_marks_them(
        self, engine: OpenAIEngine, state: Misbehaving
    ) -> None:
        state.script = [
            [piece(reasoning_content="Hm."), piece(content="Yes.")],
            [piece(reasoning="Hm."), piece(content="Yes.")],
            [piece(content="<think>Hm.</think>"), piece(content="Yes.")],
        ]
        for _ in range(3):
            assert hear(engine, asked())[:2] == ("Yes.", "Hm.")

    def test_a_stop_string_and_somebody_elses_line_end_it(self, engine: OpenAIEngine, state: Misbehaving) -> None:
        state.script = [[piece(content="Well.\n\nRob"), piece(content="in: And?")], [piece(content="Well. ENDmore")]]
        assert hear(engine, asked(others=("Robin",)))[0].strip() == "Well."
        assert hear(engine, asked(params=replace(GREEDY, stop=("END",))))[0] == "Well. "

    def test_a_server_gets_turns_that_any_template_takes(self, engine: OpenAIEngine, state: Misbehaving) -> None:
        turns = (Turn(Role.SYSTEM, "P"), Turn(Role.USER, "a"), Turn(Role.ASSISTANT, "b"), Turn(Role.SYSTEM, "M"))
        hear(engine, replace(asked(), prompt=Prompt((*turns, Turn(Role.USER, "c")))))
        assert state.requests[0]["messages"] == [
            {"role": "system", "content": "P"},
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b"},
            {"role": "user", "content": "M\n\nc"},
        ]

    def test_only_what_was_asked_for_is_sent(self, engine: OpenAIEngine, state: Misbehaving) -> None:
        hear(engine, asked())
        hear(engine, asked(params=replace(GREEDY, min_p=0.1, seed=3)))
        assert set(state.requests[0]) == {
            "messages", "model", "stream", "stream_options", "temperature", "top_p", "max_tokens"
        }  # fmt: skip
        assert set(state.requests[1]) - set(state.requests[0]) == {"min_p", "seed"}


def test_without_an_address_it_says_what_to_set() -> None:
    with pytest.raises(EngineUnavailable) as refused:
        openai_http.build(TextSettings("", "m"))
    assert "TEXT_URL" in refused.value.hint


def test_a_server_that_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_http, "RETRIES", 0)
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        hear(OpenAIEngine(TextSettings("", "m", url="http://127.0.0.1:9/v1")), asked())
