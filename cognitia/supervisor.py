"""Keeps a handful of processes alive and ends them in order. Knows nothing of what they are."""

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import IO

from cognitia.embedded.children import CannotStart, Program, ask, kill_group, last_lines, launch, see_off

# The first restart is all but immediate: a killed worker must be back before its reader has waited 5 s.
FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 10.0
HEALTHY_SECONDS = 30.0

# Five deaths in a row, each within 5 s of the start: it will not get better by itself.
EARLY_SECONDS = 5.0
EARLY_DEATHS = 5

# A log grows for months; it is cut at 10 MB, and the piece before is kept.
LOG_BYTES = 10_000_000

# While nothing happens we wake this seldom; signals and deaths wake us at once.
IDLE_SECONDS = 5.0

# How long a dead child's last lines may take from its pipe to its log.
LAST_WORDS_SECONDS = 1.0

LOUD = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b")
TRACEBACK = "Traceback (most recent call last):"


class Backoff:
    """How long to wait before the next start of a child that keeps ending."""

    def __init__(self) -> None:
        self._restarts = 0
        self._early_deaths = 0

    def after(self, lived_seconds: float) -> float | None:
        """Seconds to wait, for a child that lived this long. None: give up."""
        if lived_seconds >= HEALTHY_SECONDS:
            self._restarts = 0
        self._early_deaths = self._early_deaths + 1 if lived_seconds < EARLY_SECONDS else 0
        if self._early_deaths >= EARLY_DEATHS:
            return None
        self._restarts += 1
        return min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** (self._restarts - 1))


class LoudLines:
    """Picks what a person should see of a child's output: warnings, errors, and of a traceback its last line. The log
    has it all; when Redis restarts, Celery alone writes 130 lines."""

    def __init__(self, pattern: re.Pattern[str] = LOUD) -> None:
        self._pattern = pattern
        self._in_traceback = False

    def text(self, line: str) -> str | None:
        """What to show for a line; None: nothing."""
        if line.endswith(TRACEBACK):
            self._in_traceback = True
            return None
        if self._in_traceback:
            self._in_traceback = line.startswith((" ", "\t"))
            return None if self._in_traceback else line
        if (record := _record(line)) is not None:
            return f"{record[0]}: {record[1]}" if self._pattern.search(record[0]) else None
        return line if self._pattern.search(line) else None


