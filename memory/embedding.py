"""Engine room: from texts to vectors, and from memories to their rows of vectors.

Whatever loads weights is for the `gpu` worker; `query_vector` is for processes that have none.
"""

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from uuid import UUID, uuid4

import numpy as np
import redis
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils.timezone import now
from kombu.exceptions import OperationalError
from redis.exceptions import LockError

from core.database import brief_connection
from core.redis import client
from inference import registry
from inference.embedding.embedder import Vectors
from inference.errors import InferenceError
from memory import vectors as cache
from memory.models import Embedding, Memory
from memory.vectors import Vector

logger = logging.getLogger(__name__)

# Rows written in one transaction.
ROWS = 128
# Memories looked for at a time whose vector is missing: each look reads the whole table, a second for a million.
BEHIND = 10_000
# A page waits this long for the meaning of what is searched, and then searches by words alone.
WAIT_SECONDS = 1.0
# What nobody waits for any more is gone by then.
ASKED_SECONDS = 5
# By its name: tasks stand above this module.
QUERY_TASK = "memory.tasks.embed_query"
# A memory without a vector is on its way to one for so long; then its task was lost.
LOST_AFTER = timedelta(minutes=2)
# Far above what ROWS long texts take on a busy machine.
LEASE_SECONDS = 300.0

# An answer does not wait for its cache to be written.
_keeping = ThreadPoolExecutor(1, thread_name_prefix="vectors")
_loading = ThreadPoolExecutor(4, thread_name_prefix="embedder")


def model_name() -> str:
    """What tells vectors of one model from another's: those of two are never compared. Loads nothing."""
    name: str = settings.EMBEDDING.name
    return name


def vectors(texts: Sequence[str]) -> Vectors:
    """One row of unit length for each text: (n, dimensions), or (0, 0). Raises `InferenceError`."""
    name = model_name()
    known = _cached(name, texts)
    new = _computed(texts, known)
    if new:
        _keeping.submit(_keep, name, new)
    return _in_order(texts, known | new)


def vector_at_hand(text: str, wait_seconds: float = WAIT_SECONDS) -> Vector | None:
    """The vector of what somebody waits to have answered. None: the model cannot tell, or is not loaded in time, which
    takes sentence-transformers 10 s after a start; it goes on loading meanwhile."""
    found: Vector
    try:
        _loading.submit(registry.embedder).result(wait_seconds)
        found = vectors([text])[0]
    except (TimeoutError, InferenceError) as error:
        logger.warning("searching by words alone: %s", error or "the model is being loaded")
        return None
    return found


def query_vector(text: str, wait_seconds: float = WAIT_SECONDS) -> Vector | None:
    """The vector of what somebody searches for, as the cache or a worker has it. None: neither could say in time."""
    known = _cached(model_name(), [text])
    if text in known:
        return known[text]
    request_id = uuid4()
    try:
        client().set(_asked(request_id), text, ex=ASKED_SECONDS)
        current_app.send_task(QUERY_TASK, [str(request_id)], expires=ASKED_SECONDS)
        answer = client().blpop([_answered(request_id)], timeout=wait_seconds)
    except (redis.RedisError, OperationalError) as error:
        logger.warning("no vector for a search: %s", error)
        return None
    return cache.decode(answer[1]) if answer and answer[1] else None


def run_query(request_id: UUID) -> None:
    """What a worker does for `query_vector`. Nothing, if nobody waits any more."""
    text = client().getdel(_asked(request_id))
    if text is None:
        return
    try:
        answer = cache.encode(vectors([str(text)])[0])
    except InferenceError as error:
        logger.warning("no vector for a search: %s", error)
        answer = ""  # who waits need not wait longer
    answering = client().pipeline()
    answering.rpush(_answered(request_id), answer)
    answering.expire(_answered(request_id), ASKED_SECONDS)
    answering.execute()


