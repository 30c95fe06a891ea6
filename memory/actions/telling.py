"""Having told what was said: chapters that are due are written."""

from collections.abc import Iterable
from uuid import UUID

from memory import summarizing, tasks


def write_chapters(owner_id: UUID, character_ids: Iterable[UUID], chat_id: UUID) -> None:
    """For each of these characters that has enough of this chat in no chapter yet."""
    for character_id in character_ids:
        if (memory_id := summarizing.due(owner_id, character_id, chat_id)) is not None:
            tasks.queue_summary(memory_id)
