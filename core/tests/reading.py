"""What a log holds, read without the product's readers."""

from typing import cast
from uuid import UUID

from core.redis import client
from core.streams.entries import Numbered, numbered
from core.streams.scripts import Keys


def log_of(reply_id: UUID) -> list[Numbered]:
    return numbered(cast(list[tuple[str, dict[str, str]]], client().xrange(Keys.of(reply_id).log)))