class Log:
    """A file that one child's output goes to; the last LOG_BYTES or more of it are kept, in two files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()

    def write(self, raw: bytes) -> None:
        # On a full disk the log has gaps; the child must not block on it.
        with self._lock, contextlib.suppress(OSError, ValueError):
            if self._file.tell() + len(raw) > LOG_BYTES:
                self._file.close()
                self.path.replace(self.path.with_name(f"{self.path.name}.1"))
                self._file = self.path.open("ab", buffering=0)
            self._file.write(raw)


class Child:
    """One program, its current process, and its log."""

    def __init__(self, program: Program, log: Path, show: Callable[[str, str], None]) -> None:
        self.program = program
        self.log = log
        self._log = Log(log)
        self.restart_at: float | None = None
        self.started_at = 0.0
        self._show = show
        self._backoff = Backoff()
        self.launch()

    def launch(self) -> None:
        self.restart_at = None
        self.started_at = time.monotonic()
        self.process = launch(self.program, subprocess.PIPE)
        assert self.process.stdout is not None  # noqa: S101  it is a pipe
        # A daemon: a grandchild in a session of its own may hold the pipe open after everything else is gone.
        self._output = threading.Thread(target=self._pump, args=[self.process.stdout], daemon=True)
        self._output.start()

    def plan_restart(self) -> float:
        """Decide when a dead child comes back; raises `CannotStart` when it should not."""
        kill_group(self.process)
        self.hear_out()
        now = time.monotonic()
        delay = self._backoff.after(now - self.started_at)
        if delay is None:
            raise CannotStart(
                f"{self.program.name} ended {EARLY_DEATHS} times in a row, {_ending(self.process)}; "
                f"its last lines ({self.log}):\n{last_lines(self.log)}"
            )
        self.restart_at = now + delay
        return delay

    def hear_out(self) -> None:
        """What a child that is gone had still to say."""
        self._output.join(LAST_WORDS_SECONDS)

    def _pump(self, output: IO[bytes]) -> None:
        with output:
            for raw in output:
                self._log.write(raw)
                self._show(self.program.name, raw.decode(errors="replace").rstrip())


class Supervisor:
    """Start waves of programs, keep them running, end the last wave first.

    Use it from the main thread only: it owns the process's signals, and the kernel ends our children when the thread
    that started them ends."""

    def __init__(self, logs: Path, say: Callable[[str], None], *, verbose: bool = False) -> None:
        self._logs = logs
        self._say = say
        self._verbose = verbose
        self._waves: list[list[Child]] = []
        self._loud: dict[str, LoudLines] = {}
        # Signals reach us through a pipe: with threads about, the kernel may hand one to a thread other than the main
        # one, whose wait then goes on as if nothing had happened (seen: a restart after 5 s instead of 0.2).
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._waker, False)
        self._stop_asked = False
        self._hurry = False
        self._breakable = True
        logs.mkdir(parents=True, exist_ok=True)

    def own_signals(self) -> None:
        """Until `watch`, a stop signal raises KeyboardInterrupt, so that starting can be broken off anywhere."""
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # only to wake us

    def start(self, *programs: Program, loud: re.Pattern[str] = LOUD) -> list[Child]:
        """Launch programs as one wave: they start together and are ended together."""
        wave: list[Child] = []
        self._waves.append(wave)
        with self._unbroken():
            for program in programs:
                self._loud[program.name] = LoudLines(loud)
                wave.append(Child(program, self._logs / f"{program.name}.log", self._show))
        return wave

    def watch(self) -> None:
        """Keep everything running until a stop signal comes. Raises `CannotStart` when a child is past saving."""
        self._breakable = False
        while not self._stop_asked:
            select.select([self._wake], [], [], self.tend())
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake, 4096)

    def tend(self) -> float:
        """Plan a restart for what has died, start what is due. Returns the seconds until the next thing is due."""
        pause = IDLE_SECONDS
        for child in self.children():
            if child.restart_at is None and child.process.poll() is not None:
                ending = _ending(child.process)
                delay = child.plan_restart()
                self._say(f"{child.program.name} ended ({ending}); it starts again in {delay:.1f} s.")
            if child.restart_at is not None:
                wait = child.restart_at - time.monotonic()
                if wait <= 0:
                    with self._unbroken():
                        child.launch()
                else:
                    pause = min(pause, wait)
        return pause

    def stop(self) -> None:
        """End all children, last wave first. A second stop signal cuts every wait to a second."""
        self._breakable = False
        for wave in reversed(self._waves):
            for child in wave:
                ask(child.program, child.process)
            for child in reversed(wave):
                see_off(child.program, child.process, hurry=lambda: self._hurry)
                child.hear_out()
        self._waves.clear()

    def children(self) -> list[Child]:
        return [child for wave in self._waves for child in wave]

    @contextlib.contextmanager
    def _unbroken(self) -> Iterator[None]:
        """Put a stop signal off: raised between a launch and our taking note of it, it would lose the child."""
        before, self._breakable = self._breakable, False
        yield
        self._breakable = before
        if before and self._stop_asked:
            raise KeyboardInterrupt

    def _show(self, name: str, line: str) -> None:
        shown = self._loud[name].text(line)
        if self._verbose or shown is not None:
            self._say(f"{name:8} | {line if self._verbose else shown}")

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._hurry = self._stop_asked
        self._stop_asked = True
        if self._breakable:
            raise KeyboardInterrupt


def _ending(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit status {code}"


def _record(line: str) -> tuple[str, str] | None:
    """Level and message of a line that is a log record in JSON."""
    if not line.startswith("{"):
        return None
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return str(record.get("level", "")), str(record.get("message", line))
