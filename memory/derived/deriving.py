"""How a summary, a dream or a journal entry becomes a memory: made of messages alone, told only to those who were
there for all of them, and kept only if they all still stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.events import group_of_person, publish_on_commit
from inference.registry import emotion_classifier
from memory.events import MemoryKept
from memory.models import DERIVED, Kind, Memory

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Text:
    """What was made of `sources`, which are messages of one person with one character, in order. `source_id` is the
    message that a summary ends with: there is one of it."""

    kind: Kind
    text: str
    sources: Sequence[Memory]
    at: datetime
    source_id: UUID | None = None

    def __post_init__(self) -> None:
        # What is made of what was made up is believed in the end.
        if self.kind not in DERIVED or not self.sources or any(one.kind != Kind.EXCHANGE for one in self.sources):
            raise ValueError(f"a {self.kind} is made of messages alone")


def keep(made: Text) -> Memory | None:
    """Its row, in a transaction that holds its person; None if one of its messages fell or was forgotten meanwhile."""
    first, last = made.sources[0], made.sources[-1]
    ids = [one.id for one in made.sources]
    if Memory.exchanges(last.owner_id, last.character_id).filter(id__in=ids).count() != len(ids):
        return None
    chats = {one.chat_id for one in made.sources}
    feeling = emotion_classifier().classify(made.text)
    memory = Memory.objects.create(
        owner_id=last.owner_id,
        character_id=last.character_id,
        kind=made.kind,
        spoken_by=last.character.card.spoken_name[:LONGEST_NAME],
        text=made.text,
        chat_id=chats.pop() if len(chats) == 1 else None,
        source_id=made.source_id,
        sources=ids,
        witnesses=_shared(one.witnesses for one in made.sources),
        people=_shared(one.people for one in made.sources),
        emotion=feeling.emotion,
        confidence=feeling.confidence,
        said_at=made.at,
        valid_from=first.said_at,
        valid_until=last.said_at,
    )
    publish_on_commit(group_of_person(last.owner_id), MemoryKept(character_id=last.character_id))
    return memory


def _shared(several: Iterable[Sequence[UUID]]) -> list[UUID]:
    """Who is in all of them, in the order of the first."""
    first, *others = several
    return [one for one in first if all(one in other for other in others)]
