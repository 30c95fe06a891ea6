"""A supervisor with cheap shell children, in a process of its own because it owns its process's signals."""

import os
import re
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from cognitia.supervisor import (
    EARLY_DEATHS,
    FIRST_DELAY_SECONDS,
    HEALTHY_SECONDS,
    LONGEST_DELAY_SECONDS,
    Backoff,
    Log,
    LoudLines,
)
from cognitia.tests.processes import PATIENCE_SECONDS, alive, wait_for

SCRIPT = """
import sys
from pathlib import Path
from cognitia import supervisor
from cognitia.embedded.children import CannotStart, Program

supervisor.FIRST_DELAY_SECONDS = 0.05
def say(line):
    sys.stdout.write(line + "\\n")
    sys.stdout.flush()

tree = supervisor.Supervisor(Path(sys.argv[1]), say, verbose=True)
tree.own_signals()
try:
    for name, script, grace in [argument.split("|") for argument in sys.argv[2:]]:
        tree.start(Program(name=name, argv=["sh", "-c", script], grace_seconds=float(grace)))
    tree.watch()
except (KeyboardInterrupt, CannotStart) as end:
    say(f"because: {end}")
finally:
    tree.stop()
    say("stopped")
"""

STAYS = "echo pid $$; exec sleep 600"
SAYS_GOODBYE = "trap 'echo goodbye; exit 0' TERM; echo pid $$; while :; do sleep 5 & wait; done"
IGNORES_TERM = "trap '' TERM; echo pid $$; while :; do sleep 1; done"
FAILS = "echo pid $$; echo no such model; exit 3"


class Tree:
    """A running supervisor, and the lines it says."""

    def __init__(self, logs: Path, *children: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(logs), *children],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        self.lines: Queue[str] = Queue()
        self.pids: list[int] = []
        self._unasked: defaultdict[str, list[int]] = defaultdict(list)
        Thread(target=self._read, daemon=True).start()

    def line(self, pattern: str) -> re.Match[str]:
        """The next line that matches; the ones before it are passed over."""
        seen = []
        while True:
            try:
                seen.append(self.lines.get(timeout=PATIENCE_SECONDS))
            except Empty:
                pytest.fail(f"no line like {pattern!r} in {seen}")
            if (found := re.search(pattern, seen[-1])) is not None:
                return found

    def pid(self, name: str) -> int:
        """The next process of this name; children of one moment may speak in either order."""
        while not self._unasked[name]:
            said = self.line(r"(\w+) +\| pid (\d+)")
            self._unasked[said[1]].append(int(said[2]))
            self.pids.append(int(said[2]))
        return self._unasked[name].pop(0)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def rest(self) -> list[str]:
        """What it still said, once it has ended by itself."""
        assert self.process.wait(PATIENCE_SECONDS) == 0
        lines: list[str] = []
        while not lines or lines[-1] != "stopped":
            lines.append(self.lines.get(timeout=PATIENCE_SECONDS))
        return lines

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.put(line.rstrip())


Plant = Callable[..., Tree]


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    trees: list[Tree] = []

    def plant_tree(*children: str) -> Tree:
        trees.append(Tree(tmp_path / "logs", *children))
        return trees[-1]

    yield plant_tree
    for tree in trees:
        tree.process.kill()
        tree.process.wait()
        for pid in tree.pids:
            wait_for(lambda pid=pid: not alive(pid), f"process {pid} ends with its supervisor")  # type: ignore[misc]


class TestAChildThatEnds:
    def test_it_is_started_again_when_it_was_killed(self, plant: Plant) -> None:
        tree = plant(f"web|{STAYS}|5")
        first = tree.pid("web")
        os.kill(first, signal.SIGKILL)
        tree.line(r"web ended \(killed by SIGKILL\)")
        assert tree.pid("web") != first

    def test_its_log_keeps_both_lives(self, plant: Plant, tmp_path: Path) -> None:
        tree = plant(f"web|{STAYS}|5")
        first = tree.pid("web")
        os.kill(first, signal.SIGKILL)
        second = tree.pid("web")
        assert (tmp_path / "logs" / "web.log").read_text() == f"pid {first}\npid {second}\n"

    def test_it_ends_everything_when_it_cannot_start(self, plant: Plant) -> None:
        tree = plant(f"web|{STAYS}|5", f"gpu|{FAILS}|5")
        web = tree.pid("web")
        said = "\n".join(tree.rest())
        assert f"because: gpu ended {EARLY_DEATHS} times in a row, exit status 3" in said
        assert "no such model\nstopped" in said
        assert not alive(web)


