"""Engine room: dreams. A tired character dreams while nobody talks to it, of pieces of what was said.

The rules, all of which must hold:

- its energy, as it has drifted to now, is as low as its prompt calls low (`LOW`), and its mind is not frozen;
- nobody has said anything to it for ten minutes, and its person has asked no character for an answer since then;
- something was said since its last dream, which is at least six hours ago.

A dream gives energy back: the rule `dreamt` in its mind.
"""

import random
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
from memory.derived.drafts import dream_request
from memory.derived.extracts import WORDS, within
from memory.derived.writing import Busy, line_of, mind_of, name_of, only_one, persona_of, written
from memory.feeling import Happening
from memory.holding import hold
from memory.mind import Effect, Step
from memory.mind.prompt import LOW
from memory.models import Kind, Memory, Mind

BETWEEN = timedelta(hours=6)
RESTED = Effect(energy=0.3)
DREAMT = "dreamt"
# It may be looked at again in this time: if it will be awake by then, it dreams now, with a model or without.
NEXT_LOOK = timedelta(minutes=2)
# Pieces of a dream: so many of the last day, and so many of before.
LEAST_PIECES, MOST_NEW, MOST_OLD = 2, 2, 2
DAY = timedelta(days=1)
# What it chooses among.
MOST_CONSIDERED = 200


def minds_to_dream(now: datetime | None = None) -> list[UUID]:
    """Those for which all rules hold. Raises `redis.RedisError`."""
    now = now or the_time()
    # Time only ever gives energy.
    low = Mind.objects.filter(Q(dreamt_at=None) | Q(dreamt_at__lte=now - BETWEEN), is_frozen=False, energy__lt=LOW)
    return [mind.id for mind in low.order_by("id") if _is_due(mind, now)]


def run_dreaming(mind_id: UUID, now: datetime | None = None) -> UUID | None:
    """Dream once, if the rules still hold; answers the memory of it.

    None also while somebody is being answered, as long as there is time to try again. Safe to call twice. Raises
    `redis.RedisError`.
    """
    with only_one("dream", mind_id) as is_first:
        return _dreamt(mind_id, now or the_time()) if is_first else None


def _dreamt(mind_id: UUID, now: datetime) -> UUID | None:
    with brief_connection():
        mind = mind_of(mind_id)
        if mind is None or not _is_due(mind, now):
            return None
        pieces = _pieces(mind, now)
    if len(pieces) < LEAST_PIECES:
        return None
    character, seed = mind.character, f"{mind.id}:{now:%Y-%m-%d %H}"
    lines = [line_of(piece, character) for piece in pieces]
    request = dream_request(character.card.spoken_name, persona_of(character, name_of(mind.owner, pieces)), lines)
    try:
        text = written(character, mind.owner_id, request)
    except Busy:
        if _is_tired(mind, now + NEXT_LOOK):
            return None
        text = ""
    text = text or within(extracts.dream(lines, seed), WORDS)
    if not text:
        return None
    with brief_connection():
        return _kept(mind, pieces, text, now)


def _is_due(mind: Mind, now: datetime) -> bool:
    if not _may(mind, now) or not working.is_quiet(mind.owner_id, mind.character_id, now):
        return False
    said = _said(mind, now)
    if mind.dreamt_at is not None:
        said = said.filter(said_at__gt=mind.dreamt_at)
    return said.exists()


def _may(mind: Mind, now: datetime) -> bool:
    """As far as its own row says."""
    rested = mind.dreamt_at is None or now - mind.dreamt_at >= BETWEEN
    return not mind.is_frozen and rested and _is_tired(mind, now)


def _is_tired(mind: Mind, now: datetime) -> bool:
    return feeling.standing_of(mind).state_at(now).energy < LOW


def _said(mind: Mind, now: datetime) -> QuerySet[Memory]:
    return Memory.exchanges(mind.owner_id, mind.character_id).filter(said_at__lte=now)


def _pieces(mind: Mind, now: datetime) -> list[Memory]:
    """Two of the last day and two of before, where there are: what weighs more comes up more often."""
    chance = random.Random(f"{mind.id}:{now:%Y-%m-%d %H}")  # noqa: S311  a dream is no secret
    said = _said(mind, now).select_related("character__version")
    new = said.filter(said_at__gt=now - DAY).order_by("-said_at", "-id")[:MOST_CONSIDERED]
    # An old dream is of what was felt or mattered.
    old = said.filter(said_at__lte=now - DAY).order_by("-importance", "-said_at", "-id")[:MOST_CONSIDERED]
    chosen = [*_drawn(list(old), MOST_OLD, chance), *_drawn(list(new), MOST_NEW, chance)]
    return sorted(chosen, key=lambda piece: (piece.said_at, piece.id))


def _drawn(rows: Sequence[Memory], most: int, chance: random.Random) -> list[Memory]:
    """Some of them, each at most once."""
    left = [row for row in rows if extracts.can_be_told(row.text)]
    drawn: list[Memory] = []
    while left and len(drawn) < most:
        one = chance.choices(left, [row.importance for row in left])[0]
        left.remove(one)
        drawn.append(one)
    return drawn


def _kept(mind: Mind, pieces: Sequence[Memory], text: str, now: datetime) -> UUID | None:
    with transaction.atomic():
        if not hold([mind.owner_id]):
            return None
        held = feeling.lock_mind(mind.owner_id, mind.character_id, now)
        # Another worker may have dreamt it, or somebody frozen it.
        if not _may(held, now):
            return None
        dream = keep(Text(Kind.DREAM, text, pieces, now))
        if dream is None:
            return None
        held.dreamt_at = now
        held.save(update_fields=["dreamt_at"])
        feeling.record(held, [Happening(DREAMT, "", Step(now, RESTED))], dream.id)
        return dream.id
