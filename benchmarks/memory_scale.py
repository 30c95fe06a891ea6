"""Recall where there is much: `make bench-memory-scale`.

One person has 100,000 memories, half of them with one character and the rest with four; 100 others have 1,000 each.
They were written in sittings of forty, as they are in life, with vectors of chance around a few hundred topics and
words as rare and as frequent as in every language; one word stands in half of all. Times are those of a whole recall
without the embedding, of the cursors in it, and of the processor, here and in PostgreSQL. It is also asked whether
what is found is the nearest there is.
"""

import os
import random
import shutil
import statistics
import tempfile
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from uuid import UUID

HOME = Path(tempfile.mkdtemp(prefix="cognitia-bench-recall-"))
HOME.chmod(0o755)  # the embedded PostgreSQL of root runs as another user, who must be able to enter
os.environ.pop("DATABASE_URL", None)
os.environ.update(COGNITIA_HOME=str(HOME), DJANGO_SETTINGS_MODULE="cognitia.settings", SECRET_KEY="x" * 50)
os.environ.update(TEXT_ENGINE="inference.testing", HASHED_STATIC="0", LOG_LEVEL="ERROR")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.searching import CODAS, ONSETS, VOWELS  # noqa: E402
from benchmarks.timing import Times, percentile, timed  # noqa: E402
from characters.actions.seeding import seed_characters  # noqa: E402
from characters.models import Character  # noqa: E402
from cognitia.embedded.postgres import EmbeddedPostgres  # noqa: E402
from memory import wall  # noqa: E402
from memory.embedding import model_name  # noqa: E402
from memory.models import Embedding, Kind  # noqa: E402
from memory.recalling.candidates import MOST_NEAR, Search  # noqa: E402
from memory.recalling.query import Query  # noqa: E402
from memory.recalling.recall import Vector, recall  # noqa: E402

WORST, OTHERS_OF_HEAVY, PEOPLE, EACH = 50_000, (20_000, 15_000, 10_000, 5_000), 100, 1_000
USUAL = 10_000
SITTING = 40
TOPICS, DIMENSIONS = 400, 384
VOCABULARY, COMMON = 20_000, "lantern"
ASKED, WARM = 120, 10
MEMORY = (
    "id owner_id character_id kind speaker spoken_by text chat_id source_id sources previous_id witnesses people "
    "stands is_pinned emotion confidence importance said_at created_at"
).split()
EMBEDDING = "memory_id owner_id character_id model vector".split()


