"""Train the starter model from nothing: `python -m starter.train --minutes 90`.

Every batch is newly written by the grammar, so no text is seen twice. Matrices learn by Muon, the embedding and
the norms by AdamW. The learning rate holds and falls over the last part of the time; a moving average of the weights
is what gets exported.

Each worker is a process of one thread with batches of its own, and the gradients are averaged once a step. On a
machine that is busy with other things this does about twice as much as one process of two threads, which would wait
for its slower thread at every operation.
"""

import argparse
import json
import logging
import random
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import Tensor
from torch.nn import functional as F

from starter.corpus import GLANCE, LEARN, Batch, Encoder, batches
from starter.grammar import personas
from starter.grammar.dialogue import writer
from starter.grammar.values import Split, Values
from starter.model import Config, Model, Planted
from starter.paths import CHECKPOINT, WORK
from starter.tokenizer import Vocabulary

log = logging.getLogger("starter.train")

BATCH_TOKENS = 2560
WARMUP_STEPS = 60
# Tokens learned before the mixture turns from dense copying under short sheets to conversations under the real ones.
EARLY_TOKENS = 250_000
DECAY_SHARE = 0.3
MUON_RATE, ADAM_RATE = 0.006, 0.004
# One in eight of the words that are not the assistant's: enough to learn the language, an eighth of its cost.
GLANCES = 0.12
AVERAGE = 0.995


@dataclass(slots=True)
class Progress:
    """How far training has come, over all its runs."""

    steps: int = 0
    tokens: int = 0
    learned: int = 0
    seconds: float = 0.0
    loss: float = 0.0


class Trainer:
    """A model, its averaged copy and its optimisers."""

    def __init__(self, config: Config) -> None:
        self.model, self.average = Model(config), Model(config)
        self.average.load_state_dict(self.model.state_dict())
        matrices = [w for block in self.model.blocks[1:] for w in block.parameters() if w.ndim == 2]
        slow = [w for w in self.model.blocks[0].parameters() if w.ndim == 2]
        norms = [w for block in self.model.blocks for w in block.parameters() if w.ndim < 2]
        self.muon = torch.optim.Muon(
            [{"params": matrices, "share": 1.0}, {"params": slow, "share": 0.15}],
            lr=MUON_RATE,
            weight_decay=0.02,
            adjust_lr_fn="match_rms_adamw",
        )
        self.adam = torch.optim.AdamW(
            [
                {"params": norms, "share": 1.0},
                {"params": [self.model.embedding.weight], "share": 3.0},
                {"params": [self.model.norm.weight], "share": 0.25},
            ],
            lr=ADAM_RATE,
            betas=(0.9, 0.98),
            weight_decay=0.0,
        )
        self.planted = Planted(self.model)
        self.forward = torch.compile(self.model, dynamic=True)
        self.progress = Progress()

    def step(self, batch: Batch, rate: float, share: float, rng: random.Random) -> tuple[float, float]:
        """One update; `rate` scales both learning rates. The loss and `share`, averaged over the workers."""
        prefix, rows, wanted, targets = tensors(batch, rng)
        gap = rng.randint(0, 700) if rng.random() < 0.25 else 0
        gap = min(gap, self.model.config.context - len(prefix) - rows.shape[1])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.forward(prefix, rows, gap)
            scores = self.model.logits(hidden.flatten(0, 1)[wanted])
        loss = F.cross_entropy(scores.float(), targets)
        loss.backward()
        seen = self.average_gradients(torch.tensor([loss.item(), share, rows.numel() + len(prefix), len(targets)]))
        self.planted.still()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser, base in ((self.muon, MUON_RATE), (self.adam, ADAM_RATE)):
            for group in optimiser.param_groups:
                group["lr"] = base * rate * group.get("share", 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.planted.restore()
        keep = min(AVERAGE, 1 - 1 / (1 + self.progress.steps))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.model.parameters()), 1 - keep)
        self.progress.steps += 1
        self.progress.tokens += round(float(seen[2]) * dist.get_world_size())
        self.progress.learned += round(float(seen[3]) * dist.get_world_size())
        return float(seen[0]), float(seen[1])

    @torch.no_grad()  # type: ignore[untyped-decorator]  # torch's types are not read
    def average_gradients(self, beside: Tensor) -> Tensor:
        """Average all gradients over the workers, and a few numbers `beside` them, which come back."""
        weights = list(self.model.parameters())
        flat = torch.cat([weight.grad.flatten() for weight in weights] + [beside])
        dist.all_reduce(flat)
        flat /= dist.get_world_size()
        parts = flat.split([weight.numel() for weight in weights] + [len(beside)])
        for weight, part in zip(weights, parts, strict=False):
            weight.grad.copy_(part.view_as(weight))
        return parts[-1]

    def save(self, path: Path) -> None:
        state = {
            "config": asdict(self.model.config),
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "muon": self.muon.state_dict(),
            "adam": self.adam.state_dict(),
            "progress": asdict(self.progress),
        }
        unfinished = path.with_suffix(".tmp")
        torch.save(state, unfinished)
        unfinished.replace(path)

    def load(self, path: Path) -> None:
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.planted = Planted(self.model)
        self.average.load_state_dict(state["average"])
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
        self.progress = Progress(**state["progress"])


