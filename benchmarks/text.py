"""Many conversations on one model: `make bench-text`.

Ours (the engine as the worker has it, callers in threads), llama.cpp's own server (if LLAMA_SERVER names a binary of
the same llama.cpp), and llama-cpp-python's high-level object one request after another: the same model, prompts and
machine, in turn, several rounds, medians. The model has 300 million random weights and is written on the first run.
"""

import argparse
import contextlib
import itertools
import json
import multiprocessing
import os
import random
import resource
import statistics
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from socket import socket

from llama_cpp import Llama

from inference.text.adapters.llama_cpp import LlamaCppBackend
from inference.text.engine import Delta, Engine, EngineLimits, Finish, Generation
from inference.text.formats import CHATML
from inference.text.prompt import Prompt, Role, Turn
from inference.text.sampling import SamplingParams
from inference.text.settings import TextSettings
from inference.text.tests.random_model import Shape, write_model

FOLDER = Path(__file__).resolve().parent.parent / "var" / "benchmarks"
MODEL = FOLDER / "llama-300m-q8_0.gguf"
SHAPE = Shape(1024, heads=16, kv_heads=4, layers=24, inner=2816, context=8192, vocabulary=32_000, quantised=True)
THREADS = 2
STREAMS = (1, 4, 8, 16)
PROMPT_WORDS, REPLY_TOKENS = 8, 64
SAMPLING = SamplingParams(temperature=0.8, top_p=0.95, top_k=40, min_p=0.05, repetition_penalty=1.1)
CONTEXT_EACH = 512
LONG_PROMPT, LONG_REPLY = 2000, 4
STALLING_PROMPT = 4000
WORDS = "the lamp is lit and somebody writing good evening what shall we talk about quick brown fox jumps".split()


@dataclass
class Run:
    """One side's answer to one round."""

    tokens: int
    wall: float
    cpu: float
    first: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.tokens / self.wall


def prompts(chance: random.Random, count: int, words: int = PROMPT_WORDS) -> list[str]:
    return [" ".join(chance.choices(WORDS, k=words)) for _ in range(count)]


def generation(text: str, tokens: int, conversation: str = "", seed: int = 1) -> Generation:
    params = replace(SAMPLING, max_tokens=tokens, seed=seed)
    return Generation(Prompt((Turn(Role.USER, text),)), params, conversation=conversation)


def processor_seconds(pid: int | None = None) -> float:
    """User and system time of this process, or of another one."""
    if pid is None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(work: Callable[[str], tuple[int, float]], texts: Sequence[str], at_once: int, pid: int | None = None) -> Run:
    """Do `work` on each text, so many at once; it answers its tokens and when its first one came."""
    cpu, started = processor_seconds(pid), time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        done = list(pool.map(work, texts))
    wall = time.perf_counter() - started
    first = [moment - started for _, moment in done]
    return Run(sum(tokens for tokens, _ in done), wall, processor_seconds(pid) - cpu, first)


class Ours:
    def __init__(
        self, slots: int, context: int = CONTEXT_EACH, limits: EngineLimits | None = None, batch: int = 512
    ) -> None:
        settings = TextSettings("", str(MODEL), context=context, slots=slots, threads=THREADS, batch=batch)
        self.backend = LlamaCppBackend(settings)
        self.engine = Engine(self.backend, limits)

    def say(self, asked: Generation) -> tuple[int, float, int]:
        """Tokens, the moment of the first, and how much of the prompt was reused."""
        tokens, first = 0, 0.0
        for item in self.engine.generate(asked):
            if isinstance(item, Finish):
                return item.reply_tokens, first, item.reused_tokens
            first = first or time.perf_counter()
            tokens += item.tokens
        raise AssertionError("no finish")

    def run(self, texts: Sequence[str]) -> Run:
        return timed(lambda text: self.say(generation(text, REPLY_TOKENS))[:2], texts, len(texts))

    def close(self) -> None:
        self.engine.close()


class Sequential:
    """The library's own object: what a worker has without an engine."""

    def __init__(self) -> None:
        self.llama = Llama(
            str(MODEL), n_ctx=CONTEXT_EACH, n_threads=THREADS, n_threads_batch=THREADS, n_batch=512, verbose=False
        )

    def say(self, text: str) -> tuple[int, float]:
        self.llama.reset()  # type: ignore[no-untyped-call]
        first = 0.0
        sampled = self.llama.generate(
            encoded(self.llama, text),
            temp=SAMPLING.temperature,
            top_p=SAMPLING.top_p,
            top_k=SAMPLING.top_k,
            min_p=SAMPLING.min_p,
            repeat_penalty=SAMPLING.repetition_penalty,
        )
        for number, _ in enumerate(sampled, 1):
            first = first or time.perf_counter()
            if number == REPLY_TOKENS:
                return number, first
        raise AssertionError("it ended")

    def run(self, texts: Sequence[str]) -> Run:
        return timed(self.say, texts, 1)

    def close(self) -> None:
        self.llama.close()


