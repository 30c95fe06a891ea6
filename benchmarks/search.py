"""Searching 20,000 characters: `make bench-search`.

Ours (words with weights, trigrams for slips of the finger) and, as the other side, what one writes first: ILIKE over
name, tagline and card. The same queries, of the other side a tenth, in turn, on one embedded PostgreSQL. Times are
those of the database cursor, of the processor in PostgreSQL, and of the whole call. It also says whether the indexes
are used, and how large they are.
"""

import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="cognitia-bench-search-"))
HOME.chmod(0o755)  # the embedded PostgreSQL of root runs as another user, who must be able to enter
os.environ.pop("DATABASE_URL", None)
os.environ.update(COGNITIA_HOME=str(HOME), DJANGO_SETTINGS_MODULE="cognitia.settings", SECRET_KEY="x" * 50)
os.environ["TEXT_ENGINE"] = "inference.testing"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.db.models.functions import Length  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.searching import CODAS, ONSETS, VOWELS, slip  # noqa: E402
from benchmarks.timing import Times, percentile, timed  # noqa: E402
from characters import search, spelling  # noqa: E402
from characters.cards.card import Card  # noqa: E402
from characters.cards.extras import Extras, Rating, with_extras  # noqa: E402
from characters.models import Character, Publication, Version, Word  # noqa: E402
from characters.models.character import Rating as Shown  # noqa: E402
from characters.models.character import card_text  # noqa: E402
from characters.search import Sort, Wish, find  # noqa: E402
from cognitia.embedded.postgres import EmbeddedPostgres  # noqa: E402

CHARACTERS, QUERIES, AUTHORS, PAGE = 20_000, 400, 300, 24
FIRST = 10
# It takes a second and more: enough of them to see how it is.
NAIVE_EVERY = 10
TAGS = (
    "fantasy story comfort adventure mystery learning work romance humour horror school space magic dragon royal "
    "detective pirate robot witch knight demon angel vampire elf cat wolf forest city desert sea war peace music art "
    "cooking sport history myth fairy steampunk cyberpunk western noir slice drama action helper tutor coach friend "
    "rival family mentor villain hero guardian ghost dream time"
).split()


@dataclass
class Query:
    kind: str
    wish: Wish
    target: Publication | None = None


class Words:
    """Made-up words, all different; the first are said far more often than the last, as in every language."""

    def __init__(self, chance: random.Random, count: int, syllables: tuple[int, int]) -> None:
        self._chance = chance
        found: dict[str, None] = {}
        while len(found) < count:
            found["".join(self._syllable() for _ in range(chance.randint(*syllables)))] = None
        self.all = list(found)
        self._weights = [1 / (place + 3) for place in range(count)]

    def some(self, count: int) -> list[str]:
        return self._chance.choices(self.all, self._weights, k=count)

    def _syllable(self) -> str:
        return self._chance.choice(ONSETS) + self._chance.choice(VOWELS) + self._chance.choice(CODAS)


def card(chance: random.Random, prose: Words, first: Words, last: Words) -> Card:
    name = f"{chance.choice(first.all)} {chance.choice(last.all)}".title()
    tags = tuple(dict.fromkeys(chance.choices(TAGS, [1 / (place + 2) for place in range(len(TAGS))], k=4)))
    own = Extras(
        tagline=" ".join(prose.some(8)),
        hue=chance.randrange(360),
        rating=chance.choices(list(Rating), [70, 20, 10])[0],
        language=chance.choices(["en", "de", "ja", "pt-br"], [70, 10, 10, 10])[0],
    )
    notes = " ".join(prose.some(chance.randint(0, 40)))
    return with_extras(
        Card(name, description=" ".join(prose.some(chance.randint(80, 300))), creator_notes=notes, tags=tags), own
    )


def fill(chance: random.Random) -> float:
    """Publications as moderators would have let them through; seconds that each took to be indexed."""
    prose, first, last = Words(chance, 25_000, (1, 4)), Words(chance, 9_000, (2, 3)), Words(chance, 9_000, (2, 3))
    authors = User.objects.bulk_create([User(email=f"{at}@example.org", name=name) for at, name in named(first)])
    spent = 0.0
    for start in range(0, CHARACTERS, 500):
        cards = [card(chance, prose, first, last) for _ in range(500)]
        with transaction.atomic():
            rows = [Character(owner=chance.choice(authors), name=one.name) for one in cards]
            Character.objects.bulk_create(rows)
            versions = [
                Version(owner_id=row.owner_id, character=row, number=1, text=card_text(one), digest="0" * 64)
                for row, one in zip(rows, cards, strict=True)
            ]
            Version.objects.bulk_create(versions)
            publications = [
                Publication(
                    owner_id=row.owner_id,
                    character=row,
                    version=version,
                    author=row.owner.name if row.owner is not None else "",
                    is_listed=True,
                    listed_at=now(),
                    takes=int(chance.paretovariate(0.8)),
                    favourites=int(chance.paretovariate(0.9)),
                )
                for row, version in zip(rows, versions, strict=True)
            ]
            Publication.objects.bulk_create(publications)
            began = time.perf_counter()
            for publication, one in zip(publications, cards, strict=True):
                search.index(publication, one)
            spent += time.perf_counter() - began
        print(f"\r{start + 500} characters", end="", flush=True)
    print()
    return spent / CHARACTERS


def named(words: Words) -> Iterator[tuple[int, str]]:
    return enumerate(words.all[-AUTHORS:])


