"""What somebody looks for, and from where on."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from core.errors import BadInput

TEXT_LENGTH, MOST_WORDS = 200, 8
HIGHEST_SCORE = 10**7


class Speaker(StrEnum):
    ANYONE = ""
    ME = "me"
    CHARACTER = "character"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is None or empty narrows nothing. `begin` is the first moment that counts, `end` the first after them."""

    text: str = ""
    chat_id: UUID | None = None
    character_id: UUID | None = None
    speaker: Speaker = Speaker.ANYONE
    begin: datetime | None = None
    end: datetime | None = None
    is_bookmarked: bool = False

    @property
    def is_narrowed(self) -> bool:
        """By what only a message has."""
        return self.speaker != Speaker.ANYONE or self.is_bookmarked or (self.begin or self.end) is not None


@dataclass(frozen=True, slots=True)
class Place:
    """After which message a page begins. `at` is when the search was begun: recency is counted from there, so that the
    scores of the next page are those of this one."""

    score: int
    id: UUID
    at: datetime


def cursor_of(place: Place) -> str:
    """An address of a place, for whoever asks for the next page."""
    said = f"{place.score}|{place.id.hex}|{place.at.timestamp():.6f}"
    return urlsafe_b64encode(said.encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """Raises `BadInput` for what `cursor_of` has not written."""
    try:
        score, id_, at = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
        place = Place(int(score), UUID(id_), datetime.fromtimestamp(float(at), UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise BadInput(_("There is no such page. Go back to the beginning.")) from error
    if not 0 <= place.score < HIGHEST_SCORE or place.at.year < datetime.min.year + 1:
        raise BadInput(_("There is no such page. Go back to the beginning."))
    return place