def tensors(batch: Batch, rng: random.Random) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Prefix, padded rows, the flat positions whose next token is scored, and those tokens."""
    length = max(len(row.ids) for row in batch.rows) - 1
    rows = torch.ones(len(batch.rows), length, dtype=torch.long)
    wanted, targets = [], []
    for at, row in enumerate(batch.rows):
        rows[at, : len(row.ids) - 1] = torch.tensor(row.ids[:-1])
        for position, (token, mark) in enumerate(zip(row.ids[1:], row.marks[1:], strict=True)):
            if mark == LEARN or (mark == GLANCE and rng.random() < GLANCES):
                wanted.append(at * length + position)
                targets.append(token)
    return torch.tensor(batch.prefix), rows, torch.tensor(wanted), torch.tensor(targets)


@torch.no_grad()  # type: ignore[untyped-decorator]  # torch's types are not read
def copied(model: Model, encoder: Encoder, samples: int = 20) -> float:
    """The share of held-out values that the averaged model would give back whole, judged token by token."""
    right = total = 0
    for persona in (personas.azera(), personas.areza()):
        rng = random.Random(5)
        source = writer(5, persona, Values(rng, Split.HELD_OUT))
        prefix = encoder.prefix(source)
        for _ in range(samples):
            sample = source.recall()
            ids = encoder.whole(sample).ids
            reply = encoder.vocabulary.tokenizer.encode(f"assistant\n{sample.beat.reply}")
            start = f"assistant\n{sample.beat.reply}".rfind(sample.beat.value)
            span = [
                at
                for at, (low, high) in enumerate(reply.offsets)
                if high > start and low < start + len(sample.beat.value)
            ]
            offset = len(ids) - 1 - len(reply.ids)
            if ids[offset:-1] != reply.ids:
                raise ValueError("the reply is not where it is looked for")
            hidden = model(torch.tensor(prefix), torch.tensor([ids[len(prefix) :]]))[0]
            best = model.logits(hidden).argmax(-1)
            right += all(int(best[offset + at - 1 - len(prefix)]) == reply.ids[at] for at in span)
            total += 1
    return right / max(1, total)


def rate_at(step: int, share: float) -> float:
    """The learning rate's factor at a step of this run, `share` of its time being spent."""
    return min(1.0, (step + 1) / WARMUP_STEPS) * min(1.0, max(0.03, (1 - share) / DECAY_SHARE))


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    minutes: float
    seed: int
    workers: int
    resume: Path | None
    out: Path


def work(rank: int, options: Options, meeting: str) -> None:
    """One worker's life. All workers take the same steps; the first one also logs and saves."""
    logging.basicConfig(level=logging.INFO if rank == 0 else logging.WARNING, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=options.workers)
    encoder = Encoder(Vocabulary.load())
    trainer = Trainer(Config(vocab=encoder.vocabulary.tokenizer.get_vocab_size()))
    if options.resume:
        trainer.load(options.resume)
    log.info("%.2fM parameters, from step %d", trainer.model.parameter_count() / 1e6, trainer.progress.steps)
    run(trainer, encoder, options, rank)
    dist.destroy_process_group()


def run(trainer: Trainer, encoder: Encoder, options: Options, rank: int) -> None:
    """Train for so many minutes of wall time."""
    seed = options.seed + trainer.progress.steps * options.workers + rank
    rng = random.Random(seed)
    started, before, held, share = time.monotonic(), trainer.progress.seconds, False, 0.0
    losses: list[float] = []

    def early() -> bool:
        return trainer.progress.learned < EARLY_TOKENS

    for step, batch in enumerate(batches(encoder, seed, BATCH_TOKENS, early)):
        rate, now = rate_at(step, share), (time.monotonic() - started) / (60 * options.minutes)
        loss, share = trainer.step(batch, rate, now, rng)
        losses.append(loss)
        trainer.progress.seconds = before + time.monotonic() - started
        if rank == 0 and step % 50 == 49:
            trainer.progress.loss = sum(losses) / len(losses)
            log.info("%s", json.dumps({**asdict(trainer.progress), "rate": round(rate, 3)}))
            losses.clear()
        if rank == 0 and share > 1 - DECAY_SHARE and not held:
            trainer.save(options.out.with_name("before-decay.pt"))
            held = True
        if rank == 0 and (step % 100 == 99 or share >= 1):
            trainer.save(options.out)
            log.info("step %d: held-out copies %.3f", trainer.progress.steps, copied(trainer.average, encoder))
        if share >= 1:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--resume", type=Path, help="a checkpoint to go on from")
    parser.add_argument("--out", type=Path, default=CHECKPOINT)
    options = Options(**vars(parser.parse_args()))
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        mp.spawn(work, args=(options, f"{folder}/meeting"), nprocs=options.workers)


if __name__ == "__main__":
    main()
