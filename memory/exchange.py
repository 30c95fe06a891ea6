"""What happened in a chat, as memory is told of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from memory.models import Speaker

# Of a message that is longer so much is remembered and felt, in characters: 5,000 tokens. The chat has the whole.
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Said:
    """One message, for one person's memory of it. `owner_id` is that person, `author_id` who said it: a person's or a
    character's id. `witnesses` are the characters that were there, each of which remembers it.

    `follows` is the message before it (its `source_id`), if that belongs to the same sitting.
    """

    owner_id: UUID
    source_id: UUID
    chat_id: UUID
    speaker: Speaker
    author_id: UUID
    spoken_by: str
    text: str
    said_at: datetime
    witnesses: tuple[UUID, ...]
    people: tuple[UUID, ...]
    follows: UUID | None = None
    stands: bool = True
