"""Samples as token ids: the product's own prompt functions, then the reply."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from chats.prompting import assemble
from chats.prompting.policy import DEFAULT_POLICY
from inference.text.budget import TokenBudget
from inference.text.formats import CHATML
from inference.text.prompt import Prompt, Role, Segment, Turn
from starter.grammar import personas
from starter.grammar.dialogue import Sample, Writer, some_sample, writer
from starter.grammar.personas import Persona
from starter.grammar.values import Values
from starter.tokenizer import Vocabulary

CONTEXT = 2048
LEARN, GLANCE, SKIP = 2, 1, 0


@dataclass(frozen=True, slots=True)
class Encoded:
    """Ids, and for each whether it is learned (the assistant's), glanced at (others' words) or skipped."""

    ids: list[int]
    marks: list[int]


class Encoder:
    """Turns samples into ids with one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.count = lru_cache(maxsize=20_000)(vocabulary.count)
        self.encode = lru_cache(maxsize=20_000)(vocabulary.encode)
        self.speaker = vocabulary.encode("assistant\n")

    def prompt(self, sample: Sample) -> Prompt:
        return assemble(sample.scene, TokenBudget(CONTEXT), self.count)

    def open_prompt(self, sample: Sample) -> list[int]:
        """The ids a model is given before it writes the reply."""
        return [token for segment in CHATML.render(self.prompt(sample)) for token in self._ids(segment)]

    def whole(self, sample: Sample) -> Encoded:
        """The prompt, the reply and what follows it."""
        turns = [*self.prompt(sample).turns, Turn(Role.ASSISTANT, sample.beat.reply)]
        for beat in sample.after:
            turns += [Turn(Role.USER, beat.said), Turn(Role.ASSISTANT, beat.reply)]
        ids: list[int] = []
        marks: list[int] = []
        spoken = False
        for segment in CHATML.render(Prompt(tuple(turns)))[:-3]:
            new = self._ids(segment)
            ids += new
            if segment.control:
                marks += [LEARN if spoken and segment.text == "<|im_end|>" else SKIP] * len(new)
                continue
            spoken = segment.text.startswith("assistant\n")
            mark = LEARN if spoken else GLANCE if segment.text.startswith(("user\n", "system\n")) else SKIP
            marks += [SKIP if at < len(self.speaker) else mark for at in range(len(new))]
        return Encoded(ids, marks)

    def prefix(self, source: Writer) -> list[int]:
        """What every prompt of this persona opens with."""
        text = "\n\n".join(part for part in (source.policy, source.stage.persona.sheet) if part)
        return [*self._ids(Segment("<|im_start|>", control=True)), *self.encode(f"system\n{text}")]

    def _ids(self, segment: Segment) -> list[int]:
        return self.vocabulary.segment(segment) if segment.control else self.encode(segment.text)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that share one prefix, padded to one length."""

    prefix: list[int]
    rows: list[Encoded]


def some_persona(rng: random.Random, early: bool) -> tuple[Persona, str]:
    """A persona and a policy: early on mostly short sheets, which cost little, later the shipped ones as they are."""
    shipped = rng.choice((personas.azera(), personas.areza()))
    persona = rng.choices(
        (
            shipped,
            personas.shortened(rng, shipped),
            personas.retold(rng, shipped),
            personas.invented(rng, Values(rng)),
        ),
        (10, 5, 60, 25) if early else (55, 15, 10, 20),
    )[0]
    return persona, DEFAULT_POLICY if rng.random() < (0.5 if early else 0.93) else ""


def batches(encoder: Encoder, seed: int, tokens: int, early: Callable[[], bool], pool: int = 120) -> Iterator[Batch]:
    """Endless batches of at most `tokens` padded tokens, of rows of like length, from ever new samples."""
    rng = random.Random(seed)
    waiting: list[Batch] = []
    while True:
        while len(waiting) < 40:
            waiting += _pool(encoder, rng, tokens, pool, early())
        rng.shuffle(waiting)
        for _ in range(10):
            yield waiting.pop()


def _pool(encoder: Encoder, rng: random.Random, tokens: int, size: int, early: bool) -> list[Batch]:
    persona, policy = some_persona(rng, early)
    source = writer(rng.getrandbits(48), persona, policy=policy)
    prefix = encoder.prefix(source)
    rows = []
    for _ in range(size):
        row = encoder.whole(some_sample(source, early))
        if row.ids[: len(prefix)] != prefix:
            raise ValueError("a prompt does not open with its persona's prefix")
        if len(row.ids) <= CONTEXT:
            rows.append(Encoded(row.ids[len(prefix) :], row.marks[len(prefix) :]))
    rows.sort(key=lambda row: len(row.ids))
    made: list[Batch] = []
    while rows:
        count = max(1, tokens // len(rows[-1].ids))
        made.append(Batch(prefix, rows[-count:]))
        del rows[-count:]
    rng.shuffle(made)
    # A made-up persona gives only a few batches, so that many of them are met.
    return made[:3] if persona.home else made
