"""A chat of 10,000 messages beside one of 10: `make bench-long-chat`.

What the server takes for a page of each: the chat itself, older messages, the middle, another version at the very
beginning and back, and sending. The same requests in turn, in one process, through everything that a request passes,
on embedded servers. Database time is that of the cursors; processor time is ours and that of PostgreSQL's process for
this connection, which is what remains of a request on a machine that nobody else uses. `--profile page` prints where
the time of one kind goes.
"""

import argparse
import cProfile
import os
import pstats
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

HOME = Path(tempfile.mkdtemp(prefix="cognitia-bench-chat-"))
HOME.chmod(0o755)  # the embedded PostgreSQL of root runs as another user, who must be able to enter
os.environ.pop("DATABASE_URL", None)
os.environ.pop("REDIS_URL", None)
os.environ.update(COGNITIA_HOME=str(HOME), DJANGO_SETTINGS_MODULE="cognitia.settings", SECRET_KEY="x" * 50)
os.environ.update(TEXT_ENGINE="inference.testing", HASHED_STATIC="0", LOG_LEVEL="ERROR")
(HOME / "static").mkdir()  # WhiteNoise warns where it is missing

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.timing import Times, percentile, timed  # noqa: E402
from characters.actions.seeding import seed_characters  # noqa: E402
from chats import company  # noqa: E402
from chats.actions.starting import start_chat  # noqa: E402
from chats.models import Chat, Message, Role  # noqa: E402
from cognitia.embedded.postgres import EmbeddedPostgres  # noqa: E402
from cognitia.embedded.redis import EmbeddedRedis  # noqa: E402

LONG, SHORT = 10_000, 10
ROUNDS, WARM = 60, 5
MOST_MS, MOST_RATIO = 150.0, 2.0
# As a page of the history holds.
SHOWN = 40
WORDS = (
    "the sea was calm and nobody spoke while she counted ninety steps to a lamp that *had* burned since **1871**; "
    "he laughed, and then the `bell` rang twice over the harbour"
).split()


@dataclass(slots=True)
class Talk:
    """A chat, the ids of its path, and what stands beside its second message."""

    chat: Chat
    path: list[UUID]
    other: UUID


def talk(user: User, length: int, chance: random.Random) -> Talk:
    """A chat of so many messages, and another version of the second one."""
    chat = start_chat(user, seed_characters()[0])
    begun = now() - timedelta(days=300)
    rows: list[Message] = []
    for number in range(length):
        rows.append(message(chat, rows[-1] if rows else None, number, begun, chance))
    other = message(chat, rows[0], 1, begun + timedelta(seconds=1), chance)
    Message.objects.bulk_create([*rows, other], batch_size=1000)
    for one, after in pairwise(rows):
        one.chosen = after
    Message.objects.bulk_update(rows[:-1], ["chosen"], batch_size=1000)
    chat.leaf, chat.title = rows[-1], f"{length} messages"
    chat.save()
    return Talk(chat, [one.id for one in rows], other.id)


def message(chat: Chat, parent: Message | None, number: int, begun: datetime, chance: random.Random) -> Message:
    at = begun + timedelta(minutes=2 * number)
    paragraphs = [" ".join(chance.choices(WORDS, k=chance.randint(15, 40))) for _ in range(chance.randint(1, 3))]
    return Message(
        owner=chat.owner,
        chat=chat,
        parent=parent,
        depth=number,
        replies_before=number // 2,
        role=Role.CHARACTER if number % 2 else Role.USER,
        persona=company.host_persona(chat),
        character=chat.character,
        witnesses=[chat.character_id],
        people=[chat.owner_id],
        text="\n\n".join(paragraphs),
        created_at=at,
        finished_at=at,
    )


@dataclass(slots=True)
class Reader:
    client: Client

    def page(self, one: Talk) -> None:
        self._get(f"/chats/{one.chat.id}/")

    def older(self, one: Talk) -> None:
        """What scrolling up loads first."""
        first = one.path[-SHOWN] if len(one.path) > SHOWN else one.path[-1]
        self._get(f"/chats/{one.chat.id}/messages/?before={first}")

    def middle(self, one: Talk) -> None:
        self._get(f"/chats/{one.chat.id}/messages/?around={one.path[len(one.path) // 2]}")

    def leave(self, one: Talk) -> None:
        self._post(f"/chats/{one.chat.id}/messages/{one.other}/select/")

    def come_back(self, one: Talk) -> None:
        """All the way down again, to where the path was left."""
        self._post(f"/chats/{one.chat.id}/messages/{one.path[1]}/select/")

    def send(self, one: Talk) -> None:
        self._post(f"/chats/{one.chat.id}/messages/", {"text": "And then?", "key": str(uuid4())})

    def _get(self, url: str) -> None:
        response = self.client.get(url)
        assert response.status_code == 200, (url, response.status_code)

    def _post(self, url: str, data: dict[str, str] | None = None) -> None:
        response = self.client.post(url, data or {})
        assert response.status_code in (200, 204, 302), (url, response.status_code, response.content[:300])


