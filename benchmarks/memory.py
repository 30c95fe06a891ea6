"""How much of what was said is recalled when it is asked for: `make bench-memory DATA=file`.

The file is in the format of LoCoMo; without one, a small conversation of our own is asked, so that all of it runs.
Every turn goes through the product: it is remembered by `memory.actions.keeping.keep`, gets its vector from the model
that ships, and is asked for by `memory.recalling.recall.recall`, each conversation as a person of its own. Questions
are asked as they stand ("raw") and as the person would ask the character ("first").

Those weights that are in the product were fitted on conversations 1 to 5 of LoCoMo. Conversations that they were
fitted on are judged by weights fitted anew on the others (leave one out); all others by the shipped ones. `--fit`
prints weights fitted on all of the file.
"""

import argparse
import hashlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from uuid import UUID, uuid4

HOME = Path(tempfile.mkdtemp(prefix="cognitia-bench-memory-"))
HOME.chmod(0o755)  # the embedded PostgreSQL of root runs as another user, who must be able to enter
os.environ.pop("DATABASE_URL", None)
os.environ.pop("REDIS_URL", None)
os.environ.update(COGNITIA_HOME=str(HOME), DJANGO_SETTINGS_MODULE="cognitia.settings", SECRET_KEY="x" * 50)
os.environ.update(TEXT_ENGINE="inference.testing", HASHED_STATIC="0", LOG_LEVEL="ERROR")
os.environ.setdefault("OMP_NUM_THREADS", "1")
(HOME / "static").mkdir()  # WhiteNoise warns where it is missing

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks import memory_data, memory_fit  # noqa: E402
from benchmarks.memory_data import ADVERSARIAL, Conversation, Turn  # noqa: E402
from benchmarks.memory_figures import MAIN_BUDGET, Asked, Figures, Loaded, answerable, mean, table  # noqa: E402
from benchmarks.memory_fit import Example  # noqa: E402
from benchmarks.timing import Times, percentile, timed  # noqa: E402
from characters.actions.seeding import seed_characters  # noqa: E402
from characters.models import Character  # noqa: E402
from cognitia.embedded.postgres import EmbeddedPostgres  # noqa: E402
from cognitia.embedded.redis import EmbeddedRedis  # noqa: E402
from memory import embedding, wall  # noqa: E402
from memory.actions.keeping import keep  # noqa: E402
from memory.exchange import Said  # noqa: E402
from memory.models import Kind, Memory, Speaker  # noqa: E402
from memory.recalling import question, weights  # noqa: E402
from memory.recalling.candidates import Search  # noqa: E402
from memory.recalling.query import Query, Recalled, Rule  # noqa: E402
from memory.recalling.recall import Vector, rank, recall  # noqa: E402
from memory.recalling.weights import FITTED, Fitted  # noqa: E402

BUDGETS = (500, 1000, 2000)
RENDERINGS = ("raw", "first")
SUMMARY_WORDS = 60
NO_DATA = 3


class Embedded:
    """The vectors of what is asked, computed before: searching is timed without them."""

    def __init__(self) -> None:
        self.vectors: dict[str, Vector] = {}
        self.times: list[float] = []

    def __call__(self, text: str) -> Vector:
        if text not in self.vectors:
            began = time.perf_counter()
            self.vectors[text] = embedding.vectors([text])[0]
            self.times.append((time.perf_counter() - began) * 1000)
        return self.vectors[text]


def load(conversation: Conversation, character: Character) -> Loaded:
    owner = User.objects.create(email=f"{uuid4()}@example.org", name=conversation.person)
    sources = {turn.name: uuid4() for turn in conversation.turns}
    chats = defaultdict(uuid4)  # type: ignore[var-annotated]
    said: list[Said] = []
    before: Turn | None = None
    for turn in conversation.turns:
        follows = before if before is not None and before.session == turn.session else None
        said.append(
            Said(
                owner_id=owner.id,
                source_id=sources[turn.name],
                chat_id=chats[turn.session],
                speaker=Speaker.PERSON if turn.is_person else Speaker.CHARACTER,
                author_id=owner.id if turn.is_person else character.id,
                spoken_by=turn.speaker,
                text=turn.text,
                said_at=turn.said_at,
                witnesses=(character.id,),
                people=(owner.id,),
                follows=sources[follows.name] if follows else None,
            )
        )
        before = turn
    embedding.run_embedding(keep(said))
    by_source = {source: name for name, source in sources.items()}
    rows = Memory.objects.filter(owner=owner, source_id__in=by_source).values_list("id", "source_id")
    names = {memory_id: by_source[source] for memory_id, source in rows if source is not None}
    return Loaded(conversation, owner, character, names, {turn.name: turn.session for turn in conversation.turns})


