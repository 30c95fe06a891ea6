"""The chips under a reply: rows in, values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy

from accounts.models import User
from memory.models import Memory
from memory.pages.entries import short
from memory.recalling.query import Reason

WHY = {
    Reason.MEANING: gettext_lazy("It is about something alike."),
    Reason.WORDS: gettext_lazy("It has the same words in it."),
    Reason.SPEAKER: gettext_lazy("It was said by whom you asked about."),
    Reason.DATE: gettext_lazy("It is of the time that you asked about."),
    Reason.TOPIC: gettext_lazy("It belongs to what else came up."),
    Reason.UPDATE: gettext_lazy("It says otherwise than another memory that came up."),
    Reason.PINNED: gettext_lazy("You pinned it."),
    Reason.RECAP: gettext_lazy("It sums up what was said."),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """`score` is from 0 to 1, `why` are sentences. It is what the template memory/_remembered.html shows."""

    memory_id: UUID
    kind: str
    short: str
    score: float
    why: tuple[str, ...]
    when: datetime
    chat_id: UUID | None
    source_id: UUID | None
    is_pinned: bool


def chips(user: User, rows: Iterable[tuple[Memory, float, Sequence[str]]]) -> tuple[Chip, ...]:
    """Of one reply, from its own record: memory, score and reasons. What is another person's is left out."""
    return tuple(
        Chip(
            memory_id=memory.id,
            kind=memory.kind,
            short=short(memory.text),
            score=score,
            why=tuple(str(WHY[Reason(reason)]) for reason in reasons if reason in WHY),
            when=memory.said_at,
            chat_id=memory.chat_id,
            source_id=memory.source_id,
            is_pinned=memory.is_pinned,
        )
        for memory, score, reasons in rows
        if memory.owner_id == user.pk
    )
