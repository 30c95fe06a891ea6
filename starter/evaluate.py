"""Held-out scores of the shipped GGUF, measured through llama.cpp: `python -m starter.evaluate`.

Prompts come from seeds that training never used, and their values from the held-out side of the split.
The last line is one line of name=value pairs.
"""

import argparse
import os
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from llama_cpp import Llama

from inference.text.gguf import read_header
from starter.corpus import CONTEXT, Encoder
from starter.grammar import personas
from starter.grammar.dialogue import Sample, Writer, some_sample, writer
from starter.grammar.fact_talk import DENIED
from starter.grammar.values import Split, Values
from starter.grammar.voices import in_register
from starter.paths import MODEL
from starter.tokenizer import Vocabulary

SEED = 9_000_017
LONGEST_REPLY = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote, and whether it stopped by itself."""

    text: str
    ended: bool
    tokens: int


class Speaker:
    """The model behind llama.cpp, one conversation at a time, sampled as its file recommends.

    One thread, as in the product: two would wait for each other longer than they compute.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        self.llama = Llama(str(path), n_ctx=CONTEXT, n_threads=threads, n_threads_batch=threads, verbose=False)
        self.encoder = Encoder(Vocabulary.load())
        facts = read_header(path).facts
        self.temperature, self.top_p = float(facts["general.sampling.temp"]), float(facts["general.sampling.top_p"])
        self.end = self.encoder.vocabulary.special["<|im_end|>"]

    def reply(self, prompt: list[int], temperature: float, limit: int = LONGEST_REPLY) -> Reply:
        """Generate until the turn ends or `limit` tokens are out. Temperature 0 is greedy."""
        made: list[int] = []
        sampled = self.llama.generate(
            prompt, top_k=0, top_p=self.top_p, min_p=0.0, temp=temperature, repeat_penalty=1.0
        )
        for token in sampled:
            if token == self.end:
                return Reply(self.encoder.vocabulary.decode(made), True, len(made))
            made.append(token)
            if len(made) == limit:
                break
        return Reply(self.encoder.vocabulary.decode(made), False, len(made))

    def tokens_per_second(self, tokens: int = 400) -> float:
        """Decoding alone: the prompt is read before the clock starts, and ends of turn are ignored."""
        prompt = self.encoder.open_prompt(held_out("azera", 1).recall())
        sampled = self.llama.generate(
            prompt, top_k=0, top_p=self.top_p, min_p=0.0, temp=self.temperature, repeat_penalty=1.0
        )
        next(sampled)
        started = time.perf_counter()
        for _ in range(tokens):
            next(sampled)
        return tokens / (time.perf_counter() - started)


def held_out(persona: str, seed: int) -> Writer:
    """A writer with values from the held-out side."""
    sheet = {"azera": personas.azera, "areza": personas.areza}[persona]()
    return writer(seed, sheet, Values(random.Random(seed), Split.HELD_OUT))


def has_value(sample: Sample, reply: Reply) -> bool:
    """The value stands in the reply letter by letter, as a whole word."""
    return bool(re.search(rf"(?<!\w){re.escape(sample.beat.value)}(?!\w)", reply.text))


def admits(_: Sample, reply: Reply) -> bool:
    """The reply says that it was not told."""
    return any(phrase in reply.text.lower() for phrase in DENIED)


def ends(_: Sample, reply: Reply) -> bool:
    return reply.ended


def stays(sample: Sample, reply: Reply) -> bool:
    """The reply keeps the persona's register (see voices.in_register for the rule)."""
    return in_register(sample.register, reply.text)


Check = Callable[[Sample, Reply], bool]


def known_only(source: Writer) -> Sample:
    """A fact told in the history that is then asked for."""
    while True:
        sample = source.told_before()
        if sample.beat.kind == "known":
            return sample


TASKS: tuple[tuple[str, Callable[[Writer], Sample], dict[str, Check]], ...] = (
    ("memory", Writer.recall, {"copied": has_value}),
    ("absent", Writer.missing, {"admitted": admits}),
    ("history", known_only, {"copied_from_history": has_value}),
    ("mixture", some_sample, {"ended": ends, "register": stays}),
)


def measure(speaker: Speaker, count: int, temperature: float, failures: list[str]) -> dict[str, float]:
    """The share of `count` prompts, half of each persona, on which each check holds."""
    speaker.llama.set_seed(SEED)
    scores: dict[str, float] = {}
    for name, make, checks in TASKS:
        passed = dict.fromkeys(checks, 0)
        for persona in ("azera", "areza"):
            source = held_out(persona, SEED + len(name))
            for _ in range(count // 2):
                sample = make(source)
                reply = speaker.reply(speaker.encoder.open_prompt(sample), temperature)
                for check, holds in checks.items():
                    if holds(sample, reply):
                        passed[check] += 1
                    else:
                        failures.append(
                            f"{check} {persona}: {sample.beat.said!r} wants {sample.beat.reply!r}: {reply.text!r}"
                        )
        scores |= {check: right / (count // 2 * 2) for check, right in passed.items()}
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--failures", action="store_true", help="print every prompt that failed")
    options = parser.parse_args()
    speaker = Speaker(options.model)
    failures: list[str] = []
    sampled = measure(speaker, options.count, speaker.temperature, failures)
    greedy = measure(speaker, options.count, 0.0, [])
    speaker.llama.close()
    speed, load = Speaker(options.model).tokens_per_second(), os.getloadavg()[0]
    if options.failures:
        print("\n".join(failures))
    print(f"{'score':<22}{'sampled':>9}{'greedy':>9}")
    for name in sampled:
        print(f"{name:<22}{sampled[name]:>9.3f}{greedy[name]:>9.3f}")
    print(f"{'tokens per second':<22}{speed:>9.0f}{'':>9} (load {load:.1f})")
    pairs = {name: f"{value:.3f}" for name, value in sampled.items()}
    pairs |= {f"{name}_greedy": f"{value:.3f}" for name, value in greedy.items()}
    pairs |= {"tokens_per_second": f"{speed:.0f}", "load": f"{load:.1f}", "prompts": str(options.count)}
    print(" ".join(f"{name}={value}" for name, value in pairs.items()))


if __name__ == "__main__":
    main()
