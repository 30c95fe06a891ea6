"""Processes that belong to us: launched so that they cannot outlive us, ended by signal and then by force."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

# How often a condition outside our process (a socket, a pid file) is looked at again.
POLL_SECONDS = 0.02


class CannotStart(Exception):
    """One sentence for the person at the terminal: what is wrong, and what would help."""


def nothing() -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path("/")
    """The working directory."""
    user: str | None = None
    """An OS user to become; only root can."""
    prepare: Callable[[], None] = nothing
    """Runs before every launch, for what a crashed predecessor may have left."""
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    """What the kernel sends when we die without a word (Linux only)."""
    grace_seconds: float = 10.0
    """From the stop signal until SIGKILL."""


def die_with_parent(parent: int, orphan_signal: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel signal this process when the thread that forked it ends. Linux only; elsewhere nothing.

    Set after any change of user, which would clear it."""
    if LIBC is None:
        return
    LIBC.prctl(PR_SET_PDEATHSIG, int(orphan_signal))
    if os.getppid() != parent:  # it died before we could ask
        os._exit(1)


def launch(program: Program, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the program in a session of its own, so that Ctrl-C at the terminal reaches only us.

    Call it from a thread that lives as long as the program should: the kernel takes that thread for the parent."""
    program.prepare()
    parent = os.getpid()
    return subprocess.Popen(
        program.argv,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=program.folder,
        env={**os.environ, **program.environment},
        user=program.user,
        group=group_of(program.user),
        extra_groups=None if program.user is None else [],
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(parent, program.orphan_signal),
    )


def end(program: Program, process: subprocess.Popen[bytes]) -> None:
    """Ask the program to end and see that it does."""
    ask(program, process)
    see_off(program, process)


def ask(program: Program, process: subprocess.Popen[bytes]) -> None:
    """Send the stop signal. Once: to some programs a second one means at once."""
    if process.poll() is None:
        process.send_signal(program.stop_signal)


def see_off(program: Program, process: subprocess.Popen[bytes], hurry: Callable[[], bool] = lambda: False) -> None:
    """Wait for the program's grace (1 s once `hurry` says so), then kill it with all that it started."""
    asked_at = time.monotonic()
    while process.poll() is None and time.monotonic() - asked_at < (1.0 if hurry() else program.grace_seconds):
        time.sleep(POLL_SECONDS)
    kill_group(process)
    process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for the process and whatever it forked; no error when all are gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def command_of(pid: int) -> str:
    """The command line of a live process; empty when there is none, or it cannot be seen."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout


def group_of(user: str | None) -> int | None:
    """The user's own group, which is not everywhere called like the user."""
    return None if user is None else pwd.getpwnam(user).pw_gid


def last_lines(log: Path, count: int = 8) -> str:
    """The end of a log, for an error message."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