def run_embedding(memory_ids: Iterable[UUID]) -> int:
    """Write the vectors of these memories, but not where the model has written one already. How many were written.

    Whoever changes a memory's text takes its row of `Embedding` away in the same transaction. Raises `InferenceError`;
    what was written until then stays.
    """
    name = model_name()
    ids = iter(memory_ids)
    written = 0
    while some := list(islice(ids, ROWS)):
        with brief_connection():
            wanted = Memory.objects.filter(id__in=some).exclude(embedding__model=name)
            texts = dict(wanted.values_list("id", "text"))
        if not texts:
            continue
        # Not kept in Redis: many memories at once are an import or another model, and their vectors are rows.
        known = _cached(name, list(texts.values()))
        known |= _computed(list(texts.values()), known)
        with brief_connection():
            written += _write(name, {id_: (text, known[text]) for id_, text in texts.items()})
    return written


def run_reembedding() -> int:
    """Give a vector of the present model to every memory that has none: after a change of the model, or because a task
    was lost. How many were written; 0 if another worker is at it.

    Goes on where it was interrupted, because what is written is not asked for again. Raises `InferenceError`.
    """
    lease = client().lock("emb:reembedding", timeout=LEASE_SECONDS, blocking=False)
    if not lease.acquire():
        return 0
    written = 0
    try:
        last = UUID(int=0)
        while some := _behind(last):
            for start in range(0, len(some), ROWS):
                written += run_embedding(some[start : start + ROWS])
                lease.reacquire()
            last = some[-1]
    except LockError:
        logger.warning("somebody else gives memories their vectors now")
    finally:
        with suppress(LockError):
            lease.release()
    if written:
        logger.info("memories have new vectors", extra={"memories": written, "model": model_name()})
    return written


def _behind(last: UUID) -> list[UUID]:
    """The next memories without a vector of the present model."""
    with brief_connection():
        behind = Memory.objects.filter(id__gt=last, created_at__lt=now() - LOST_AFTER).exclude(
            embedding__model=model_name()
        )
        return list(behind.order_by("id").values_list("id", flat=True)[:BEHIND])


def _write(name: str, found: dict[UUID, tuple[str, Vector]]) -> int:
    with transaction.atomic():
        # Forgotten or corrected while the model was at work: then this is not what it means any more.
        there = Memory.objects.filter(id__in=found).order_by("id").select_for_update(no_key=True)
        rows = [
            Embedding(
                memory_id=memory.id,
                owner_id=memory.owner_id,
                character_id=memory.character_id,
                model=name,
                vector=found[memory.id][1],
            )
            for memory in there.only("id", "owner_id", "character_id", "text")
            if found[memory.id][0] == memory.text
        ]
        Embedding.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["memory"],
            update_fields=["owner_id", "character_id", "model", "vector"],
        )
    return len(rows)


def _cached(name: str, texts: Sequence[str]) -> dict[str, Vector]:
    try:
        return cache.read(name, list(dict.fromkeys(texts)))
    except redis.RedisError as error:
        logger.warning("vectors are not read from the cache: %s", error)
        return {}


def _computed(texts: Sequence[str], known: dict[str, Vector]) -> dict[str, Vector]:
    new = [text for text in dict.fromkeys(texts) if text not in known]
    return dict(zip(new, registry.embedder().embed(new), strict=True)) if new else {}


def _in_order(texts: Sequence[str], found: dict[str, Vector]) -> Vectors:
    return np.stack([found[text] for text in texts]) if texts else np.empty((0, 0), dtype=np.float32)


def _keep(name: str, new: dict[str, Vector]) -> None:
    try:
        cache.keep(name, new)
    except redis.RedisError as error:
        logger.warning("vectors are not written to the cache: %s", error)


def _asked(request_id: UUID) -> str:
    return f"embed:asked:{request_id}"


def _answered(request_id: UUID) -> str:
    return f"embed:answered:{request_id}"
