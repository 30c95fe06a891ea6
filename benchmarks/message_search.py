"""Searching 1,000,000 messages of 1,000 people: `make bench-message-search`.

One of them has 100,000 messages, and one word stands in half of all. Ours and, as the other side, what one writes
first: ILIKE over the messages of the person's chats, of the same queries a part. Times are those of a whole call, of
the cursor in it, and of the processor, here and in PostgreSQL. Slips of the finger are seeded in words that the
person's messages have, and it is counted how often the first page has a message with the word that was meant.
"""

import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from uuid import UUID

HOME = Path(tempfile.mkdtemp(prefix="cognitia-bench-messages-"))
HOME.chmod(0o755)  # the embedded PostgreSQL of root runs as another user, who must be able to enter
os.environ.pop("DATABASE_URL", None)
os.environ.update(COGNITIA_HOME=str(HOME), DJANGO_SETTINGS_MODULE="cognitia.settings", SECRET_KEY="x" * 50)
os.environ.update(TEXT_ENGINE="inference.testing", HASHED_STATIC="0")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.searching import CODAS, ONSETS, VOWELS, slip  # noqa: E402
from benchmarks.timing import Times, percentile, timed  # noqa: E402
from characters.actions.seeding import seed_characters  # noqa: E402
from characters.models import Persona  # noqa: E402
from chats import access  # noqa: E402
from chats.models import Chat, Message, Part, Participant, SearchEntry  # noqa: E402
from chats.pages import searching as page  # noqa: E402
from chats.search.snippets import words_in  # noqa: E402
from chats.search.wish import Wish  # noqa: E402
from cognitia.embedded.postgres import EmbeddedPostgres  # noqa: E402

MESSAGES, PEOPLE, HEAVY_MESSAGES = 1_000_000, 1_000, 100_000
CHATS, HEAVY_CHATS = 20, 100
VOCABULARY, COMMON = 30_000, "lantern"
QUERIES, HEAVY_QUERIES, ILIKES = 600, 200, 20
# It is measured how much a message costs, and a checkpoint of a reply, on so many of them.
WRITTEN = 500
COLUMNS = "id owner_id chat_id persona_id character_id role status text created_at awaits_memory".split()
# What else a row has to have is as the model has it.
OTHERS = [one for one in Message._meta.concrete_fields if not one.null and one.attname not in COLUMNS]
INDEXES = ("entries_of_a_host", "entries_of_a_chat", "entry_words")


@dataclass(frozen=True)
class Query:
    kind: str
    user: User
    text: str
    target: str = ""


def vocabulary(chance: random.Random) -> list[str]:
    """Made-up words, the first of which are said far more often than the last, as in every language."""
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        syllables = chance.randint(1, 4)
        found[
            "".join(chance.choice(ONSETS) + chance.choice(VOWELS) + chance.choice(CODAS) for _ in range(syllables))
        ] = None
    return list(found)


def people() -> list[tuple[Chat, Persona]]:
    """Chats with their hosts' personas; the first ones are those of whoever has most."""
    who = seed_characters()[0]
    users = User.objects.bulk_create([User(email=f"{number}@example.org") for number in range(PEOPLE)])
    personas = Persona.objects.bulk_create([Persona(owner=user, is_default=True) for user in users])
    chats = [
        (Chat(owner=persona.owner, character=who, title=f"Evening {number}"), persona)
        for at, persona in enumerate(personas)
        for number in range(CHATS if at else HEAVY_CHATS)
    ]
    Chat.objects.bulk_create([chat for chat, _persona in chats])
    Participant.objects.bulk_create(
        [Participant(chat=chat, user_id=chat.owner_id, part=Part.OWNER, persona=persona) for chat, persona in chats]
    )
    return chats


