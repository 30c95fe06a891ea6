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


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact. `type` is its name on the wire, `noun.verb`."""

    type: ClassVar[str]

    def frame(self) -> dict[str, str | int | bool | None]:
        fields = {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(self).items()}
        return {"type": self.type, **fields}


def publish_on_commit(group: str, event: Event) -> None:
    """Tell every open page in `group`, once the rows are there to be looked at."""
    transaction.on_commit(lambda: _publish(group, event))


def _publish(group: str, event: Event) -> None:
    layer = get_channel_layer()
    try:
        async_to_sync(layer.group_send)(group, {"type": "hint", "frame": json.dumps(event.frame())})
    except Exception as error:  # noqa: BLE001  whatever the layer's transport raises, a hint is not worth a failed request
        logger.warning("hint not sent: %s", error, extra={"event": event.type})
