"""`manage.py up` as a person meets it: started twice, killed, and started beside itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cognitia.embedded import locations
from cognitia.embedded.children import command_of
from cognitia.tests.processes import alive, wait_for
from tests.stack import Stack, running_stack

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    # With an embedder of its own, whose faster form is made beside all else after the first start.
    with running_stack({"EMBEDDER": "auto"}) as running:
        yield running


def supervisor(stack: Stack) -> int:
    assert stack._process is not None
    return stack._process.pid


def descendants(pid: int) -> list[int]:
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:  # it has ended since it was found
        return []
    return children + [below for child in children for below in descendants(child)]


def owners(stack: Stack) -> list[tuple[object, ...]]:
    with psycopg.connect(locations.postgres_url(stack.home)) as connection:
        return connection.execute("SELECT id FROM accounts_user ORDER BY id").fetchall()


def test_it_ends_with_all_it_started_and_keeps_the_data(stack: Stack) -> None:
    before = owners(stack)
    pids = descendants(supervisor(stack))
    assert len(pids) > 5
    stack.stop()
    assert not [pid for pid in pids if alive(pid)]
    stack.start()
    assert owners(stack) == before
    assert len(before) == 1


def test_a_second_one_on_the_same_home_gets_one_sentence(stack: Stack) -> None:
    second = subprocess.run(
        [sys.executable, "manage.py", "up"],
        env={**os.environ, "COGNITIA_HOME": str(stack.home), "PORT": str(stack.port)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert second.stderr.startswith(f"Cognitia already runs from {stack.home}")
    assert len(second.stderr.splitlines()) == 1


def test_a_killed_one_leaves_nothing_running_and_the_next_start_is_whole(stack: Stack) -> None:
    before = owners(stack)
    pids = descendants(supervisor(stack))
    exports = [pid for pid in pids if "export_embedder" in command_of(pid)]
    os.kill(supervisor(stack), signal.SIGKILL)
    wait_for(lambda: not any(alive(pid) for pid in exports), "the export ends", seconds=3)
    wait_for(lambda: not [pid for pid in pids if alive(pid)], "all that it started ends")
    stack.start()
    assert owners(stack) == before
