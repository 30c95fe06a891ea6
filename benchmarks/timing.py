"""How long things took, and what of that was computing: on a busy machine a query waits most of its time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection


@dataclass(slots=True)
class Times:
    """A figure for each thing that was timed. In ms: the whole, what of it was spent waiting for the database, what
    PostgreSQL's process for our connection computed, and what that and this process computed together."""

    whole_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)
    postgres_ms: list[float] = field(default_factory=list)
    processor_ms: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)


@contextmanager
def timed(times: Times) -> Iterator[None]:
    """Adds what happens inside."""
    spent, queries = 0.0, 0

    def wrapper(execute: Callable[..., object], *rest: object) -> object:
        nonlocal spent, queries
        began = time.perf_counter()
        try:
            return execute(*rest)
        finally:
            spent, queries = spent + time.perf_counter() - began, queries + 1

    postgres, own, began = postgres_seconds(), time.process_time(), time.perf_counter()
    with connection.execute_wrapper(wrapper):
        yield
    times.whole_ms.append((time.perf_counter() - began) * 1000)
    own, postgres = time.process_time() - own, postgres_seconds() - postgres
    times.database_ms.append(spent * 1000)
    times.postgres_ms.append(postgres * 1000)
    times.processor_ms.append((postgres + own) * 1000)
    times.queries.append(queries)


def postgres_seconds() -> float:
    """What PostgreSQL's process for this connection has computed."""
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
