"""Archives of 100 MB, in and out again: `make bench-chat-imports`.

Two are made up: one long chat of SillyTavern with swipes, and an export of ChatGPT with branches. Each is imported as
a worker does it, into an embedded PostgreSQL, in a child of its own; then written out again and compared, message by
message: texts, alternatives, their order. It says what that took, and how much memory each child ever had.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

MIB = 2**20
SIZE, SEED = 100 * 10**6, 2026
KINDS = ("sillytavern", "chatgpt")
WORDS = (
    "the a lamp sea night she said we had never been so far from any harbour – ‘listen’, rain on glass 🌙 über".split()
)
BEGAN = datetime(2023, 1, 1, tzinfo=UTC)
MOST_MIB = 300.0


class Prose:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._said = 0

    def text(self) -> str:
        """Some 300 letters, now and then 3,000; no two the same."""
        self._said += 1
        words = self.chance.choices(WORDS, k=self.chance.choice((20, 40, 60, 60, 600)))
        return f"{self._said}: {' '.join(words)}\n\n*She “waits”.*"


def sillytavern(file: Path, size: int, chance: random.Random) -> None:
    prose, at = Prose(chance), BEGAN
    with file.open("w", encoding="utf-8") as out:
        header = {"user_name": "Anna", "character_name": "Maren", "create_date": "January 1, 2023 1:00am"}
        out.write(json.dumps({**header, "chat_metadata": {"integrity": "x", "variables": {"mood": "calm"}}}) + "\n")
        while out.tell() < size:
            at += timedelta(minutes=1)
            date = at.strftime("%B %d, %Y %I:%M%p")
            said = {"name": "Anna", "is_user": True, "is_system": False, "send_date": date, "mes": prose.text()}
            out.write(json.dumps({**said, "extra": {"isSmallSys": False}}, ensure_ascii=False) + "\n")
            swipes = [prose.text() for _ in range(chance.choice((1, 1, 1, 2, 4)))]
            shown = chance.randrange(len(swipes))
            extra = {"api": "custom", "model": "m", "token_count": 90, "gen_id": chance.random()}
            info = [{"send_date": date, "gen_started": at.isoformat(), "extra": extra} for _ in swipes]
            reply = {"name": "Maren", "is_user": False, "is_system": False, "send_date": date, "mes": swipes[shown]}
            reply |= {
                "extra": extra,
                "swipes": swipes,
                "swipe_id": shown,
                "swipe_info": info,
                "mine": [1, {"x": None}],
            }
            out.write(json.dumps(reply, ensure_ascii=False) + "\n")


def chatgpt(file: Path, size: int, chance: random.Random) -> None:
    prose = Prose(chance)
    with file.open("w", encoding="utf-8") as out:
        out.write("[")
        number = 0
        while out.tell() < size:
            number += 1
            out.write((",\n" if number > 1 else "") + json.dumps(_talk(number, prose, chance), ensure_ascii=False))
        out.write("]")


def _talk(number: int, prose: Prose, chance: random.Random) -> dict[str, object]:
    mapping: dict[str, dict[str, object]] = {}
    at = BEGAN + timedelta(hours=number)

    def add(parent: str | None, role: str, words: str | None) -> str:
        key = f"{number}-{len(mapping)}"
        message = None
        if words is not None:
            message = {
                "id": key,
                "author": {"role": role, "name": None, "metadata": {}},
                "create_time": at.timestamp() + len(mapping),
                "content": {"content_type": "text", "parts": [words]},
                "metadata": {"model_slug": "gpt-4o"} if role == "assistant" else {},
                "recipient": "all",
            }
        mapping[key] = {"id": key, "message": message, "parent": parent, "children": []}
        if parent is not None:
            children = mapping[parent]["children"]
            assert isinstance(children, list)
            children.append(key)
        return key

    last = add(None, "system", None)
    for _turn in range(chance.choice((3, 10, 40))):
        last = add(last, "user", prose.text())
        answers = [add(last, "assistant", prose.text()) for _ in range(chance.choice((1, 1, 1, 2)))]
        last = chance.choice(answers)
    return {
        "title": f"Talk {number}",
        "create_time": at.timestamp(),
        "update_time": at.timestamp() + 1,
        "mapping": mapping,
        "current_node": last,
        "conversation_id": str(number),
        "default_model_slug": "gpt-4o",
    }


def peak_mib() -> float:
    """Of this program. `ru_maxrss` would also know whoever started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def bring(kind: str, file: Path) -> None:
    """In a child: the import, as a worker does it. One line of JSON at the end."""
    from accounts.models import User
    from chats import importing
    from chats.actions import importing as actions
    from chats.models import Message

    owner, _made = User.objects.get_or_create(email="reader@example.org", defaults={"name": "Reader"})
    begun_mib = peak_mib()
    with file.open("rb") as content:
        row = actions.start_import(owner, file.name, iter(lambda: content.read(2**16), b""))
    began = time.perf_counter()
    importing.run_import(row.id)
    seconds = time.perf_counter() - began
    row.refresh_from_db()
    assert row.status == "done", (row.status, row.failure_code, row.failure_details)
    count = Message.objects.filter(chat__imports=row).count()
    chats = [str(chat) for chat in row.chats.order_by("created_at").values_list("id", flat=True)]
    said = {"import": str(row.id), "seconds": seconds, "messages": count, "chats": len(chats)}
    print(json.dumps(said | {"begun_mib": begun_mib, "peak_mib": peak_mib(), "notices": len(row.notices) - 1}))