def forget(one: Talk) -> None:
    """What was sent: the chat is as long as before."""
    Message.objects.filter(id=one.path[-1]).update(chosen=None)
    Chat.objects.filter(id=one.chat.id).update(leaf=one.path[-1])
    Message.objects.filter(chat=one.chat).exclude(id__in=[*one.path[-1:]]).filter(depth__gte=len(one.path)).delete()


def profiled(act: Callable[[Talk], None], one: Talk) -> None:
    """The slowest functions, and the slowest queries, of twenty requests."""
    found: list[tuple[float, str]] = []

    def wrapper(execute: Callable[..., object], sql: str, *rest: object) -> object:
        began = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            found.append((time.perf_counter() - began, " ".join(str(sql).split())))

    with connection.execute_wrapper(wrapper):
        act(one)
    for seconds, sql in sorted(found, reverse=True)[:12]:
        print(f"{seconds * 1000:8.1f} ms  {sql[:220]}")
    profile = cProfile.Profile()
    with profile:
        for _ in range(20):
            act(one)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(60)


def main(profile: str) -> None:
    chance = random.Random(1)
    user = User.objects.create_user("reader@example.org", "a long password", name="Reader")
    long, short = talk(user, LONG, chance), talk(user, SHORT, chance)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    reader = Reader(Client(HTTP_HOST="localhost"))
    reader.client.force_login(user)
    kinds: dict[str, Callable[[Talk], None]] = {
        "page": reader.page,
        "older": reader.older,
        "middle": reader.middle,
        "leave": reader.leave,
        "back": reader.come_back,
        "send": reader.send,
    }
    if profile:
        profiled(kinds[profile], long)
        return
    times = {(kind, length): Times() for kind in kinds for length in (LONG, SHORT)}
    for turn in range(-WARM, ROUNDS):
        for kind, act in kinds.items():
            for length, one in ((LONG, long), (SHORT, short)):
                with timed(times[kind, length] if turn >= 0 else Times()):
                    act(one)
                if kind == "send":
                    forget(one)
    print(f"{'ms':10}{'messages':>10}{'p50':>9}{'p95':>9}{'max':>9}{'database':>10}{'processor':>11}{'queries':>9}")
    for (kind, length), taken in times.items():
        whole = taken.whole_ms
        print(
            f"{kind:10}{length:10}{statistics.median(whole):9.1f}{percentile(whole, 0.95):9.1f}{max(whole):9.1f}"
            f"{statistics.median(taken.database_ms):10.1f}{statistics.median(taken.processor_ms):11.1f}"
            f"{max(taken.queries):9}"
        )
    p95 = {kind: percentile(times[kind, LONG].whole_ms, 0.95) for kind in kinds}
    middle = {key: statistics.median(taken.whole_ms) for key, taken in times.items()}
    ratio = {kind: middle[kind, LONG] / middle[kind, SHORT] for kind in kinds}
    processor = {kind: statistics.median(times[kind, LONG].processor_ms) for kind in kinds}
    good = p95["page"] <= MOST_MS and ratio["page"] <= MOST_RATIO
    print(
        f"long_chat_ok={int(good)} "
        + " ".join(f"{kind}_p95_ms={p95[kind]:.1f}" for kind in kinds)
        + " "
        + " ".join(f"{kind}_ratio={ratio[kind]:.2f}" for kind in kinds)
        + " "
        + " ".join(f"{kind}_cpu_ms={processor[kind]:.1f}" for kind in kinds)
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", default="", choices=["page", "older", "middle", "leave", "back", "send"])
    asked = parser.parse_args()
    servers = [EmbeddedPostgres(HOME), EmbeddedRedis(HOME)]
    for server in servers:
        server.start()
    try:
        call_command("migrate", verbosity=0)
        main(asked.profile)
    finally:
        connection.close()
        for server in reversed(servers):
            server.stop()
            shutil.rmtree(server.socket_folder, ignore_errors=True)
        shutil.rmtree(HOME, ignore_errors=True)
