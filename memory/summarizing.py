"""Engine room: chapters of a conversation, so that what no longer fits into a prompt is told in short.

A chapter is made of messages alone and never of another chapter. It stands as long as all its messages do, which
memory/actions/standing.py sees to.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, groupby
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet, Sum
from django.utils.timezone import now as the_time

from core.database import brief_connection
from core.redis import client
from memory import wall
from memory.derived import extracts
from memory.derived.deriving import Text, keep
from memory.derived.drafts import summary_request
from memory.derived.writing import Busy, line_of, only_one, written
from memory.holding import hold
from memory.models import Kind, Memory

# So many messages make a chapter at most; of a long conversation that was imported there are many.
MOST_MESSAGES = 40
# Messages that were left over between two chapters make one of their own if they are at least so many.
LEAST_BETWEEN = 10
# While somebody is being answered it waits. After so long it is put together from what was said, without a model.
PATIENCE = timedelta(minutes=10)
WAITING = "memory:summaries"
# What a prompt has room for, and how many are looked through at a time.
MOST_CHAPTERS = PAGE = 16


@dataclass(frozen=True, slots=True)
class Chapter:
    """`messages` are what it tells in short, by their `source_id`."""

    text: str
    first_at: datetime
    last_at: datetime
    messages: frozenset[UUID]


def due(owner_id: UUID, character_id: UUID, chat_id: UUID) -> UUID | None:
    """The memory of the last message of the next chapter, if enough was said that is in none."""
    covered = _next(_Place(owner_id, character_id, chat_id))
    return covered[-1] if covered else None


def run_summarizing(memory_id: UUID, now: datetime | None = None) -> UUID | None:
    """Write the chapter that ends with this message; answers its memory.

    None: it is written already, what it was to tell does not stand any more, or somebody is being answered; then it is
    waited for (`run_resuming`). Safe to call twice. Raises `redis.RedisError`.
    """
    with only_one("summary", memory_id) as is_first:
        return _summarized(memory_id, now or the_time()) if is_first else None


def _summarized(memory_id: UUID, now: datetime) -> UUID | None:
    with brief_connection():
        last = Memory.objects.select_related("character__language_model", "character__version").filter(id=memory_id)
        row = last.first()
        covered = () if row is None else _ending_in(row)
        memories = list(_in_order(Memory.objects.filter(id__in=covered).select_related("character__version")))
    text = ""
    if row is not None and memories:
        lines = [line_of(one, row.character) for one in memories]
        try:
            # Of signs and gestures alone there is nothing to tell.
            if plain := extracts.summary(lines):
                text = written(row.character, row.owner_id, summary_request(row.character.card.spoken_name, lines))
        except Busy:
            if _waits(memory_id, now):
                return None
        text = text or plain
    client().zrem(WAITING, str(memory_id))
    if not text:
        return None
    with brief_connection():
        return _kept(memories, text)


def run_resuming() -> list[UUID]:
    """Those that wait to be written. Raises `redis.RedisError`."""
    return [UUID(memory_id) for memory_id in cast(list[str], client().zrange(WAITING, 0, -1))]


def following(chapter_id: UUID) -> UUID | None:
    """After this chapter: the memory of the last message of the next, if there is one to write."""
    row = Memory.objects.filter(id=chapter_id).values_list("owner_id", "character_id", "chat_id").first()
    return due(row[0], row[1], row[2]) if row is not None and row[2] is not None else None


def chapters(
    owner_id: UUID,
    character_id: UUID,
    chat_id: UUID,
    source_ids: Collection[UUID],
    people: Collection[UUID] = (),
    most: int = MOST_CHAPTERS,
) -> tuple[Chapter, ...]:
    """What stands for these messages where they are left out: the latest chapters that tell of nothing else, oldest
    first. Of what one of `people` was not there for, none.
    """
    left_out = frozenset(source_ids)
    if not left_out:
        return ()
    found: list[Chapter] = []
    with wall.inside(owner_id):
        written = _Place(owner_id, character_id, chat_id).written().filter(people__contains=list(people))
        rows = written.order_by("-said_at", "-id").values_list(
            "text", "valid_from", "valid_until", "said_at", "sources"
        )
        for begin in count(0, PAGE):
            page = list(rows[begin : begin + PAGE])
            ids = {source for *_rest, sources in page for source in sources}
            messages = dict(Memory.objects.filter(id__in=ids, stands=True).values_list("id", "source_id"))
            for text, first_at, last_at, at, sources in page:
                covered = frozenset(message for source in sources if (message := messages.get(source)) is not None)
                if len(covered) == len(sources) and covered <= left_out:
                    found.append(Chapter(text, first_at or at, last_at or at, covered))
            if len(page) < PAGE or len(found) >= most:
                break
    return tuple(sorted(_apart(found), key=lambda chapter: (chapter.first_at, chapter.last_at))[-most:])


def _apart(found: Sequence[Chapter]) -> list[Chapter]:
    """One message is told once: where two tell of it, by the one that tells of more."""
    told: set[UUID] = set()
    chosen = []
    for one in sorted(found, key=lambda chapter: -len(chapter.messages)):
        if one.messages and told.isdisjoint(one.messages):
            told.update(one.messages)
            chosen.append(one)
    return chosen


# --- which messages a chapter tells of ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    owner_id: UUID
    character_id: UUID
    chat_id: UUID

    def said(self) -> QuerySet[Memory]:
        return self._standing(Kind.EXCHANGE)

    def written(self) -> QuerySet[Memory]:
        return self._standing(Kind.SUMMARY)

    def told(self) -> set[UUID]:
        """The messages that are in a chapter."""
        return {source for sources in self.written().values_list("sources", flat=True) for source in sources}

    def _standing(self, kind: Kind) -> QuerySet[Memory]:
        return Memory.objects.filter(
            owner_id=self.owner_id, character_id=self.character_id, chat_id=self.chat_id, kind=kind, stands=True
        )


def _next(place: _Place) -> list[UUID]:
    """What the next chapter tells of; nothing if none is due."""
    told = place.written().aggregate(messages=Sum("sources__len"), until=Max("valid_until"))
    left, until = place.said().count() - (told["messages"] or 0), told["until"]
    if left < min(LEAST_BETWEEN, _least()):
        return []
    end = place.said() if until is None else place.said().filter(said_at__gt=until)
    # Reading the whole of a long chat takes long, and seldom is so much left over between chapters.
    if left - end.count() >= LEAST_BETWEEN:
        between = [run for run in _runs(place, until) if len(run) >= LEAST_BETWEEN]
        if between:
            return between[0][:MOST_MESSAGES]
    ids = list(_in_order(end).values_list("id", flat=True)[:MOST_MESSAGES])
    return ids if len(ids) >= _least() else []


def _runs(place: _Place, until: datetime | None) -> list[list[UUID]]:
    """Messages side by side up to then that are in no chapter, in order."""
    told = place.told()
    said = _in_order(place.said().filter(said_at__lte=until)).values_list("id", flat=True)
    return [list(ids) for is_told, ids in groupby(said, key=told.__contains__) if not is_told]


def _ending_in(row: Memory) -> Sequence[UUID]:
    """What a chapter that ends with this message tells of: all before it, back to the chapter before."""
    if row.chat_id is None or row.kind != Kind.EXCHANGE:
        return ()
    place = _Place(row.owner_id, row.character_id, row.chat_id)
    before = place.written().filter(valid_until__lt=row.said_at).aggregate(until=Max("valid_until"))["until"]
    said, near = place.said().filter(said_at__lte=row.said_at), place.written()
    if before is not None:
        said, near = said.filter(said_at__gt=before), near.filter(valid_until__gt=before)
    told = {source for sources in near.values_list("sources", flat=True) for source in sources}
    run = [one for one in _in_order(said).values_list("id", flat=True) if one not in told]
    covered = run[: run.index(row.id) + 1][:MOST_MESSAGES] if row.id in run else []
    return covered if len(covered) >= min(LEAST_BETWEEN, _least()) else ()


def _in_order(rows: QuerySet[Memory]) -> QuerySet[Memory]:
    return rows.order_by("said_at", "id")


def _least() -> int:
    least: int = settings.SUMMARIZE_AFTER_MESSAGES
    return least


# --- the row --------------------------------------------------------------------------------------------------------


def _kept(memories: Sequence[Memory], text: str) -> UUID | None:
    """Its memory; None if meanwhile one of its messages fell, was forgotten, or got into another chapter."""
    last = memories[-1]
    with transaction.atomic():
        if not hold([last.owner_id]) or last.chat_id is None:
            return None
        written = _Place(last.owner_id, last.character_id, last.chat_id).written()
        if written.filter(sources__overlap=[one.id for one in memories]).exists():
            return None
        # One that fell, and ended with the same message.
        same = Memory.objects.filter(owner=last.owner_id, character=last.character_id, kind=Kind.SUMMARY)
        same.filter(source_id=last.source_id).delete()
        made = keep(Text(Kind.SUMMARY, text, memories, last.said_at, last.source_id))
        return None if made is None else made.id


def _waits(memory_id: UUID, now: datetime) -> bool:
    """Note that it is to be written later. False: it has waited long enough."""
    client().zadd(WAITING, {str(memory_id): now.timestamp()}, nx=True)
    since = client().zscore(WAITING, str(memory_id))
    return since is None or now.timestamp() - since < PATIENCE.total_seconds()
