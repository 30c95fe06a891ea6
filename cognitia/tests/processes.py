"""What the tests of processes share: waiting for a condition, and asking whether a process lives."""

import os
import time
from collections.abc import Callable
from pathlib import Path

# Ten times what anything here takes when the machine is free.
PATIENCE_SECONDS = 20.0


def wait_for(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """A zombie that its new parent has not collected yet is as good as gone."""
    status = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
    try:
        return status.read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False