def questions(loaded: Sequence[Loaded], rendering: str) -> list[Asked]:
    found = []
    for one in loaded:
        told = one.conversation
        for asked in told.questions:
            text = asked.text
            if rendering == "first":
                text = memory_data.in_first_person(text, told.person, told.character)
            found.append(Asked(one, asked, rendering, text))
    return found


def tokens(line: str) -> int:
    # Within 3 % of what WordPiece counts.
    return -(-len(line.rstrip("\n")) // 4)


def query(asked: Asked, budget: int, rule: Rule = Rule.FUSED) -> Query:
    told = asked.loaded.conversation
    return Query(
        owner_id=asked.loaded.owner.id,
        character_id=asked.loaded.character.id,
        text=asked.text,
        people=frozenset({asked.loaded.owner.id}),
        person_names=(told.person,),
        character_names=(told.character,),
        now=told.asked_at,
        budget=budget,
        count=tokens,
        rule=rule,
    )


def example(asked: Asked, embed: Embedded) -> Example:
    one = query(asked, MAIN_BUDGET)
    read = question.read(one)
    vector = embed(read.words)
    with wall.inside(one.owner_id):
        ranked = rank(read, Search(one, vector, embedding.model_name()))
    names = [asked.loaded.names.get(UUID(memory_id)) for memory_id in ranked.found.ids]
    return Example(ranked.features, [at for at, name in enumerate(names) if name in asked.question.gold])


def measure(
    asked: Asked,
    embed: Embedded,
    fitted: Fitted = FITTED,
    rule: Rule = Rule.FUSED,
    budgets: Sequence[int] = (MAIN_BUDGET,),
    times: Times | None = None,
) -> Figures:
    recalled: dict[int, Recalled] = {}
    for budget in budgets:
        one = query(asked, budget, rule)
        embed(question.read(one).words if rule == Rule.FUSED else one.text)
        with timed(times) if times else nullcontext():
            recalled[budget] = recall(one, embed, fitted)
    gold, names = asked.question.gold, asked.loaded.names
    order = [names.get(memory_id, "") for memory_id in recalled[MAIN_BUDGET].ranked]
    places = [at for at, name in enumerate(order) if name in gold]
    values = {f"R@{k}": sum(at < k for at in places) / len(gold) for k in (5, 10, 20)}
    values["hit@10"] = float(any(at < 10 for at in places))
    values["all@10"] = float(sum(at < 10 for at in places) == len(gold))
    values["MRR"] = 1 / (places[0] + 1) if places else 0.0
    best = sum(1 / np.log2(at + 2) for at in range(min(10, len(gold))))
    values["nDCG@10"] = sum(1 / np.log2(at + 2) for at in places if at < 10) / best
    for budget, found in recalled.items():
        told = _told(found, names)
        values[f"R|{budget}"] = len(told & gold) / len(gold)
        values[f"all|{budget}"] = float(gold <= told)
    sessions = list(dict.fromkeys(asked.loaded.sessions[name] for name in order if name))
    wanted = {asked.loaded.sessions[name] for name in gold}
    values["sessR@10"] = len(wanted & set(sessions[:10])) / len(wanted)
    values["sessany@5"] = float(bool(wanted & set(sessions[:5])))
    recap = recalled[MAIN_BUDGET].recap
    return Figures(asked, values, recap.tokens if recap else 0)


def _told(recalled: Recalled, names: dict[UUID, str]) -> set[str]:
    return {names[one.memory_id] for one in recalled.memories if one.memory_id in names}


def judges(loaded: Sequence[Loaded], embed: Embedded) -> Callable[[Asked], Fitted]:
    """The weights that each question is asked with: never any that were fitted on its own conversation."""
    names = [one.conversation.name for one in loaded]
    known = [name for name in names if name in weights.FITTED_ON]
    if not known:
        return lambda _asked: FITTED
    print(f"fitted on {len(known)} of these conversations: each is left out of the weights that judge it", flush=True)
    examples = {
        one.conversation.name: [
            example(asked, embed)
            for rendering in RENDERINGS
            for asked in questions([one], rendering)
            if asked.question.category != ADVERSARIAL
        ]
        for one in loaded
        if one.conversation.name in known
    }
    fitted = {
        name: memory_fit.fit([one for other in known if other != name for one in examples[other]]) for name in known
    }
    return lambda asked: fitted.get(asked.loaded.conversation.name, FITTED)


def pollute(loaded: Sequence[Loaded]) -> None:
    """For each session a summary and a journal entry, and two dreams of its words in another order."""
    chance = random.Random(1)
    for one in loaded:
        rows: list[Memory] = []
        by_session: dict[int, list[str]] = defaultdict(list)
        for turn in one.conversation.turns:
            by_session[turn.session].append(turn.text)
        ends = {turn.session: turn.said_at for turn in one.conversation.turns}
        ids = {name: memory_id for memory_id, name in one.names.items()}
        for session, texts in by_session.items():
            words = " ".join(texts).split()
            told = one.conversation.summaries.get(session) or " ".join(words[:SUMMARY_WORDS])
            made = [(Kind.SUMMARY, told), (Kind.JOURNAL, f"I keep thinking of this. {told}")]
            made += [(Kind.DREAM, " ".join(chance.sample(words, min(len(words), SUMMARY_WORDS)))) for _ in range(2)]
            sources = [ids[turn.name] for turn in one.conversation.turns if turn.session == session]
            rows += [
                Memory(
                    owner=one.owner, character=one.character, kind=kind, text=text, said_at=ends[session],
                    sources=sources, people=[one.owner.id],
                )
                for kind, text in made
            ]  # fmt: skip
        Memory.objects.bulk_create(rows)
        embedding.run_embedding([row.id for row in rows])


def run(conversations: Sequence[Conversation], *, fit_all: bool) -> None:
    embed, times = Embedded(), Times()
    character = seed_characters()[0]
    began = time.perf_counter()
    loaded = [load(one, character) for one in conversations]
    turns = sum(len(one.conversation.turns) for one in loaded)
    print(
        f"{turns} turns of {len(loaded)} conversations remembered in {time.perf_counter() - began:.0f} s", flush=True
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    if fit_all:
        every = [asked for rendering in RENDERINGS for asked in questions(loaded, rendering)]
        usable = [example(asked, embed) for asked in every if asked.question.category != ADVERSARIAL]
        print(memory_fit.text(memory_fit.fit(usable)))
        return
    judge = judges(loaded, embed)
    for asked in questions(loaded, "raw")[:20]:  # plans, caches
        measure(asked, embed)
    embed.times.clear()
    budgets = {"raw": BUDGETS, "first": (MAIN_BUDGET,)}
    ours = {
        rendering: [
            measure(asked, embed, judge(asked), budgets=budgets[rendering], times=times)
            for asked in questions(loaded, rendering)
        ]
        for rendering in RENDERINGS
    }
    classic = {
        rendering: [measure(asked, embed, rule=Rule.CLASSIC) for asked in questions(loaded, rendering)]
        for rendering in RENDERINGS
    }
    for rendering, figures in ours.items():
        table(f"ours, {rendering}", figures)
    for rendering, figures in classic.items():
        table(f"classic, {rendering}", figures)
    pollute(loaded)
    polluted = [
        measure(asked, embed, judge(asked))
        for asked in questions(loaded, "raw")
        if asked.question.category != ADVERSARIAL
    ]
    before, after = mean(answerable(ours["raw"]), "R|1000"), mean(polluted, "R|1000")
    share = max(one.tokens_recap for one in polluted) / MAIN_BUDGET
    print(
        f"\nbeside derived texts: R|1000 {100 * after:.1f} ({100 * (after - before):+.1f}), at most {share:.0%} of it"
    )
    print(
        f"ms: embed p50 {statistics.median(embed.times or [0]):.1f} p95 {percentile(embed.times or [0], 0.95):.1f}, "
        f"search p50 {statistics.median(times.whole_ms):.1f} p95 {percentile(times.whole_ms, 0.95):.1f}, "
        f"its CPU p50 {statistics.median(times.processor_ms):.1f} p95 {percentile(times.processor_ms, 0.95):.1f}"
    )
    raw = answerable(ours["raw"])
    print(
        f"recall10={mean(raw, 'R@10'):.3f} recall_1000tok={mean(raw, 'R|1000'):.3f} "
        f"classic_recall10={mean(answerable(classic['raw']), 'R@10'):.3f} "
        f"search_cpu_p95_ms={percentile(times.processor_ms, 0.95):.1f}"
    )


def described(path: Path | None) -> Iterator[str]:
    yield f"data {hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path else 'our own, small'}"
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    yield f"commit {commit.stdout.strip() or 'unknown'}"
    yield f"model {embedding.model_name()}"
    yield f"weights {hashlib.sha256(repr(FITTED).encode()).hexdigest()[:16]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--only", type=int, help="so many conversations of the file")
    options = parser.parse_args()
    if options.data is not None and not options.data.is_file():
        print(f"NOTHING WAS MEASURED: there is no file {options.data}.", file=sys.stderr)
        return NO_DATA
    conversations = memory_data.read(options.data) if options.data else memory_data.small()
    print(", ".join(described(options.data)), flush=True)
    servers = [EmbeddedPostgres(HOME), EmbeddedRedis(HOME)]
    try:
        for server in servers:
            server.start()
        call_command("migrate", verbosity=0)
        run(conversations[: options.only], fit_all=options.fit)
    finally:
        connection.close()
        for server in reversed(servers):
            server.stop()
            shutil.rmtree(server.socket_folder, ignore_errors=True)
        shutil.rmtree(HOME, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