def take(kind: str, import_id: UUID, folder: Path) -> None:
    """In a child: every chat of the import as a file, as a browser would get it."""
    from chats import exporting
    from chats.models import ChatImport

    row = ChatImport.objects.select_related("owner").get(id=import_id)
    wanted = exporting.Kind.SILLYTAVERN if kind == "sillytavern" else exporting.Kind.OWN
    began, size = time.perf_counter(), 0
    for number, chat_id in enumerate(row.chats.order_by("created_at").values_list("id", flat=True)):
        with (folder / str(number)).open("w", encoding="utf-8") as out:
            for piece in exporting.export(row.owner, chat_id, wanted).pieces:
                size += out.write(piece)
    print(json.dumps({"seconds": time.perf_counter() - began, "size": size, "peak_mib": peak_mib()}))


def of_sillytavern(file: Path) -> Iterator[bytes]:
    """One digest for each line: who, what, when, and all that was brought along."""
    with file.open("rb") as lines:
        next(lines)
        for line in lines:
            yield hashlib.blake2b(json.dumps(json.loads(line), sort_keys=True).encode()).digest()


def of_chatgpt(file: Path) -> Iterator[bytes]:
    """Of each message what it says, all that was said before it, and whether it is shown; siblings in order."""
    for talk in json.loads(file.read_bytes()):
        mapping, first = talk["mapping"], f"{talk['conversation_id']}-0"
        texts = {key: one["message"]["content"]["parts"][0] for key, one in mapping.items() if one["message"]}
        parents = {key: one["parent"] for key, one in mapping.items()}
        children = {key: one["children"] for key, one in mapping.items()}
        yield from _walk(children, texts, _up(parents, talk["current_node"]), first)


def of_own(folder: Path) -> Iterator[bytes]:
    """The same of our own files."""
    for number in range(len(list(folder.iterdir()))):
        found = json.loads((folder / str(number)).read_bytes())
        texts = {one["id"]: one["text"] for one in found["messages"]}
        parents = {one["id"]: one["parent"] for one in found["messages"]}
        children: dict[str, list[str]] = {}
        for one in found["messages"]:
            children.setdefault(one["parent"] or "", []).append(one["id"])
        yield from _walk(children, texts, _up(parents, found["chat"]["leaf"]), "")


def _up(parents: Mapping[str, str | None], leaf: str | None) -> set[str]:
    shown: set[str] = set()
    while leaf:
        shown.add(leaf)
        leaf = parents[leaf]
    return shown


