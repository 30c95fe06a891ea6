"""Rows of memory as the tests of its pages need them."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils.timezone import now

from accounts.models import User
from characters.models import Character
from memory.models import Contradiction, Embedding, Kind, Memory, Speaker

DIMENSIONS = 4


def remember(
    owner: User,
    character: Character,
    text: str,
    kind: Kind = Kind.EXCHANGE,
    *,
    days_ago: float = 0,
    said_at: datetime | None = None,
    speaker: Speaker = Speaker.PERSON,
    emotion: str = "neutral",
    importance: float = 0.5,
    chat_id: UUID | None = None,
    sources: tuple[UUID, ...] = (),
    stands: bool = True,
    is_pinned: bool = False,
    replaces: Memory | None = None,
) -> Memory:
    """One memory of theirs; one that was said has a message of its own."""
    is_said = kind == Kind.EXCHANGE
    return Memory.objects.create(
        owner=owner,
        character=character,
        kind=kind,
        text=text,
        speaker=speaker if is_said else "",
        author_id=(owner.id if speaker == Speaker.PERSON else character.id) if is_said else None,
        source_id=uuid4() if is_said else None,
        chat_id=chat_id or (uuid4() if is_said else None),
        said_at=said_at or now() - timedelta(days=days_ago),
        emotion=emotion,
        importance=importance,
        sources=list(sources),
        people=[owner.id],
        stands=stands,
        is_pinned=is_pinned,
        replaces=replaces,
    )


def contradict(older: Memory, newer: Memory) -> Contradiction:
    return Contradiction.objects.create(owner=older.owner, character_id=older.character_id, older=older, newer=newer)


def embed(memory: Memory, vector: list[float], model: str = "a model") -> Embedding:
    return Embedding.objects.create(
        memory=memory, owner_id=memory.owner_id, character_id=memory.character_id, model=model, vector=vector
    )