class TestStopping:
    def test_the_last_started_goes_first(self, plant: Plant) -> None:
        tree = plant(f"redis|{SAYS_GOODBYE}|5", f"web|{SAYS_GOODBYE}|5")
        pids = [tree.pid("redis"), tree.pid("web")]
        tree.send(signal.SIGTERM)
        goodbyes = [line.split()[0] for line in tree.rest() if "goodbye" in line]
        assert goodbyes == ["web", "redis"]
        assert not any(alive(pid) for pid in pids)

    def test_ctrl_c_ends_it_too(self, plant: Plant) -> None:
        tree = plant(f"web|{STAYS}|5")
        pid = tree.pid("web")
        tree.send(signal.SIGINT)
        assert tree.rest()[-1] == "stopped"
        assert not alive(pid)

    def test_a_deaf_child_is_killed_after_its_grace(self, plant: Plant) -> None:
        tree = plant(f"gpu|{IGNORES_TERM}|0.1")
        pid = tree.pid("gpu")
        tree.send(signal.SIGTERM)
        tree.rest()
        assert not alive(pid)

    def test_a_second_ctrl_c_does_not_wait_for_the_grace(self, plant: Plant) -> None:
        tree = plant(f"gpu|{IGNORES_TERM}|3600", f"web|{SAYS_GOODBYE}|5")
        pid = tree.pid("gpu")
        tree.pid("web")
        tree.send(signal.SIGINT)
        tree.line("goodbye")  # the first one has been understood
        tree.send(signal.SIGINT)
        tree.rest()
        assert not alive(pid)

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
    def test_a_killed_supervisor_takes_its_children_along(self, plant: Plant) -> None:
        tree = plant(f"gpu|{IGNORES_TERM}|5", f"web|{STAYS}|5")
        pids = [tree.pid("gpu"), tree.pid("web")]
        tree.send(signal.SIGKILL)
        for pid in pids:
            wait_for(lambda pid=pid: not alive(pid), f"process {pid} ends")  # type: ignore[misc]


class TestBackoff:
    def test_the_first_restart_is_all_but_immediate(self) -> None:
        assert Backoff().after(lived_seconds=10.0) == FIRST_DELAY_SECONDS

    def test_the_delay_doubles_up_to_the_longest(self) -> None:
        backoff = Backoff()
        delays = [backoff.after(lived_seconds=10.0) for _ in range(8)]
        assert delays == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, LONGEST_DELAY_SECONDS, LONGEST_DELAY_SECONDS]

    def test_a_healthy_life_is_forgiven_everything(self) -> None:
        backoff = Backoff()
        for _ in range(6):
            backoff.after(lived_seconds=10.0)
        assert backoff.after(lived_seconds=HEALTHY_SECONDS) == FIRST_DELAY_SECONDS

    def test_it_gives_up_after_early_deaths_in_a_row(self) -> None:
        backoff = Backoff()
        delays = [backoff.after(lived_seconds=1.0) for _ in range(EARLY_DEATHS)]
        assert delays[-1] is None
        assert None not in delays[:-1]

    def test_one_longer_life_breaks_the_row(self) -> None:
        backoff = Backoff()
        lives = [1.0] * (EARLY_DEATHS - 1) + [10.0] + [1.0] * (EARLY_DEATHS - 1)
        assert None not in [backoff.after(lived) for lived in lives]


class TestLoudLines:
    def test_warnings_and_errors_are_shown_and_the_rest_is_not(self) -> None:
        loud = LoudLines()
        for line in ("[2026-11-21 11:00:00,000: WARNING/MainProcess] slow", "ERROR:    Exception in ASGI application"):
            assert loud.text(line) == line
        assert loud.text("[2026-11-21 11:00:00,000: INFO/MainProcess] ready") is None

    def test_a_record_in_json_is_judged_by_its_level(self) -> None:
        loud = LoudLines()
        assert loud.text('{"level": "WARNING", "name": "chats.turns", "message": "slow"}') == "WARNING: slow"
        assert loud.text('{"level": "INFO", "message": "no ERROR at all"}') is None
        assert loud.text("{ERROR: not JSON}") == "{ERROR: not JSON}"

    def test_of_a_traceback_the_last_line_is_shown(self) -> None:
        loud = LoudLines()
        lines = ["Traceback (most recent call last):", '  File "a.py", line 1', "ValueError: no", "and on it goes"]
        assert [loud.text(line) for line in lines] == [None, None, "ValueError: no", None]


class TestLog:
    def test_it_keeps_the_piece_before_and_no_more(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cognitia.supervisor.LOG_BYTES", 10)
        log = Log(tmp_path / "web.log")
        for line in (b"first\n", b"second\n", b"third\n"):
            log.write(line)
        assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
            "web.log": b"third\n",
            "web.log.1": b"second\n",
        }