def _walk(
    children: Mapping[str, Sequence[str]], texts: Mapping[str, str], shown: set[str], first: str
) -> Iterator[bytes]:
    left = [(first, b"")]
    while left:
        key, before = left.pop()
        if key in texts:
            before = hashlib.blake2b(before + texts[key].encode() + bytes([key in shown])).digest()
            yield before
        left.extend((child, before) for child in reversed(children.get(key, ())))


def compared(kind: str, file: Path, folder: Path) -> int:
    """How many messages differ."""
    brought = of_sillytavern(file) if kind == "sillytavern" else of_chatgpt(file)
    taken = of_sillytavern(folder / "0") if kind == "sillytavern" else of_own(folder)
    one, other = list(brought), list(taken)
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        import django

        django.setup()
        what, kind, value, folder = asked.child
        bring(kind, Path(value)) if what == "bring" else take(kind, UUID(value), Path(folder))
        return
    home = Path(tempfile.mkdtemp(prefix="cognitia-bench-chats-"))
    home.chmod(0o755)  # the embedded PostgreSQL of root runs as another user, who must be able to enter
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(COGNITIA_HOME=str(home), DJANGO_SETTINGS_MODULE="cognitia.settings", SECRET_KEY="x" * 50)
    os.environ["TEXT_ENGINE"] = "inference.testing"
    from cognitia.embedded.postgres import EmbeddedPostgres
    from cognitia.embedded.redis import EmbeddedRedis

    servers = [EmbeddedPostgres(home), EmbeddedRedis(home)]
    try:
        for server in servers:
            server.start()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], check=True)
        measured(home, asked.size)
    finally:
        for server in reversed(servers):
            server.stop()
            shutil.rmtree(server.socket_folder, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def measured(home: Path, size: int) -> None:
    names = ("MB", "messages", "chats", "in, s", "peak MiB", "out, s", "peak MiB", "differ")
    print(f"{'archive':12}" + "".join(f"{name:>10}" for name in names))
    figures, mismatches, worst = [], 0, 0.0
    for kind, make in zip(KINDS, (sillytavern, chatgpt), strict=True):
        file, folder = home / f"{kind}.json", home / f"out-{kind}"
        folder.mkdir()
        make(file, size, random.Random(SEED))
        brought = _child("bring", kind, str(file), "-")
        taken = _child("take", kind, str(brought["import"]), str(folder))
        differ = compared(kind, file, folder)
        mismatches += differ
        worst = max(worst, float(brought["peak_mib"]), float(taken["peak_mib"]))
        size_mb, chats = f"{file.stat().st_size / 10**6:.1f}", brought["chats"]
        came = (f"{brought['seconds']:.1f}", f"{brought['peak_mib']:.0f}")
        went = (f"{taken['seconds']:.1f}", f"{taken['peak_mib']:.0f}")
        row = (size_mb, brought["messages"], chats, *came, *went, differ)
        print(f"{kind:12}" + "".join(f"{value:>10}" for value in row))
        figures += [f"{kind}_in_s={brought['seconds']:.1f}", f"{kind}_out_s={taken['seconds']:.1f}"]
        figures += [f"{kind}_messages={brought['messages']}", f"{kind}_peak_mib={brought['peak_mib']:.0f}"]
        figures += [f"{kind}_out_peak_mib={taken['peak_mib']:.0f}"]
        shutil.rmtree(folder)
        file.unlink()
    good = not mismatches and worst <= MOST_MIB
    print(f"chat_imports_ok={int(good)} {' '.join(figures)} mismatches={mismatches}")


def _child(*arguments: str) -> dict[str, str | float]:
    command = [sys.executable, "-m", "benchmarks.chat_imports", "--child", *arguments]
    ran = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told: dict[str, str | float] = json.loads(ran.stdout.splitlines()[-1])
    return told


if __name__ == "__main__":
    main()