def queries(chance: random.Random) -> list[Query]:
    everybody = list(Publication.objects.filter(rating__in=["everyone", "teen"]).order_by("?")[:2000])
    everybody.sort(key=lambda one: one.name)
    asked: list[Query] = []

    def ask(kind: str, count: int, wish: Callable[[Publication], Wish], *, aimed: bool = False) -> None:
        for _ in range(count):
            one = chance.choice(everybody)
            asked.append(Query(kind, wish(one), one if aimed else None))

    def mistyped(one: Publication) -> Wish:
        parts = one.name.lower().split()
        long = [at for at, part in enumerate(parts) if len(part) >= 5] or [0]
        at = chance.choice(long)
        parts[at] = slip(chance, parts[at])
        return Wish(" ".join(parts if chance.random() < 0.5 else [parts[at]]), sort=Sort.BEST)

    ask("exact", 80, lambda one: Wish(one.name, sort=Sort.BEST), aimed=True)
    ask("begun", 70, lambda one: Wish(one.name[: chance.randint(2, 5)].strip(), sort=Sort.BEST))
    ask("two words", 60, lambda one: Wish(" ".join(chance.sample(one.tagline.split(), 2)), sort=Sort.BEST))
    ask("tag and word", 60, lambda one: Wish(chance.choice(one.tagline.split()), one.tags[0], sort=Sort.BEST))
    ask("mistyped", 80, mistyped, aimed=True)
    ask("nothing", 50, lambda one: Wish(f"qq{chance.randrange(10**6)} {one.name.split()[0]}", sort=Sort.BEST))
    chance.shuffle(asked)
    return asked


def naive(wish: Wish) -> list[Publication]:
    rows = Publication.objects.filter(is_listed=True, rating__in=["everyone", "teen"]).defer("words")
    for word in wish.text.split():
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(tagline__icontains=word)
            | Q(tags__icontains=word)
            | Q(version__text__icontains=word)
        )
    if wish.tag:
        rows = rows.filter(tags__contains=[wish.tag])
    rows.count()
    return list(rows.order_by("-favourites", "-id")[: PAGE + 1])


def plans(one: Publication) -> dict[str, bool]:
    """Which index each kind of question is answered by."""
    word = one.name.lower().split()[0]
    matching = search.seen_with(Shown.MATURE).filter(search.matches([(word, [])]))
    near = Word.objects.filter(trigrams__overlap=sorted(spelling.trigrams(word))).annotate(length=Length("text"))
    asked = {
        "publication_words": matching.explain(analyze=True),
        "publication_tags": Publication.objects.filter(is_listed=True, tags__contains=["ghost", "dream"]).explain(),
        "word_trigrams": near.explain(analyze=True),
        "most_loved": search.seen_with(Shown.TEEN).order_by("-favourites", "-listed_at", "-id")[:PAGE].explain(),
        "newest": search.seen_with(Shown.TEEN).order_by("-listed_at", "-id")[:PAGE].explain(),
    }
    return {index: f" {index}" in plan for index, plan in asked.items()}


def sizes() -> dict[str, tuple[float, float]]:
    """MiB of the indexes as they grew, and built anew."""
    grown = {}
    with connection.cursor() as cursor:
        for index in ("publication_words", "publication_tags", "word_trigrams"):
            both = []
            for anew in (False, True):
                if anew:
                    cursor.execute(f"REINDEX INDEX {index}")
                cursor.execute("SELECT pg_relation_size(%s)", [index])
                both.append(cursor.fetchone()[0] / 2**20)
            grown[index] = (both[0], both[1])
    return grown


def main() -> None:
    chance = random.Random(1)
    each = fill(chance)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    asked = queries(chance)
    ours, other = Times(), Times()
    by_kind: dict[str, list[float]] = {}
    found: dict[str, list[bool]] = {}
    for warm in asked[:20]:
        find(warm.wish, PAGE)
    for turn, query in enumerate(asked):
        with timed(ours):
            answer = find(query.wish, PAGE)
        by_kind.setdefault(query.kind, []).append(ours.postgres_ms[-1])
        if query.target is not None:
            first = [one.pk for one in answer.publications[:FIRST]]
            found.setdefault(query.kind, []).append(query.target.pk in first)
        if turn % NAIVE_EVERY == 0:
            with timed(other):
                naive(query.wish)
    print(f"{Word.objects.count()} words in the vocabulary; {each * 1000:.1f} ms to index a character")
    for index, (grown, anew) in sizes().items():
        print(f"{index}: {grown:.1f} MiB, {anew:.1f} MiB built anew")
    print("used: " + ", ".join(f"{index}={used}" for index, used in plans(asked[0].target or some()).items()))
    print(f"{'':16}{'p50':>9}{'p95':>9}{'max':>9}   ms")
    for name, side in (("ours", ours), ("ILIKE", other)):
        for label, times in (
            ("database", side.database_ms),
            ("processor", side.postgres_ms),
            ("whole", side.whole_ms),
        ):
            line = f"{statistics.median(times):9.1f}{percentile(times, 0.95):9.1f}{max(times):9.1f}"
            print(f"{name + ' ' + label:16}{line}")
    print("ours by kind, processor")
    for kind, times in by_kind.items():
        print(f"  {kind:14}{statistics.median(times):9.1f}{percentile(times, 0.95):9.1f}{max(times):9.1f}")
    share = {kind: sum(hits) / len(hits) for kind, hits in found.items()}
    print(
        f"search_p95_ms={percentile(ours.database_ms, 0.95):.1f} "
        f"search_cpu_p95_ms={percentile(ours.postgres_ms, 0.95):.1f} "
        f"search_p50_ms={statistics.median(ours.database_ms):.1f} "
        f"ilike_p95_ms={percentile(other.database_ms, 0.95):.1f} exact_found={share['exact']:.3f} "
        f"typo_found={share['mistyped']:.3f}"
    )


def some() -> Publication:
    return Publication.objects.order_by("id")[0]


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
