"""What is said, in one word each."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from accounts.models import User
from characters.models import Character
from memory.exchange import Said
from memory.models import Kind, Memory, Speaker

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def said(
    owner: User,
    character: Character,
    text: str,
    *,
    at: datetime = MORNING,
    days: float = 0,
    chat_id: UUID | None = None,
    by: User | Character | None = None,
    witnesses: Iterable[Character] = (),
    people: Iterable[User] = (),
    follows: Said | None = None,
    source_id: UUID | None = None,
) -> Said:
    """By the owner, unless somebody else is named; in a chat of its own, unless that is."""
    author = by or owner
    return Said(
        owner_id=owner.id,
        source_id=source_id or uuid4(),
        chat_id=chat_id or (follows.chat_id if follows is not None else uuid4()),
        speaker=Speaker.CHARACTER if isinstance(author, Character) else Speaker.PERSON,
        author_id=author.id,
        spoken_by=author.name,
        text=text,
        said_at=at + timedelta(days=days),
        witnesses=tuple(dict.fromkeys([character.id, *(one.id for one in witnesses)])),
        people=tuple(dict.fromkeys([owner.id, *(one.id for one in people)])),
        follows=follows.source_id if follows is not None else None,
    )


def facts_of(owner: User, character: Character) -> list[str]:
    """Those that are true now, the oldest first."""
    rows = Memory.objects.filter(owner=owner, character=character, kind=Kind.FACT, valid_until=None, stands=True)
    return list(rows.order_by("said_at", "created_at").values_list("text", flat=True))
