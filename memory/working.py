"""Working memory: the last messages and the topics of a conversation, for a day, and who is being answered.

It lives in Redis; rows of memories are the truth, and what is gone is read from them again.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import redis
from django.db.models import QuerySet
from django.utils.timezone import now as the_time

from core.redis import client
from memory import topics, wall
from memory.exchange import Said
from memory.models import Kind, Memory, Speaker
from memory.topics import Topic

logger = logging.getLogger(__name__)

KEPT = timedelta(hours=24)
MOST_MESSAGES = 20
LONGEST = 2_000
# Without a message and without a question for so long, nobody is chatting.
QUIET = timedelta(minutes=10)
# No answer takes longer than that: who still seems to be answered then was lost.
LONGEST_ANSWER = timedelta(minutes=5)
ANSWERING = "memory:answering"


@dataclass(frozen=True, slots=True)
class Spoken:
    source_id: UUID
    role: Speaker
    speaker: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """The last day of a conversation as all of `people` heard it: `messages` are its latest, oldest first, `count` is
    how many there were, and `began_at` when the first was said."""

    people: frozenset[UUID]
    messages: tuple[Spoken, ...] = ()
    topics: tuple[Topic, ...] = ()
    count: int = 0
    began_at: datetime | None = field(default=None)

    def with_message(self, one: Spoken) -> "Session":
        """The same, if it is one of the latest already."""
        if any(one.source_id == other.source_id for other in self.messages):
            return self
        return replace(
            self,
            messages=(*self.messages, one)[-MOST_MESSAGES:],
            topics=topics.added(self.topics, topics.topics_of(one.text, one.at)),
            count=self.count + 1,
            began_at=self.began_at or one.at,
        )

    def since(self, time: datetime) -> "Session":
        """Without what was said before that time."""
        if self.began_at is None or self.began_at >= time:
            return self
        messages = tuple(one for one in self.messages if one.at >= time)
        left = tuple(one for one in self.topics if one.last_at >= time)
        return Session(self.people, messages, left, self.count if messages else 0, time if messages else None)


# --- sessions -------------------------------------------------------------------------------------------------------


def noted(said: Said) -> None:
    """Take a message that was said into the session of every character that heard it. Safe to call twice.

    It must be told of in the order in which it was said. If Redis is away nothing happens.
    """
    if not said.stands or not said.text.strip():
        return
    people = frozenset(said.people)
    one = Spoken(said.source_id, said.speaker, said.spoken_by, said.text[:LONGEST], said.said_at)
    try:
        for character_id in said.witnesses:
            _note(_Place(said.owner_id, character_id, said.chat_id), people, one)
    except redis.RedisError as error:
        logger.warning("session not kept: %s", error)
    if said.speaker == Speaker.CHARACTER:
        mark_answered(said.owner_id, said.author_id)


def session(
    owner_id: UUID, character_id: UUID, chat_id: UUID, now: datetime, people: frozenset[UUID] | None = None
) -> Session:
    """What this character and `people` (None: the owner alone) have in mind of their chat. Empty after a day."""
    place, wanted = _Place(owner_id, character_id, chat_id), people or frozenset({owner_id})
    try:
        kept = _decoded(cast(str | None, client().get(place.key)))
        if kept is None or kept.people != wanted:
            kept = _rebuilt(place, wanted, now)
            if kept.messages:
                client().set(place.key, _encoded(kept), ex=KEPT)
    except redis.RedisError as error:
        logger.warning("session read from rows: %s", error)
        kept = _rebuilt(place, wanted, now)
    return kept.since(now - KEPT)


def topics_today(
    owner_id: UUID, character_id: UUID, now: datetime, people: frozenset[UUID] | None = None
) -> tuple[Topic, ...]:
    """What this character spoke of with `people` (None: the owner alone) in the last day, in all chats."""
    with wall.inside(owner_id):
        rows = _heard(owner_id, character_id, people or frozenset({owner_id}), now)
        found: tuple[Topic, ...] = ()
        for text, at in rows.order_by("said_at", "id").values_list("text", "said_at"):
            found = topics.added(found, topics.topics_of(text[:LONGEST], at))
    return found


def forget_sessions(owner_id: UUID, places: Sequence[tuple[UUID, UUID]]) -> None:
    """Some of it is not to be known any more: each (character, chat) is read from rows again. Call it on commit."""
    keys = [_Place(owner_id, character_id, chat_id).key for character_id, chat_id in places]
    try:
        if keys:
            client().delete(*keys)
    except redis.RedisError as error:
        # Away now, and it may come back with what it had: nothing of that is older than a day.
        logger.warning("sessions not forgotten: %s", error)


@dataclass(frozen=True, slots=True)
class _Place:
    owner_id: UUID
    character_id: UUID
    chat_id: UUID

    @property
    def key(self) -> str:
        return f"session:{self.owner_id}:{self.character_id}:{self.chat_id}"


def _note(place: _Place, people: frozenset[UUID], one: Spoken) -> None:
    with client().pipeline() as pipe:
        try:
            pipe.watch(place.key)  # type: ignore[no-untyped-call]
            kept = _decoded(cast(str | None, pipe.get(place.key)))
            if kept is None or kept.people != people:
                kept = _rebuilt(place, people, one.at)
            pipe.multi()
            pipe.set(place.key, _encoded(kept.since(one.at - KEPT).with_message(one)), ex=KEPT)
            pipe.execute()
        except redis.WatchError:
            # Somebody else was faster: whoever asks next reads the rows.
            client().delete(place.key)


def _heard(owner_id: UUID, character_id: UUID, people: frozenset[UUID], now: datetime) -> QuerySet[Memory]:
    return Memory.exchanges(owner_id, character_id).filter(
        people__contains=list(people), said_at__gt=now - KEPT, said_at__lte=now
    )


def _rebuilt(place: _Place, people: frozenset[UUID], now: datetime) -> Session:
    with wall.inside(place.owner_id):
        rows = _heard(place.owner_id, place.character_id, people, now).filter(chat_id=place.chat_id)
        wanted = ("source_id", "speaker", "spoken_by", "text", "said_at")
        said = [
            Spoken(source_id, Speaker(role), speaker, text[:LONGEST], at)
            for source_id, role, speaker, text, at in rows.order_by("said_at", "id").values_list(*wanted)
            if source_id is not None
        ]
    if not said:
        return Session(people)
    # All at once: to add each to the topics before it takes a second for a long day.
    found = topics.added((), (topic for one in said for topic in topics.topics_of(one.text, one.at)))
    return Session(people, tuple(said[-MOST_MESSAGES:]), found, len(said), said[0].at)


def _encoded(kept: Session) -> str:
    return json.dumps(
        {
            "people": [str(one) for one in sorted(kept.people)],
            "count": kept.count,
            "began_at": kept.began_at.isoformat() if kept.began_at is not None else None,
            "messages": [
                [str(one.source_id), one.role.value, one.speaker, one.text, one.at.isoformat()]
                for one in kept.messages
            ],
            "topics": [[one.words, one.count, one.last_at.isoformat(), one.is_named] for one in kept.topics],
        }
    )


def _decoded(text: str | None) -> Session | None:
    if text is None:
        return None
    found = json.loads(text)
    return Session(
        frozenset(UUID(one) for one in found["people"]),
        tuple(
            Spoken(UUID(source_id), Speaker(role), speaker, words, datetime.fromisoformat(at))
            for source_id, role, speaker, words, at in found["messages"]
        ),
        tuple(
            Topic(words, count, datetime.fromisoformat(at), is_named) for words, count, at, is_named in found["topics"]
        ),
        found["count"],
        datetime.fromisoformat(found["began_at"]) if found["began_at"] else None,
    )


# --- who is being answered ------------------------------------------------------------------------------------------


def mark_busy(owner_id: UUID, character_id: UUID, now: datetime | None = None) -> None:
    """Somebody asked this character for an answer: nothing is dreamt or written beside it."""
    at = (now or the_time()).timestamp()
    try:
        marking = client().pipeline()
        marking.zadd(ANSWERING, {f"{owner_id}:{character_id}": at})
        marking.set(_asked(owner_id), at, ex=2 * QUIET)
        marking.execute()
    except redis.RedisError as error:
        logger.warning("not marked as busy: %s", error)


def mark_answered(owner_id: UUID, character_id: UUID) -> None:
    """The answer is there, or there will be none."""
    try:
        client().zrem(ANSWERING, f"{owner_id}:{character_id}")
    except redis.RedisError as error:
        logger.warning("not marked as answered: %s", error)


def is_answering(now: datetime) -> bool:
    """Whether anybody waits for an answer. Raises `redis.RedisError`."""
    return bool(client().zcount(ANSWERING, (now - LONGEST_ANSWER).timestamp(), "+inf"))


def is_quiet(owner_id: UUID, character_id: UUID, now: datetime) -> bool:
    """Whether this person asks nobody for anything, and said nothing to this character lately.

    Raises `redis.RedisError`.
    """
    asked = client().get(_asked(owner_id))
    if asked is not None and now.timestamp() - float(asked) < QUIET.total_seconds():
        return False
    said = Memory.objects.filter(owner_id=owner_id, character_id=character_id, kind=Kind.EXCHANGE)
    return not said.filter(said_at__gt=now - QUIET).exists()


def _asked(owner_id: UUID) -> str:
    return f"asked:{owner_id}"