def encoded(vocabulary: Llama, text: str) -> list[int]:
    """The same tokens as our engine makes of a message."""
    segments = CHATML.render(Prompt((Turn(Role.USER, text),)))
    return [
        token
        for segment in segments
        for token in vocabulary.tokenize(segment.text.encode(), add_bos=False, special=segment.control)
    ]


class Apart:
    """A side in a process of its own, as it is in the product.

    OpenMP's threads wait for each other more slowly as soon as a process has more of them than the machine has cores,
    and a second side would bring its own.
    """

    def __init__(self, build: Callable[[], Ours | Sequential]) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, line = context.Pipe()
        self.process = context.Process(target=_serve, args=(build, line), daemon=True)
        self.process.start()

    def run(self, texts: Sequence[str]) -> Run:
        self.line.send(texts)
        run: Run = self.line.recv()
        return run

    def close(self) -> None:
        self.line.send(None)
        self.process.join()


def _serve(build: Callable[[], Ours | Sequential], line: Connection) -> None:
    side = build()
    while (texts := line.recv()) is not None:
        line.send(side.run(texts))
    side.close()


class Server:
    """llama.cpp's own server, on tokens, so that both sides read the same."""

    def __init__(self, binary: str, slots: int) -> None:
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [binary, "-m", str(MODEL), "-c", str(CONTEXT_EACH * slots), "--parallel", str(slots), "-cb"]
        command += ["-t", str(THREADS), "-tb", str(THREADS), "-b", "512", "-ub", "512", "--no-webui"]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.vocabulary = Llama(str(MODEL), n_ctx=CONTEXT_EACH, verbose=False)
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health"):
                break
            time.sleep(0.2)

    def say(self, text: str) -> tuple[int, float]:
        body = {
            "prompt": encoded(self.vocabulary, text),
            "n_predict": REPLY_TOKENS,
            "stream": True,
            "cache_prompt": True,
            "ignore_eos": True,
            "temperature": SAMPLING.temperature,
            "top_p": SAMPLING.top_p,
            "top_k": SAMPLING.top_k,
            "min_p": SAMPLING.min_p,
            "repeat_penalty": SAMPLING.repetition_penalty,
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/completion", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        first, tokens = 0.0, 0
        with urllib.request.urlopen(request) as answer:  # noqa: S310  our own server
            for line in answer:
                if line.startswith(b"data: "):
                    first = first or time.perf_counter()
                    tokens = json.loads(line[6:]).get("tokens_predicted", tokens)
        return tokens, first

    def run(self, texts: Sequence[str]) -> Run:
        return timed(self.say, texts, len(texts), self.process.pid)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def throughput(rounds: int, server: str) -> dict[str, float]:
    """All sides in turn at each number of streams. Ratios of medians."""
    print(f"{'streams':>7}  {'side':<12}{'tokens/s':>10}{'best':>8}{'cpu ms/token':>14}{'first token s':>15}")
    chance, found = random.Random(5), {}
    for streams in STREAMS:
        sides: dict[str, Apart | Server] = {"ours": Apart(partial(Ours, streams))}
        if server:
            sides["server"] = Server(server, streams)
        sides["sequential"] = Apart(Sequential)
        runs: dict[str, list[Run]] = {name: [] for name in sides}
        for side in sides.values():
            side.run(prompts(chance, streams))
        for _ in range(rounds):
            for name, side in sides.items():
                runs[name].append(side.run(prompts(chance, streams)))
        for name, done in runs.items():
            rate = statistics.median(run.rate for run in done)
            cpu = statistics.median(1000 * run.cpu / run.tokens for run in done)
            first = statistics.median(moment for run in done for moment in run.first)
            best = max(run.rate for run in done)
            print(f"{streams:>7}  {name:<12}{rate:>10.1f}{best:>8.1f}{cpu:>14.2f}{first:>15.3f}")
            found[f"{name}_{streams}"], found[f"{name}_cpu_{streams}"] = rate, cpu
        for side in sides.values():
            side.close()
    pairs = {"aggregate_vs_sequential_8": found["ours_8"] / found["sequential_8"]}
    pairs["cpu_vs_sequential_8"] = found["sequential_cpu_8"] / found["ours_cpu_8"]
    if server:
        pairs["aggregate_vs_server_8"] = found["ours_8"] / found["server_8"]
        pairs["cpu_vs_server_8"] = found["server_cpu_8"] / found["ours_cpu_8"]
    return pairs


def reuse(rounds: int) -> dict[str, float]:
    """Time to the first token of a prompt of which a part was read before, by the same chat."""
    ours = Ours(2, context=4096)
    chance, seconds = random.Random(6), {}
    print(f"\n{'shared %':>8}{'reused tokens':>15}{'first token s':>15}")
    for share in (0, 50, 95):
        taken, reused = list[float](), 0
        for number in range(rounds):
            kept = long_text(chance, ours.engine, LONG_PROMPT * share // 100)
            before, after = (long_text(chance, ours.engine, LONG_PROMPT * (100 - share) // 100) for _ in range(2))
            ours.say(generation(kept + before, 1, conversation=f"{share} {number}"))
            started = time.perf_counter()
            _, first, reused = ours.say(generation(kept + after, LONG_REPLY, conversation=f"{share} {number}"))
            taken.append(first - started)
        seconds[share] = statistics.median(taken)
        print(f"{share:>8}{reused:>15}{seconds[share]:>15.3f}")
    ours.close()
    return {f"ttft_reuse_speedup_{share}": seconds[0] / seconds[share] for share in (50, 95)}


def long_text(chance: random.Random, engine: Engine, tokens: int) -> str:
    """Words that come to about so many tokens, none of them at the beginning of another such text."""
    words: list[str] = []
    each = engine.count(" ".join(WORDS)) / len(WORDS)
    while len(words) * each < tokens:
        words.append(chance.choice(WORDS))
    return " ".join(words) + " "


def gaps(rounds: int) -> dict[str, float]:
    """The pauses in four replies while a long prompt is read, in chunks and in one piece."""
    heading = f"a prompt of {STALLING_PROMPT} tokens beside four replies"
    print(f"\n{heading:<48}{'p50 ms':>8}{'p95 ms':>8}{'max ms':>9}")
    found = {}
    for name, limits, batch in (
        ("chunked", EngineLimits(), 512),
        ("unchunked", EngineLimits(beside_seconds=float("inf"), alone_seconds=float("inf")), STALLING_PROMPT + 512),
    ):
        ours, pauses = Ours(5, context=4608, limits=limits, batch=batch), list[float]()
        for number in range(rounds):
            pauses += _pauses(ours, random.Random(number))
        ours.close()
        p50, p95 = (1000 * sorted(pauses)[int(len(pauses) * part)] for part in (0.5, 0.95))
        print(f"{name:<48}{p50:>8.0f}{p95:>8.0f}{1000 * max(pauses):>9.0f}")
        found[f"p95_token_gap_{'during_prefill' if name == 'chunked' else 'unchunked'}_ms"] = p95
    return found


def _pauses(ours: Ours, chance: random.Random) -> Iterator[float]:
    reading, read = threading.Event(), threading.Event()

    def speak(text: str) -> list[float]:
        """Pauses between its tokens from when the long prompt comes until it is read."""
        asked, moments = generation(text, 100_000), []
        for item in ours.engine.generate(asked):
            if isinstance(item, Delta) and reading.is_set():
                moments.append(time.perf_counter())
            if read.is_set():
                asked.cancelled.set()
        return [later - earlier for earlier, later in itertools.pairwise(moments)]

    with ThreadPoolExecutor(5) as pool:
        speakers = [pool.submit(speak, text) for text in prompts(chance, 4)]
        time.sleep(1.0)
        long = long_text(chance, ours.engine, STALLING_PROMPT)
        reading.set()
        ours.say(generation(long, 1))
        read.set()
        for speaker in speakers:
            yield from speaker.result()


def hammer(seconds: float) -> dict[str, float]:
    """Four threads with random prompts and cancels: nobody is lost, and the memory stays what it is."""
    ours = Ours(4, limits=EngineLimits(parking_bytes=32 * 2**20))
    until, lost = time.monotonic() + seconds, []

    def one(seed: int) -> int:
        chance, finished = random.Random(seed), 0
        while time.monotonic() < until:
            asked = replace(
                generation(prompts(chance, 1, chance.randint(1, 60))[0], chance.randint(1, 40), str(seed)),
                cancelled=threading.Event(),
            )
            leaves, told, ended = chance.choice((0, 1, 5, 1000)), 0, False
            for item in ours.engine.generate(asked):
                ended = ended or isinstance(item, Finish)
                told += item.tokens if isinstance(item, Delta) else 0
                if told >= leaves:
                    asked.cancelled.set()
            finished += ended
            if not ended:
                lost.append(seed)
        return finished

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(one, seed) for seed in range(4)]
        time.sleep(seconds / 4)
        early = _resident_mib()
        finished = sum(thread.result() for thread in work)
    late = _resident_mib()
    ours.close()
    print(
        f"\n{finished} replies in {seconds:.0f} s, 4 threads with cancels: {len(lost)} lost, {late - early:+.1f} MiB"
    )
    return {"hammer_lost": len(lost), "hammer_growth_mib": late - early}


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--hammer", type=float, default=60.0, help="seconds")
    parser.add_argument("--only", choices=("throughput", "reuse", "gaps", "hammer"))
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not MODEL.exists():
        write_model(MODEL, SHAPE)
    server = os.environ.get("LLAMA_SERVER", "")
    parts: dict[str, Callable[[], dict[str, float]]] = {
        "throughput": lambda: throughput(options.rounds, server),
        "reuse": lambda: reuse(max(3, options.rounds // 2)),
        "gaps": lambda: gaps(2),
        "hammer": lambda: hammer(options.hammer),
    }
    pairs: dict[str, float] = {}
    for name, part in parts.items():
        if options.only in (None, name):
            pairs |= part()
    print(" ".join(f"{name}={value:.2f}" for name, value in pairs.items()))


if __name__ == "__main__":
    main()
