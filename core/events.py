"""Hints to open pages: "look again". Never the only copy of anything, because a hint may be lost.

`grep publish` finds every event the product sends.
"""

import json
import logging
from dataclasses import asdict, dataclass
from typing import ClassVar
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)


Wire = str | int | bool | list[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact. `type` is its name on the wire, `noun.verb`."""

    type: ClassVar[str]

    def frame(self) -> dict[str, Wire]:
        return {"type": self.type, **{name: _wire(value) for name, value in asdict(self).items()}}


def _wire(value: UUID | tuple[UUID, ...] | str | int | bool | None) -> Wire:
    match value:
        case UUID():
            return str(value)
        case tuple():
            return [str(one) for one in value]
        case _:
            return value


def group_of_person(user_id: UUID) -> str:
    """Where hints for all of somebody's open pages go."""
    return f"person.{user_id}"


def publish_on_commit(group: str, event: Event) -> None:
    """Tell every open page in `group`, once the rows are there to be looked at."""
    transaction.on_commit(lambda: publish(group, event))


def publish(group: str, event: Event) -> None:
    """Tell every open page in `group` now."""
    layer = get_channel_layer()
    try:
        async_to_sync(layer.group_send)(group, {"type": "hint", "frame": json.dumps(event.frame())})
    except Exception as error:  # noqa: BLE001  whatever the layer's transport raises, a hint is not worth a failed request
        logger.warning("hint not sent: %s", error, extra={"event": event.type})
