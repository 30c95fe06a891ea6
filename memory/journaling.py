"""Engine room: the journal. A character whose head is clear writes down what happened, and what it makes of it.

The rules, all of which must hold:

- its clarity (focus, energy and calm together), as it has drifted to now, is at least `CLEAR`;
- nobody has said anything to it for ten minutes, and its person has asked no character for an answer since then;
- ten messages or more were said since the last entry, which was written on an earlier day (UTC).

A frozen mind writes too: writing moves nothing in it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now as the_time

from core.database import brief_connection
from memory import feeling, working
from memory.derived import extracts
from memory.derived.deriving import Text, keep
from memory.derived.drafts import JOURNAL_WORDS, journal_request
from memory.derived.writing import Busy, line_of, mind_of, name_of, only_one, persona_of, written
from memory.holding import hold
from memory.models import Kind, Memory, Mind

# At rest it is 0.35, and as it begins 0.25: it takes a conversation that holds the mind and does not wear it out.
CLEAR = 0.5
LEAST_MESSAGES = 10
# Of those since the last entry, the ones that weigh most.
MOST_MESSAGES = 40
# It may be looked at again in this time: if its head will be full by then, it writes now, with a model or without.
NEXT_LOOK = timedelta(minutes=2)


def minds_to_journal(now: datetime | None = None) -> list[UUID]:
    """Those for which all rules hold. Raises `redis.RedisError`."""
    now = now or the_time()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    # Time never brings focus above its rest, and clarity is never more than focus.
    found = Mind.objects.filter(Q(journaled_at=None) | Q(journaled_at__lt=midnight), focus__gte=CLEAR)
    return [mind.id for mind in found.order_by("id") if _is_due(mind, now)]


def run_journaling(mind_id: UUID, now: datetime | None = None) -> UUID | None:
    """Write one entry, if the rules still hold; answers the memory of it.

    None also while somebody is being answered, as long as there is time to try again. Safe to call twice. Raises
    `redis.RedisError`.
    """
    with only_one("journal", mind_id) as is_first:
        return _journaled(mind_id, now or the_time()) if is_first else None


def _journaled(mind_id: UUID, now: datetime) -> UUID | None:
    with brief_connection():
        mind = mind_of(mind_id)
        if mind is None or not _is_due(mind, now):
            return None
        said = _chosen(mind, now)
    character = mind.character
    lines = [line_of(one, character) for one in said]
    try:
        request = journal_request(character.card.spoken_name, persona_of(character, name_of(mind.owner, said)), lines)
        text = written(character, mind.owner_id, request)
    except Busy:
        if _is_clear(mind, now + NEXT_LOOK):
            return None
        text = ""
    text = text or extracts.within(extracts.entry(lines, f"{mind.id}:{now:%Y-%m-%d}"), JOURNAL_WORDS)
    if not text:
        return None
    with brief_connection():
        return _kept(mind, said, text, now)


def _is_due(mind: Mind, now: datetime) -> bool:
    if not _may(mind, now) or not working.is_quiet(mind.owner_id, mind.character_id, now):
        return False
    return _since(mind, now).count() >= LEAST_MESSAGES


def _may(mind: Mind, now: datetime) -> bool:
    """As far as its own row says."""
    is_new_day = mind.journaled_at is None or mind.journaled_at.date() < now.date()
    return is_new_day and _is_clear(mind, now)


def _is_clear(mind: Mind, now: datetime) -> bool:
    return feeling.standing_of(mind).state_at(now).clarity >= CLEAR


def _since(mind: Mind, now: datetime) -> QuerySet[Memory]:
    """What was said since the last entry."""
    said = Memory.exchanges(mind.owner_id, mind.character_id).filter(said_at__lte=now)
    return said if mind.journaled_at is None else said.filter(said_at__gt=mind.journaled_at)


def _chosen(mind: Mind, now: datetime) -> list[Memory]:
    said = _since(mind, now).select_related("character__version").order_by("-importance", "-said_at", "-id")
    return sorted(said[:MOST_MESSAGES], key=lambda one: (one.said_at, one.id))


def _kept(mind: Mind, said: Sequence[Memory], text: str, now: datetime) -> UUID | None:
    with transaction.atomic():
        if not hold([mind.owner_id]):
            return None
        held = feeling.lock_mind(mind.owner_id, mind.character_id, now)
        # Another worker may have written it.
        if not _may(held, now):
            return None
        entry = keep(Text(Kind.JOURNAL, text, said, now))
        if entry is None:
            return None
        held.journaled_at = now
        held.save(update_fields=["journaled_at"])
        return entry.id
