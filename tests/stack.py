"""The whole product, as `manage.py up` runs it, for tests that need every process to be real."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import httpx

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120.0
STOP_SECONDS = 40.0
LINK = re.compile(r"https?://\S+/sign-in/link/\S+")
# What tells the children of one `up` apart, in their command lines.
COMMANDS = {
    "web": "uvicorn",
    "gpu": "-Q gpu",
    "memory": "-Q memory",
    "default": "-Q default",
    "redis": "redis-server",
    "postgres": "postgres",
}

T = TypeVar("T")


def eventually(ask: Callable[[], T | None], what: str, seconds: float = 20.0) -> T:
    """The first answer that is not None or False; the wait is for the condition, and fails loudly."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """One running `up` in a home of its own. `environment` is added to its processes'."""

    def __init__(self, home: Path, environment: dict[str, str] | None = None) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = home / "up.log"
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "COGNITIA_HOME", "SECRET_KEY"}
        }
        self._environment = inherited | {
            "COGNITIA_HOME": str(home),
            "PORT": str(self.port),
            "TEXT_ENGINE": "inference.testing",
            "LIVE_REPLIES_PER_USER": "1000",
            "HASHED_STATIC": "1",
            "DEBUG": "0",
            **(environment or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env=self._environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        eventually(self._ready, "manage.py up is ready", START_SECONDS)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            raise
        self._process = None

    def sign_in_link(self) -> str:
        """The owner's, good once."""
        found = LINK.search(self.log.read_text(errors="replace"))
        assert found is not None
        return found[0]

    def pid(self, name: str) -> int | None:
        """The process that `up` started under this name, while there is one."""
        assert self._process is not None
        for child in _children(self._process.pid):
            command = _command(child)
            if COMMANDS[name] in command:
                return child
        return None

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to that process; answers its pid."""
        pid = eventually(lambda: self.pid(name), f"{name} runs")
        os.kill(pid, number)
        return pid

    def replaced(self, name: str, old: int, seconds: float = 30.0) -> int:
        """Wait until `up` has started that process again."""
        return eventually(lambda: (new := self.pid(name)) and new != old and new, f"{name} is back", seconds)

    def resident_mib(self, name: str) -> float:
        pid = eventually(lambda: self.pid(name), f"{name} runs")
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def _ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"up has ended:\n{self.log.read_text(errors='replace')[-4000:]}")
        if "Sign in (once)" not in self.log.read_text(errors="replace"):
            return False
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/health").status_code == httpx.codes.OK
        return False


@contextlib.contextmanager
def running_stack(environment: dict[str, str] | None = None) -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="cognitia-stack-") as folder:
        # The embedded PostgreSQL of root runs as another user, who must be able to enter.
        Path(folder).chmod(0o755)
        stack = Stack(Path(folder) / "home", environment)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


def _children(pid: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _command(pid: int) -> str:
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
