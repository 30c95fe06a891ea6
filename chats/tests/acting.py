"""What people and workers do, in one word each."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID, uuid4

from accounts.models import User
from chats import turns
from chats.actions import sending
from chats.models import Chat, Message
from core.database import brief_connection
from core.streams.entries import Entry
from core.tests.reading import log_of

T = TypeVar("T")


def send(user: User, chat: Chat, text: str = "Hello", key: UUID | None = None) -> sending.Sent:
    return sending.send_message(user, chat.id, text, key or uuid4())


def tell(reply: Message) -> Message:
    """What a worker does with a queued reply, here and now."""
    turns.run_turn(reply.id)
    reply.refresh_from_db()
    return reply


def telling(reply_id: UUID) -> "Future[list[UUID]]":
    """What a worker does with a queued reply, in a thread of its own."""
    one = ThreadPoolExecutor(1)
    future = one.submit(turns.run_turn, reply_id)
    one.shutdown(wait=False)
    return future


def at_once(jobs: list[Callable[[], T]]) -> list[T | Exception]:
    """All of them in the same moment; what each answered or raised."""
    gate = threading.Barrier(len(jobs))

    def work(job: Callable[[], T]) -> T:
        gate.wait()
        with brief_connection():
            return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        futures = [pool.submit(work, job) for job in jobs]
    outcomes: list[T | Exception] = []
    for future in futures:
        error = future.exception()
        assert error is None or isinstance(error, Exception)
        outcomes.append(error or future.result())
    return outcomes


def entries_of(reply_id: UUID) -> list[Entry]:
    return [numbered.entry for numbered in log_of(reply_id)]
