"""What open pages and sockets are told about an account."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from core.events import Event, group_of_person, publish_on_commit


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChanged(Event):
    """Who may come in has changed: every socket of this person looks whether it still may."""

    type: ClassVar[str] = "access.changed"


def access_changed(user_id: UUID) -> None:
    publish_on_commit(group_of_person(user_id), AccessChanged())