def fill(chance: random.Random) -> None:
    """A year of messages of everybody, as they come: one beside the other on the disk. Their entries are made and
    indexed as the migration does it."""
    words = vocabulary(chance)
    weights = list(accumulate(1 / (place + 3) for place in range(VOCABULARY)))
    chats = people()
    heavy, rest = chats[:HEAVY_CHATS], chats[HEAVY_CHATS:]
    order = [heavy[at % len(heavy)] for at in range(HEAVY_MESSAGES)]
    order += [rest[at % len(rest)] for at in range(MESSAGES - HEAVY_MESSAGES)]
    chance.shuffle(order)
    begun, step = now() - timedelta(days=365), timedelta(days=365) / MESSAGES
    names, usual = [*COLUMNS, *(one.attname for one in OTHERS)], [one.get_default() for one in OTHERS]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE chats_message DISABLE TRIGGER USER")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(INDEXES)])
        definitions = [row[0] for row in cursor.fetchall()]
        for index in INDEXES:
            cursor.execute(f"DROP INDEX {index}")
        with cursor.copy(f"COPY chats_message ({','.join(names)}) FROM STDIN") as copy:
            for at, (chat, persona) in enumerate(order):
                text = chance.choices(words, cum_weights=weights, k=chance.randint(8, 72))
                if chance.random() < 0.5:
                    text[chance.randrange(len(text))] = COMMON
                copy.write_row(
                    (
                        UUID(int=chance.getrandbits(128)), chat.owner_id, chat.id, persona.id, chat.character_id,
                        "user" if at % 2 else "character", "done", " ".join(text).capitalize() + ".",
                        begun + at * step, False, *usual,
                    )
                )  # fmt: skip
                if at % 100_000 == 0:
                    print(f"\r{at} messages", end="", flush=True)
        cursor.execute("ALTER TABLE chats_message ENABLE TRIGGER USER")
        migration = import_module("chats.migrations.0009_search_entries")
        spent = seconds(lambda: cursor.execute(migration.FILL))
        cursor.execute("SET maintenance_work_mem = '512MB'")
        indexed = seconds(lambda: [cursor.execute(definition) for definition in definitions])
        cursor.execute("VACUUM ANALYZE")
    print(f"\r{MESSAGES} messages; {spent:.0f} s for their entries, {indexed:.0f} s for the indexes of these")


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def queries(chance: random.Random, users: list[User], count: int) -> list[Query]:
    """A sixth of each kind, of words that some message of the user has, however old."""
    asked = []
    for number in range(count):
        user = chance.choice(users)
        chat = chance.choice(list(Chat.objects.filter(owner=user)))
        text = chance.choice(list(Message.objects.filter(chat=chat).values_list("text", flat=True)))
        words = sorted({word for word in words_in([text]) if len(word) >= 5}) or [COMMON]
        word = chance.choice(words)
        kinds = [
            Query("exact", user, word, word),
            Query("mistyped", user, slip(chance, word), word),
            Query("two words", user, " ".join(chance.sample(words, min(2, len(words))))),
            Query("begun", user, word[: chance.randint(2, 4)]),
            Query("in half of all", user, COMMON, COMMON),
            Query("nothing", user, f"qqqq{chance.randrange(10**6)}"),
        ]
        asked.append(kinds[number % len(kinds)])
    chance.shuffle(asked)
    return asked


def ask(asked: list[Query], times: dict[str, Times], found: dict[str, list[bool]]) -> None:
    """What the page of results does: messages, chats, characters and snippets."""
    for query in asked:
        with timed(times.setdefault(query.kind, Times())):
            results = page.results(query.user, Wish(query.text), room=page.Room(waits=False))
        if query.target:
            shown = (segment.text for hit in results.messages for segment in hit.text if segment.is_hit)
            found.setdefault(query.kind, []).append(query.target in words_in(shown))


def naive(query: Query) -> list[Message]:
    rows = access.messages_for(query.user)
    for word in query.text.split():
        rows = rows.filter(text__icontains=word)
    return list(rows.order_by("-created_at")[: page.PAGE])