class World:
    """Words and meanings to make memories of."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.numbers = np.random.default_rng(7)
        found: dict[str, None] = {}
        while len(found) < VOCABULARY:
            parts = (chance.choice(ONSETS) + chance.choice(VOWELS) + chance.choice(CODAS) for _ in range(3))
            found["".join(parts)] = None
        self.words = list(found)
        self.weights = list(accumulate(1 / (place + 3) for place in range(VOCABULARY)))
        self.topics = self.numbers.standard_normal((TOPICS, DIMENSIONS)).astype(np.float32)

    def text(self) -> str:
        said = self.chance.choices(self.words, cum_weights=self.weights, k=self.chance.randint(6, 40))
        if self.chance.random() < 0.5:
            said[self.chance.randrange(len(said))] = COMMON
        return " ".join(said).capitalize() + self.chance.choice("..?")

    def vectors(self, topic: int, count: int) -> Vector:
        made = self.topics[topic] + 1.6 * self.numbers.standard_normal((count, DIMENSIONS)).astype(np.float32)
        unit: Vector = made / np.linalg.norm(made, axis=1, keepdims=True)
        return unit


def fill(world: World, pairs: list[tuple[User, Character, int]]) -> None:
    """Sittings of all pairs in turn, as they happen: beside each other on the disk are those of others."""
    sittings = [(user, who) for user, who, count in pairs for _ in range(count // SITTING)]
    world.chance.shuffle(sittings)
    begun, step = now() - timedelta(days=730), timedelta(days=730) / len(sittings)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE memory_memory DISABLE TRIGGER USER")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'memory_words'")
        definition = cursor.fetchone()[0]
        cursor.execute("DROP INDEX memory_words")
        for first in range(0, len(sittings), 500):
            some = sittings[first : first + 500]
            rows: list[tuple[object, ...]] = []
            vectors: list[tuple[object, ...]] = []
            for at, (user, who) in enumerate(some, start=first):
                chat = UUID(int=world.chance.getrandbits(128))
                before: UUID | None = None
                meanings = world.vectors(world.chance.randrange(TOPICS), SITTING)
                for turn in range(SITTING):
                    own = UUID(int=world.chance.getrandbits(128))
                    said_at = begun + at * step + turn * timedelta(seconds=40)
                    is_person = turn % 2 == 0
                    rows.append(
                        (
                            own, user.id, who.id, Kind.EXCHANGE, "person" if is_person else "character",
                            "Somebody", world.text(), chat, UUID(int=world.chance.getrandbits(128)), "{}", before,
                            "{}", "{" + str(user.id) + "}", True, False, "neutral", 0.0, 0.5, said_at, said_at,
                        )
                    )  # fmt: skip
                    vector = "[" + ",".join(f"{value:.4g}" for value in meanings[turn]) + "]"
                    vectors.append((own, user.id, who.id, model_name(), vector))
                    before = own
            with cursor.copy(f"COPY memory_memory ({','.join(MEMORY)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            with cursor.copy(f"COPY memory_embedding ({','.join(EMBEDDING)}) FROM STDIN") as copy:
                for vector_row in vectors:
                    copy.write_row(vector_row)
            print(f"\r{first * SITTING} memories", end="", flush=True)
        cursor.execute("ALTER TABLE memory_memory ENABLE TRIGGER USER")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")
    print(f"\r{len(sittings) * SITTING} memories")


def ask(world: World, user: User, who: Character) -> tuple[Times, float]:
    """Questions of three to seven words, rare and frequent; a third name a month. How much was as near as can be."""
    times, exact = Times(), 0
    for number in range(ASKED + WARM):
        words = world.chance.choices(world.words, cum_weights=world.weights, k=world.chance.randint(3, 7))
        words += [COMMON] if number % 4 == 0 else []
        text = f"What did I say of {' '.join(words)}{' in May' if number % 3 == 0 else ''}?"
        vector = world.vectors(world.chance.randrange(TOPICS), 1)[0]
        query = Query(user.id, who.id, text, frozenset({user.id}), (), (), now(), 1000, lambda line: len(line) // 4)
        with timed(times if number >= WARM else Times()):
            recall(query, embed=lambda _text, found=vector: found)  # type: ignore[misc]
        if number < 5:
            exact += is_exact(query, vector)
    return times, exact / 5


def is_exact(query: Query, vector: Vector) -> bool:
    """Whether the ten nearest are those of a comparison with every vector, here."""
    rows = Embedding.objects.filter(owner_id=query.owner_id, character_id=query.character_id)
    ids, vectors = zip(*rows.values_list("memory_id", "vector"), strict=True)
    nearness = np.array(vectors, np.float32) @ vector
    with wall.inside(query.owner_id):
        found = Search(query, vector, model_name()).nearest().found
    assert len(found) <= MOST_NEAR
    wanted = {str(ids[at]) for at in np.argsort(-nearness)[:10]}
    return len(wanted & {one.memory_id for one in found[:12]}) == len(wanted)


def spread(values: list[float]) -> str:
    return f"p50 {statistics.median(values):6.1f} p95 {percentile(values, 0.95):6.1f}"


def main() -> None:
    world = World(random.Random(3))
    seeded = list(seed_characters())
    characters = seeded + [Character.objects.create(owner=None, slug=f"bench-{at}") for at in range(6 - len(seeded))]
    heavy, usual, *others = [User.objects.create(email=f"{at}@example.org") for at in range(PEOPLE + 2)]
    pairs = [(heavy, characters[0], WORST)]
    pairs += [(heavy, who, count) for who, count in zip(characters[1:], OTHERS_OF_HEAVY, strict=False)]
    pairs += [(usual, characters[0], USUAL)]
    pairs += [(user, characters[at % len(characters)], EACH) for at, user in enumerate(others)]
    fill(world, pairs)
    with connection.cursor() as cursor:
        for name in ("memory_memory", "memory_embedding", "memory_words"):
            cursor.execute("SELECT pg_total_relation_size(%s) / 1048576.0", [name])
            print(f"{name}: {cursor.fetchone()[0]:.0f} MiB")
    figures = {}
    for title, user, who in (
        (f"{EACH} of one character", others[0], characters[0]),
        (f"{USUAL} of one character", usual, characters[0]),
        (f"{OTHERS_OF_HEAVY[0]} of 100,000", heavy, characters[1]),
        (f"{WORST} of 100,000", heavy, characters[0]),
    ):
        times, exact = ask(world, user, who)
        figures[title] = times
        print(
            f"{title:26} whole {spread(times.whole_ms)}   database {spread(times.database_ms)}   "
            f"CPU {spread(times.processor_ms)}   "
            f"exact {exact:.0%}",
            flush=True,
        )
    usual_times, split, worst = list(figures.values())[1:]
    print(
        f"usual_cpu_p95_ms={percentile(usual_times.processor_ms, 0.95):.1f} "
        f"heavy_database_p95_ms={percentile(split.database_ms, 0.95):.1f} "
        f"worst_database_p95_ms={percentile(worst.database_ms, 0.95):.1f}"
    )


if __name__ == "__main__":
    server = EmbeddedPostgres(HOME)
    server.start()
    try:
        call_command("migrate", verbosity=0)
        main()
    finally:
        connection.close()
        server.stop()
        shutil.rmtree(server.socket_folder, ignore_errors=True)
        shutil.rmtree(HOME, ignore_errors=True)
