"""`manage.py up`: Cognitia on one machine, as one process tree."""

import contextlib
import http.client
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.actions import signing_in
from cognitia import assets
from cognitia.bootstrap import RUN_BYTES, Refused, lock_home, refuse_full_disk, refuse_taken_port
from cognitia.embedded.children import CannotStart, Program, kill_group, launch
from cognitia.embedded.locations import postgres_url, redis_url
from cognitia.embedded.postgres import EmbeddedPostgres
from cognitia.embedded.redis import EmbeddedRedis
from cognitia.embedded.server import EmbeddedServer
from cognitia.supervisor import Supervisor
from inference.embedding.settings import AUTO
from weights import access, machine

# A worker finishes what it can in this time; what it cannot is marked interrupted by the reaper.
WORKER_GRACE_SECONDS = 10.0
WEB_GRACE_SECONDS = 8.0

# Two cores importing Django three times at once, with the disk cold, took 45 s at worst.
READY_SECONDS = 180.0
ASK_AGAIN_SECONDS = 0.1
# What can wait leaves the cores to what cannot.
LATER = ["nice", "-n", "10"] if shutil.which("nice") else []

# PostgreSQL writes ERROR for every refused row, which the application handles; only its own distress is news.
SERVER_DISTRESS = re.compile(r"\bPANIC\b|could not write|No space left|# Fatal|MISCONF|Can't save")


class Command(BaseCommand):
    help = "Runs everything: PostgreSQL and Redis (unless DATABASE_URL and REDIS_URL name others), web, workers, beat."
    requires_system_checks = ()  # they ask the database, which does not run yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="The address to listen on (default: HOST).")
        parser.add_argument("--port", type=int, default=settings.PORT, help="The port to listen on (default: PORT).")
        parser.add_argument("--verbose", action="store_true", help="Show every line of every process.")

    def handle(self, *, host: str, port: int, verbose: bool, **options: object) -> None:
        home: Path = settings.HOME
        try:
            home.mkdir(parents=True, exist_ok=True)
            with lock_home(home):
                refuse_taken_port(host, port)
                refuse_full_disk(home, RUN_BYTES)
                run(home, host, port, verbose=verbose)
        except (Refused, CannotStart) as refusal:
            sys.stderr.write(f"{refusal}\n")
            sys.exit(1)
        except OSError as error:
            sys.stderr.write(f"Cognitia cannot use {home}: {error}.\n")
            sys.exit(1)


def run(home: Path, host: str, port: int, *, verbose: bool) -> None:
    """Start everything, keep it running until a stop signal, end everything."""
    supervisor = Supervisor(home / "logs", say, verbose=verbose)
    began = time.monotonic()
    export: subprocess.Popen[bytes] | None = None
    try:
        supervisor.own_signals()
        with phase("servers"):
            start_servers(supervisor, home)
        with phase("migrate"):
            migrate()
        with phase("assets"):
            assets.collect()
        web_began = time.monotonic()
        supervisor.start(*workers(home, host, port))
        supervisor.start(web(host, port))
        export = export_embedder(home, host, port)
        with phase("seed"):
            call_command("seed", verbosity=0)
        wait_until_ready(supervisor, host, port)
        say_phase("web ready", time.monotonic() - web_began)
        link = sign_in_link(host, port)
        offer = model_offer()
        release_database()
        say(f"Cognitia is ready after {time.monotonic() - began:.1f} s. Ctrl-C ends it; your data stays in {home}.")
        say(f"Sign in (once): {link}")
        if offer is not None:
            # The hub may be slow to answer, and a child that dies meanwhile must not wait for it.
            threading.Thread(target=lambda: say(offer()), daemon=True).start()
        supervisor.watch()
    except KeyboardInterrupt:
        pass
    finally:
        release_database()
        if export is not None:
            kill_group(export)
        if supervisor.children():
            say("Stopping.")
            with phase("stopped"):
                supervisor.stop()


def export_embedder(home: Path, host: str, port: int) -> "subprocess.Popen[bytes] | None":
    """Once in a home's life: the faster form of what tells meanings, written beside everything else.

    It takes 10 s of a quiet core. The worker loads it with the first thing that is said; until it is there, and if it
    cannot be made, the slower form does.
    """
    chosen = settings.EMBEDDING
    if chosen.adapter != AUTO or chosen.export.exists():
        return None
    program = Program(
        name="embedder",
        argv=[*LATER, sys.executable, "manage.py", "export_embedder"],
        environment=environment(host, port),
        folder=settings.BASE_DIR,
    )
    with (home / "logs" / "embedder.log").open("ab") as log:
        return launch(program, log)