def writing(chance: random.Random, user: User) -> tuple[float, float]:
    """Milliseconds that one message takes to be stored, and that a running reply takes to be kept, with triggers."""
    chat = Chat.objects.filter(owner=user)[0]
    like = Message.objects.filter(chat=chat)[0]
    text = like.text * 4
    with transaction.atomic():
        rows = [
            Message(
                owner=user, chat=chat, role="character", persona_id=like.persona_id, character_id=like.character_id,
                text=text, status="done" if number else "running",
            )
            for number in range(WRITTEN + 1)
        ]  # fmt: skip
        rows[0].save()
        began = time.perf_counter()
        for row in rows[1:]:
            row.save(force_insert=True)
        stored = time.perf_counter() - began
        live = Message.objects.filter(id=rows[0].id)
        kept = seconds(lambda: [live.update(text=text + str(number)) for number in range(WRITTEN)])
        transaction.set_rollback(True)
    return stored / WRITTEN * 1000, kept / WRITTEN * 1000


def table(title: str, times: dict[str, Times]) -> None:
    print(f"{title:24}{'p50':>9}{'p95':>9}{'max':>9}{'in SQL p95':>12}{'CPU p95':>11}   ms")
    for kind, one in times.items():
        line = f"{statistics.median(one.whole_ms):9.1f}{percentile(one.whole_ms, 0.95):9.1f}{max(one.whole_ms):9.1f}"
        print(f"  {kind:22}{line}{percentile(one.database_ms, 0.95):12.1f}{percentile(one.processor_ms, 0.95):11.1f}")


def every(times: dict[str, Times]) -> list[float]:
    return [value for one in times.values() for value in one.whole_ms]


def computed(times: dict[str, Times]) -> list[float]:
    return [value for one in times.values() for value in one.processor_ms]


def main() -> None:
    chance = random.Random(1)
    fill(chance)
    users = list(User.objects.order_by("date_joined"))
    heavy = User.objects.get(email="0@example.org")
    usual = [user for user in users if user != heavy]
    times: dict[str, Times] = {}
    heavy_times: dict[str, Times] = {}
    found: dict[str, list[bool]] = {}
    heavy_found: dict[str, list[bool]] = {}
    asked, heavy_asked = queries(chance, usual, QUERIES), queries(chance, [heavy], HEAVY_QUERIES)
    ask(asked[:30], {}, {})
    ask(asked, times, found)
    ask(heavy_asked[:10], {}, {})
    ask(heavy_asked, heavy_times, heavy_found)
    ilike = Times()
    for query in asked[:ILIKES]:
        with timed(ilike):
            naive(query)
    for query in heavy_asked[:ILIKES]:
        with timed(ilike):
            naive(query)
    with connection.cursor() as cursor:
        for name in (SearchEntry._meta.db_table, *INDEXES):
            cursor.execute("SELECT pg_relation_size(%s) / 1048576.0", [name])
            print(f"{name}: {cursor.fetchone()[0]:.0f} MiB")
    stored, kept = writing(chance, usual[0])
    print(f"{stored:.2f} ms to store a message of 1,000 letters, {kept:.2f} ms to keep a running reply")
    table(f"one of {PEOPLE - 1}", times)
    table(f"with {HEAVY_MESSAGES} messages", heavy_times)
    table("ILIKE", {"both": ilike})
    share = {kind: sum(hits) / len(hits) for kind, hits in found.items()}
    heavy_share = {kind: sum(hits) / len(hits) for kind, hits in heavy_found.items()}
    print(
        f"search_p50_ms={statistics.median(every(times)):.1f} search_p95_ms={percentile(every(times), 0.95):.1f} "
        f"search_cpu_p95_ms={percentile(computed(times), 0.95):.1f} "
        f"heavy_cpu_p95_ms={percentile(computed(heavy_times), 0.95):.1f} "
        f"heavy_p50_ms={statistics.median(every(heavy_times)):.1f} "
        f"heavy_p95_ms={percentile(every(heavy_times), 0.95):.1f} "
        f"typos_found={share['mistyped']:.3f} exact_found={share['exact']:.3f} "
        f"heavy_typos_found={heavy_share['mistyped']:.3f} heavy_exact_found={heavy_share['exact']:.3f} "
        f"ilike_p50_ms={statistics.median(ilike.whole_ms):.1f} ilike_p95_ms={percentile(ilike.whole_ms, 0.95):.1f}"
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