def start_servers(supervisor: Supervisor, home: Path) -> None:
    """Start each embedded server whose address no setting overrides."""
    embedded: list[EmbeddedServer] = []
    if postgres_url(home) == settings.DATABASE_URL:
        embedded.append(EmbeddedPostgres(home))
    if redis_url(home) == settings.REDIS_URL:
        embedded.append(EmbeddedRedis(home))
    for server in embedded:  # before the first start: what is missing for one should not leave the other half done
        server.make_ready_to_run()
    started = [child for server in embedded for child in supervisor.start(server.program(), loud=SERVER_DISTRESS)]
    for server, child in zip(embedded, started, strict=True):
        server.wait_until_ready(child.process, child.log)


def migrate() -> None:
    """Bring the tables up to date; when they are, this is a look at one table and not a second of signals."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def web(host: str, port: int) -> Program:
    return Program(
        name="web",
        argv=[
            *(sys.executable, "-m", "uvicorn", "cognitia.asgi:application", "--host", host, "--port", str(port)),
            *("--ws-max-size", "65536", "--ws-ping-interval", "20", "--ws-ping-timeout", "20"),
            *("--timeout-keep-alive", "15", "--timeout-graceful-shutdown", "3", "--limit-concurrency", "2000"),
            *("--no-server-header", "--log-level", "warning", "--lifespan", "off"),
        ],
        environment=environment(host, port),
        folder=settings.BASE_DIR,
        grace_seconds=WEB_GRACE_SECONDS,
    )


def workers(home: Path, host: str, port: int) -> list[Program]:
    """The worker of the language model, the one that remembers, and the one for everything else, which also carries
    beat."""
    beat = ["-B", "--schedule", str(home / "beat-schedule"), "--include", "cognitia.embedded.orphans"]
    arguments = {
        "gpu": ["-Q", "gpu", "-c", "64"],
        "memory": ["-Q", "memory", "-c", "4"],
        "default": ["-Q", "default", "-c", "4", *beat],
    }
    return [
        Program(
            name=name,
            argv=[
                *(LATER if name == "memory" else ()),
                *(sys.executable, "-m", "celery", "-A", "cognitia", "worker", "-P", "threads"),
                *(*queues, "-n", f"{name}@%h", "--loglevel", "INFO"),
            ],
            environment=environment(host, port),
            folder=settings.BASE_DIR,
            grace_seconds=WORKER_GRACE_SECONDS,
        )
        for name, queues in arguments.items()
    ]


def environment(host: str, port: int) -> dict[str, str]:
    """What a child must agree on with us, said aloud so that its own .env and defaults cannot differ."""
    return {
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "COGNITIA_HOME": str(settings.HOME),
        "DATABASE_URL": settings.DATABASE_URL,
        "REDIS_URL": settings.REDIS_URL,
        "HOST": host,
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }


def wait_until_ready(supervisor: Supervisor, host: str, port: int) -> None:
    """Return when GET /health answers 200; children that die meanwhile are restarted as ever."""
    deadline = time.monotonic() + READY_SECONDS
    while (answer := health(reachable(host), port)) != "":
        supervisor.tend()
        if time.monotonic() > deadline:
            raise CannotStart(f"The web process is not ready after {READY_SECONDS:.0f} s; /health says: {answer}")
        time.sleep(ASK_AGAIN_SECONDS)


def health(host: str, port: int) -> str:
    """Empty when all is well, else what is not."""
    asked = http.client.HTTPConnection(host, port, timeout=5)
    try:
        asked.request("GET", "/health", headers={"Host": "localhost"})
        answer = asked.getresponse()
        body = answer.read(500).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"nothing ({error})"
    finally:
        asked.close()
    return "" if answer.status == 200 else f"{answer.status} {body}"


def sign_in_link(host: str, port: int) -> str:
    token = signing_in.issue_sign_in_token(signing_in.ensure_owner())
    site = settings.SITE_URL
    if (host, port) != (settings.HOST, settings.PORT):
        site = f"http://{reachable(host)}:{port}"
    return f"{site}/sign-in/link/{token}/"


def model_offer() -> Callable[[], str] | None:
    """What to say of a better model than the starter: an answer that takes the hub's time. None: one was chosen."""
    if access.model_in_use() is not None or settings.INFERENCE["text"].model != str(settings.STARTER_MODEL):
        return None
    return machine.offer


def reachable(host: str) -> str:
    """An address to call ourselves by, when we listen on all."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  nothing is bound here


def release_database() -> None:
    """The supervisor needs no connection while it watches, and a pool would keep trying when PostgreSQL restarts."""
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool is not None:
        close_pool()


@contextlib.contextmanager
def phase(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    say_phase(name, time.monotonic() - began)


def say_phase(name: str, seconds: float) -> None:
    say(f"  {name:10}{seconds:6.1f} s")


def say(line: str) -> None:
    """To the terminal; when it has gone away there is nobody to tell."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
